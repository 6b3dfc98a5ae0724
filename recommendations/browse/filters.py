"""The filters of the list of recommendations. Page, exports, feed and API all use this one FilterSet."""

from functools import cached_property

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.history.past import words_of
from recommendations.confidence import Confidence
from recommendations.models import Addressee, Assessment, ChapterLink, Recommendation, Testability, Update
from recommendations.models.status import Status
from recommendations.querysets import IsOneOf, RecommendationQuerySet

from .facets import AssessmentFacet, ColumnFacet, Facet, LinkFacet, TopicFacet
from .options import Options
from .search.query import search

SORTS = {
    "document": _("Document order"),
    "relevance": _("Best match first"),
    "newest": _("Latest update first"),
    "stalest": _("Longest without an update first"),
    "status": _("By status"),
    "confidence": _("Highest confidence first"),
}


class IsoDateField(forms.DateField):
    input_formats = ["%Y-%m-%d"]
    widget = forms.DateInput(attrs={"type": "date"})
    default_error_messages = {"invalid": _("Enter the date in the format 2025-04-29.")}

    def __init__(self, **kwargs):
        # A browser's date field sends ISO in every language.
        super().__init__(input_formats=self.input_formats, widget=self.widget, **kwargs)


class IsoDateFilter(django_filters.DateFilter):
    field_class = IsoDateField


class ListForm(forms.Form):
    """The form of all filters, which refuses what is not known of a past day."""

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("as_of"):
            for name in [name for name in OF_NOW if cleaned.get(name)]:
                self.add_error(name, _("This is known only for today: leave it out, or leave out the day."))
        return cleaned


def day_asked(query):
    """Return the day that a query asks for, before its form is checked; None for none, and for what is no day."""
    try:
        return IsoDateField(required=False).clean(query.get("as_of"))
    except ValidationError:
        return None


class RecommendationFilter(django_filters.FilterSet):
    """Takes a query string, the levels of Visibility that are `readable`, and `today`, from which staleness counts."""

    q = django_filters.CharFilter(method="search_words", label=_("Words"), max_length=200)
    group = TopicFacet(label=_("Group"))
    status = ColumnFacet(label=_("Status"), field_name="effective_status", counted="status", values=Status.choices)
    open = ColumnFacet(
        label=_("Open or closed"),
        field_name="effective_is_open",
        counted="open",
        values=[(True, _("Open")), (False, _("Closed"))],
    )
    priority = ColumnFacet(
        label=pgettext_lazy("filter", "Priority"),
        field_name="priority",
        counted="priority",
        values=[(True, _("Priority only")), (False, _("Not a priority"))],
    )
    addressee = LinkFacet(label=_("Addressee"), links=Addressee, field_name="organization", counted="addressee")
    chapter = LinkFacet(label=_("Chapter"), links=ChapterLink, field_name="chapter", counted="chapter")
    topic = TopicFacet(label=_("Topic"))
    document = TopicFacet(label=_("Document"))
    series = TopicFacet(label=_("Prepared for"))
    confidence = ColumnFacet(
        label=_("Confidence"),
        field_name="confidence",
        counted="confidence",
        values=Confidence.choices,
        is_of_now=True,
    )
    testability = AssessmentFacet(
        label=_("Testability"),
        links=Assessment,
        field_name="testability",
        counted="testability",
        values=Testability.choices,
    )
    as_of = IsoDateFilter(method="leave", label=_("As of"))
    updated_after = IsoDateFilter(field_name="effective_update_on", lookup_expr="gte", label=_("Updated on or after"))
    updated_before = IsoDateFilter(field_name="effective_update_on", lookup_expr="lte", label=_("Updated on or before"))
    recorded_after = IsoDateFilter(method="recorded_since", label=_("Recorded here on or after"))
    stale_days = django_filters.NumberFilter(
        method="leave", label=_("Days without an update"), min_value=1, max_value=36500
    )
    sort = django_filters.ChoiceFilter(method="leave", choices=list(SORTS.items()), label=_("Order"))

    class Meta:
        model = Recommendation
        form = ListForm
        fields = []

    def __init__(self, data, *, readable, today):
        super().__init__(data, Recommendation.objects.all())
        self.readable = readable
        self.today = today
        with words_of(day_asked(data)):
            self.options = Options(readable, list(filter(None, data.getlist("addressee"))))
        self.facets = {name: item for name, item in self.filters.items() if isinstance(item, Facet)}
        for name, options in self.options.by_facet.items():
            self.facets[name].options = options

    @property
    def as_of_day(self):
        """The date asked for, or None for now."""
        return self.form.cleaned_data.get("as_of")

    @cached_property
    def asked(self) -> dict:
        """The values of the filters that something is asked of, by their names; the order is no filter."""
        return {name: value for name, value in self.form.cleaned_data.items() if value and name != "sort"}

    def at(self, day) -> RecommendationQuerySet:
        """Return all recommendations as of `day`, None for now, in no order; with their confidence for now only."""
        return self.queryset.order_by().at(day).with_confidence(None if day else self.today)

    def narrow(self, asked: dict) -> RecommendationQuerySet:
        """Return what the reader may read, as of the day asked for, by {name of a filter: value}, in no order."""
        day = asked.get("as_of")
        queryset = self.at(day)
        if self.options.hidden_topics:
            queryset = queryset.filter(IsOneOf("topic_id", [topic.pk for topic in self.options.topics]))
        for name, value in asked.items():
            queryset = self.filters[name].filter(queryset, value)
        if "stale_days" in asked:
            queryset = queryset.stale(day or self.today, int(asked["stale_days"]))
        return queryset

    def order(self, queryset) -> list:
        """Return by what `queryset` is sorted, before the order of the documents."""
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
            case "confidence":
                return [Confidence.order_of("confidence")]
        return []

    def filter_queryset(self, queryset):
        found = self.narrow(self.asked)
        return found.in_document_order(after=self.order(found))

    def search_words(self, queryset, name, value):
        return search(queryset, value)

    def recorded_since(self, queryset, name, value):
        """Keep those of whose ledger a row was recorded on the day `value` or later, whatever day it is about."""
        recorded = Update.objects.filter(visibility__in=self.readable).recorded_since(value)
        if self.as_of_day:
            recorded = recorded.as_of(self.as_of_day)
        return queryset.filter(pk__in=recorded.values("recommendation"))

    def leave(self, queryset, name, value):
        return queryset


OF_NOW = [name for name, item in RecommendationFilter.base_filters.items() if getattr(item, "is_of_now", False)]
