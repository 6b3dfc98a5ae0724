"""What the list of recommendations can be narrowed by. Page, exports, feed and API all use this one FilterSet."""

import django_filters
from django import forms
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .facets import Facet, FixedFacet, LinkFacet, SeriesFacet, YesNoFacet
from .models import Recommendation
from .search import search
from .status import Status

SORTS = {
    "document": _("As in the documents"),
    "relevance": _("Best match first"),
    "newest": _("Latest update first"),
    "stalest": _("Longest without an update first"),
    "status": _("By status"),
}


class IsoDateField(forms.DateField):
    input_formats = ["%Y-%m-%d"]
    widget = forms.DateInput(attrs={"type": "date"})
    default_error_messages = {"invalid": _("A date is written like 2025-04-29.")}

    def __init__(self, **kwargs):
        # A browser's date field sends ISO in every language.
        super().__init__(input_formats=self.input_formats, widget=self.widget, **kwargs)


class IsoDateFilter(django_filters.DateFilter):
    field_class = IsoDateField


class RecommendationFilter(django_filters.FilterSet):
    """Takes a query string, a queryset, and `today`, which staleness is counted from (a date)."""

    q = django_filters.CharFilter(method="search_words", label=_("Words"), max_length=200)
    group = Facet(label=_("Group"), path="issue__topic__group", order="position")
    status = FixedFacet(label=_("Status"), column="shown_status", options=Status.choices)
    open = YesNoFacet(
        label=_("Open or closed"), column="shown_is_open", options=[("true", _("Open")), ("false", _("Closed"))]
    )
    priority = YesNoFacet(
        label=pgettext_lazy("filter", "Priority"),
        column="priority",
        options=[("true", _("Priority only")), ("false", _("Not a priority"))],
    )
    addressee = LinkFacet(label=_("Addressee"), path="addressees__organization", order="name_en")
    chapter = LinkFacet(
        label=_("Chapter"), path="chapter_links__chapter", value="number", title="title", order="number"
    )
    topic = Facet(
        label=_("Topic"), path="issue__topic", title="title", order="document group position", is_private=True
    )
    document = Facet(
        label=_("Document"), path="issue__topic__document", title="title", order="-published_on", is_private=True
    )
    series = SeriesFacet(
        label=_("Prepared for"), path="issue__topic__document__milestones__series", title="short_name", order="position"
    )
    as_of = IsoDateFilter(method="leave", label=_("As of"))
    updated_after = IsoDateFilter(field_name="shown_update_on", lookup_expr="gte", label=_("Updated on or after"))
    updated_before = IsoDateFilter(field_name="shown_update_on", lookup_expr="lte", label=_("Updated on or before"))
    stale_days = django_filters.NumberFilter(
        method="leave", label=_("Days without an update"), min_value=1, max_value=36500
    )
    sort = django_filters.ChoiceFilter(method="leave", choices=list(SORTS.items()), label=_("Order"))

    class Meta:
        model = Recommendation
        fields = []

    def __init__(self, data, queryset, *, today, **kwargs):
        self.today = today
        super().__init__(data, queryset, **kwargs)

    @property
    def as_of_day(self):
        """The date asked for, or None for now."""
        return self.form.cleaned_data.get("as_of")

    def narrowed(self, **instead):
        """The queryset as of the day asked for, by all filters, in no order; `instead` are other values for some."""
        asked = self.form.cleaned_data | instead
        day = asked["as_of"]
        queryset = self.queryset.as_it_stood(day)
        for name, value in asked.items():
            queryset = self.filters[name].filter(queryset, value)
        if asked["stale_days"]:
            queryset = queryset.stale(day or self.today, int(asked["stale_days"]))
        return queryset

    def filter_queryset(self, queryset):
        return self._sorted(self.narrowed())

    def _sorted(self, queryset):
        by_rank = "rank" in queryset.query.annotations
        sort = self.form.cleaned_data.get("sort") or ("relevance" if by_rank else "document")
        queryset = queryset.in_document_order()
        order = {
            "relevance": ["-rank"] if by_rank else [],
            "newest": [F("shown_update_on").desc(nulls_last=True)],
            "stalest": [F("shown_update_on").asc(nulls_first=True)],
            "status": [Status.order_of("shown_status")],
        }.get(sort, [])
        return queryset.order_by(*order, *queryset.query.order_by)

    def facets(self):
        """[(name, label, choices)]: each facet's choices, counted as if it were the only filter not yet chosen."""
        return [
            (name, filter_.label, filter_.choices(self.narrowed(**{name: None}), self.form.cleaned_data[name]))
            for name, filter_ in self.filters.items()
            if isinstance(filter_, Facet)
        ]

    def search_words(self, queryset, name, value):
        return search(queryset, value)

    def leave(self, queryset, name, value):
        return queryset
