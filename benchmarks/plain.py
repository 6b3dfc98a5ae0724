"""The same list as a ListView and a FilterSet make it out of the box: stock filters, stock selects, counts beside each
choice asked for one after the other. Its queryset has the select_related and prefetch_related that anybody would add.
"""

import django_filters
from django.db.models import Count
from django.http import HttpResponse
from django.template import engines
from django.urls import path
from django_filters.views import FilterView

from config import urls
from recommendations.browse.search import search
from recommendations.models import Chapter, Document, Recommendation, Topic
from recommendations.models.status import Status
from reviews.models import Series
from working_groups.models import Organization, WorkingGroup

PAGE = """{% extends "base.html" %}{% load tracker %}{% block main %}<h1>Recommendations</h1>
<form>{{ filter.form.as_p }}<button>Apply</button></form>
<h2>{{ page_obj.paginator.count }} recommendations</h2>{% state_of_play counts "State of play" %}
<ol>{% for recommendation in object_list %}<li>
<p>{{ recommendation.code }}{% if recommendation.priority %} Priority{% endif %} {{ recommendation.group.name }}</p>
<h3><a href="{{ recommendation.get_absolute_url }}">{{ recommendation.title }}</a></h3>{% status recommendation.status %}
<p>Asked: {% for each in recommendation.addressees.all %}<a href="{{ each.organization.get_absolute_url }}">{{ each.organization.short_name }}</a> {% endfor %}
USMCA chapters: {% for each in recommendation.chapter_links.all %}<a href="{{ each.chapter.get_absolute_url }}" title="{{ each.chapter.title }}">{{ each.chapter.number }}</a> {% endfor %}</p>
<p><b>{{ recommendation.last_update.effective_date }}</b> {{ recommendation.last_update.what|truncatewords:34 }}</p>
</li>{% endfor %}</ol>
{% if page_obj.has_next %}<a href="?page={{ page_obj.next_page_number }}">Next</a>{% endif %}{% endblock %}"""


def several(path, model, to_field_name="slug"):
    return django_filters.ModelMultipleChoiceFilter(
        field_name=f"{path}__{to_field_name}", queryset=model.objects.all(), to_field_name=to_field_name
    )


class PlainFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="find")
    group = several("issue__topic__group", WorkingGroup)
    status = django_filters.MultipleChoiceFilter(choices=Status.choices)
    open = django_filters.BooleanFilter(field_name="is_open")
    priority = django_filters.BooleanFilter()
    addressee = several("addressees__organization", Organization)
    chapter = several("chapter_links__chapter", Chapter, "number")
    topic = several("issue__topic", Topic)
    document = several("issue__topic__document", Document)
    series = several("issue__topic__document__milestones__series", Series)

    class Meta:
        model = Recommendation
        fields = []

    def find(self, queryset, name, value):
        return search(queryset, value).order_by("-rank", *queryset.query.order_by)


class PlainList(FilterView):
    filterset_class = PlainFilter
    paginate_by = 25
    with_counts = True

    def get_queryset(self):
        return (
            Recommendation.objects.filter(issue__topic__document__visibility="public")
            .select_related("issue__topic__group", "issue__topic__document", "last_update")
            .prefetch_related("addressees__organization", "chapter_links__chapter")
            .in_document_order()
        )

    def get_context_data(self, **kwargs):
        found = self.filterset.qs
        if self.with_counts:
            for name, field in self.filterset.form.fields.items():
                if name != "q":
                    field.widget.choices = list(self.counted(name, field))
        counts = dict.fromkeys(Status.values, 0) | dict(
            found.order_by().values_list("status").annotate(Count("pk", distinct=True))
        )
        return super().get_context_data(counts=counts, **kwargs)

    def counted(self, name, field):
        """The choices of a field, each with the number of those that it would find."""
        others = self.request.GET.copy()
        others.pop(name, None)
        found = PlainFilter(others, self.get_queryset()).qs
        path = self.filterset.filters[name].field_name
        counts = dict(found.order_by().values_list(path).annotate(Count("pk", distinct=True)))
        for value, label in field.widget.choices:
            key = getattr(value, "value", value)
            yield key, f"{label} ({counts.get({'true': True, 'false': False}.get(key, key), 0)})"

    def render_to_response(self, context):
        return HttpResponse(engines["django"].from_string(PAGE).render(context, self.request))


# Beside our own pages, and through the same middleware.
urlpatterns = [
    path("plain/", PlainList.as_view()),
    path("plain-without-counts/", PlainList.as_view(with_counts=False)),
    *urls.urlpatterns,
]
