"""What the list of recommendations can be narrowed by. Page, exports, feed and API all use this one FilterSet."""

from functools import cached_property

import django_filters
from django import forms
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.bilingual import bilingual
from recommendations.models import Recommendation, Topic
from recommendations.models.status import Status
from recommendations.tallies import Counts
from working_groups.kept import kept

from .facets import Facet, FacetResult, FixedFacet, LinkFacet, PlaceFacet, PrivatePlaceFacet, SeriesFacet, YesNoFacet
from .search import search

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
    """Takes a query string, a queryset with the `tallies` of the same documents, and `today`, which staleness is
    counted from (a date)."""

    q = django_filters.CharFilter(method="search_words", label=_("Words"), max_length=200)
    group = PlaceFacet(label=_("Group"), place="group", path="issue__topic__group", order="position")
    status = FixedFacet(label=_("Status"), facet="status", column="effective_status", options=Status.choices)
    open = YesNoFacet(
        label=_("Open or closed"),
        facet="open",
        column="effective_is_open",
        options=[("true", _("Open")), ("false", _("Closed"))],
    )
    priority = YesNoFacet(
        label=pgettext_lazy("filter", "Priority"),
        facet="priority",
        column="priority",
        options=[("true", _("Priority only")), ("false", _("Not a priority"))],
    )
    addressee = LinkFacet(label=_("Addressee"), facet="addressee", path="addressees__organization", order="name_en")
    chapter = LinkFacet(
        label=_("Chapter"),
        facet="chapter",
        path="chapter_links__chapter",
        value="number",
        title="title",
        order="number",
    )
    topic = PrivatePlaceFacet(label=_("Topic"), place="topic", path="issue__topic")
    document = PrivatePlaceFacet(label=_("Document"), place="document", path="issue__topic__document")
    series = SeriesFacet(
        label=_("Prepared for"), path="issue__topic__document__milestones__series", title="short_name", order="position"
    )
    as_of = IsoDateFilter(method="leave", label=_("As of"))
    updated_after = IsoDateFilter(field_name="effective_update_on", lookup_expr="gte", label=_("Updated on or after"))
    updated_before = IsoDateFilter(field_name="effective_update_on", lookup_expr="lte", label=_("Updated on or before"))
    stale_days = django_filters.NumberFilter(
        method="leave", label=_("Days without an update"), min_value=1, max_value=36500
    )
    sort = django_filters.ChoiceFilter(method="leave", choices=list(SORTS.items()), label=_("Order"))

    class Meta:
        model = Recommendation
        fields = []

    def __init__(self, data, queryset, *, tallies, today, **kwargs):
        self.tallies, self.today = tallies, today
        super().__init__(data, queryset, **kwargs)

    def get_form_class(self):
        return kept("form of the list", super().get_form_class)

    @property
    def as_of_day(self):
        """The date asked for, or None for now."""
        return self.form.cleaned_data.get("as_of")

    def narrowed(self, **instead):
        """The queryset as of the day asked for, by all filters, in no order; `instead` are other values for some."""
        asked = self.form.cleaned_data | instead
        day = asked["as_of"]
        queryset = self.queryset.at(day)
        for name, value in asked.items():
            queryset = self.filters[name].filter(queryset, value)
        if asked["stale_days"]:
            queryset = queryset.stale(day or self.today, int(asked["stale_days"]))
        return queryset

    @cached_property
    def found(self):
        """The queryset by all filters, in no order."""
        return self.narrowed()

    def filter_queryset(self, queryset):
        return self.found.in_document_order(after=self.order(self.found))

    def order(self, queryset) -> list:
        """What comes before the order of the documents, in the order that is asked for."""
        by_rank = "rank" in queryset.query.annotations
        match self.form.cleaned_data.get("sort") or ("relevance" if by_rank else "document"):
            case "relevance" if by_rank:
                return ["-rank"]
            case "newest":
                return [F("effective_update_on").desc(nulls_last=True)]
            case "stalest":
                return [F("effective_update_on").asc(nulls_first=True)]
            case "status":
                return [Status.order_of("effective_status")]
        return []

    @cached_property
    def topics(self) -> dict[int, int]:
        """How many there are in each topic, whatever is asked for; those without any are left out."""
        return kept("topics", self.tallies.count_by_topic)

    @cached_property
    def places(self) -> list:
        """The `topics`, each with its document and its group, in the order of the documents: rows of plain values."""
        return kept("places", self._read_places)

    def _read_places(self):
        rows = Topic.objects.filter(pk__in=self.topics).annotate(
            topic=F("pk"),
            topic_slug=F("slug"),
            topic_title=bilingual("title"),
            document_slug=F("document__slug"),
            document_title=bilingual("document__title"),
            published_on=F("document__published_on"),
            group_position=F("group__position"),
        )
        return list(
            rows.order_by("-published_on", "group_position", "position", "pk").values_list(
                "topic",
                "topic_slug",
                "topic_title",
                "document",
                "document_slug",
                "document_title",
                "published_on",
                "group",
                "group_position",
                "position",
                named=True,
            )
        )

    @cached_property
    def all_counts(self) -> Counts:
        """How many there are of each kind, whatever is asked for."""
        return kept("all counts", lambda: self.tallies.counts(self.topics))

    @cached_property
    def counts(self) -> Counts:
        """How many there are of each kind by all filters."""
        return self.found.count_by_facet() if self._asked() else self.all_counts

    def facets(self) -> list[FacetResult]:
        """What each facet offers, counted as if it were the only filter not yet chosen."""
        return [
            facet.menu(name, self._counts_for(name, facet), self.form.cleaned_data[name])
            for name, facet in self.filters.items()
            if isinstance(facet, Facet)
        ]

    def _counts_for(self, name, facet) -> Counts:
        asked = self._asked()
        if name not in asked:
            return self.counts
        if asked == {name}:
            return self.all_counts
        return self.narrowed(**{name: None}).count_by_facet([facet.counted_by])

    def _asked(self) -> set[str]:
        """The names of the filters that something is asked of."""
        return {name for name, value in self.form.cleaned_data.items() if value} - {"sort"}

    def search_words(self, queryset, name, value):
        return search(queryset, value)

    def leave(self, queryset, name, value):
        return queryset
