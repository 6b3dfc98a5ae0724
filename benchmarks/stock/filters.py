"""The filters of the list, each one a select."""

import django_filters
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F

from .models import Chapter, Document, Group, Organization, Recommendation, Status

IN_DOCUMENT_ORDER = [
    "-issue__topic__document__published_on",
    "issue__topic__group__position",
    "issue__topic__position",
    "issue__position",
    "letter",
    "pk",
]


class RecommendationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="find", label="Words")
    group = django_filters.ModelChoiceFilter(
        field_name="issue__topic__group", queryset=Group.objects.all(), to_field_name="slug"
    )
    status = django_filters.ChoiceFilter(choices=Status)
    open = django_filters.BooleanFilter(field_name="is_open")
    priority = django_filters.BooleanFilter()
    addressee = django_filters.ModelChoiceFilter(
        field_name="addressees", queryset=Organization.objects.all(), to_field_name="slug"
    )
    document = django_filters.ModelChoiceFilter(
        field_name="issue__topic__document", queryset=Document.objects.filter(visibility="public")
    )
    chapter = django_filters.ModelChoiceFilter(
        field_name="chapters", queryset=Chapter.objects.all(), to_field_name="number"
    )
    sort = django_filters.ChoiceFilter(method="order", choices=[("newest", "Latest update first")])

    class Meta:
        model = Recommendation
        fields = []

    def find(self, queryset, name, value):
        query = SearchQuery(value, config="english", search_type="websearch")
        return queryset.filter(search=query).annotate(rank=SearchRank(F("search"), query)).order_by("-rank", "pk")

    def order(self, queryset, name, value):
        return queryset.order_by(F("last_update_on").desc(nulls_last=True), "pk")
