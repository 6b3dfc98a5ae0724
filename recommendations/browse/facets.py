"""Filters whose options come from the data, with the number of recommendations behind each option."""

from collections import Counter
from dataclasses import dataclass

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from recommendations.querysets import IsOneOf

from .counts import FacetCounts
from .options import Option

MOST_SHOWN = 50  # options of one facet; more are no help to choose


@dataclass(frozen=True)
class FacetOption:
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class FacetResult:
    """The options that a facet offers, and how many more there are that are left out."""

    name: str
    label: str
    options: list[FacetOption]
    left_out: int


class FacetField(forms.Field):
    """Takes repeated values, each of which is one of the `known`; gives them as a list."""

    widget = forms.SelectMultiple
    default_error_messages = {"invalid_choice": _("“%(value)s” is not a valid choice.")}

    def __init__(self, *, known, **kwargs):
        self.known = known
        super().__init__(**kwargs)

    def clean(self, values):
        values = [value for value in values or [] if value]  # ?group= asks for nothing
        for value in values:
            if value not in self.known:
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": value})
        return values


class Facet(django_filters.Filter):
    """A filter by repeated values, any of which is enough. The FilterSet sets its `options`.

    `counted` names the field of FacetCounts that its counts are worked out from. What `is_of_now` is not known of a past
    day: a past view does not offer it.
    """

    options: list[Option]

    def __init__(self, *, counted, is_of_now=False, **kwargs):
        self.counted = counted
        self.is_of_now = is_of_now
        super().__init__(**kwargs)

    @property
    def field(self):
        return FacetField(known={option.value for option in self.options}, required=False, label=self.label)

    def filter(self, queryset, values):
        return queryset.filter(self.condition(values)) if values else queryset

    def condition(self, values: list[str]):
        """Return the condition of having one of `values`, for a queryset of Recommendation with `effective_*`."""
        return self.condition_of([option for option in self.options if option.value in values])

    def condition_of(self, options: list[Option]):
        raise NotImplementedError

    def count(self, counts: FacetCounts) -> Counter:
        """Return how many recommendations there are behind each option, by its key."""
        return getattr(counts, self.counted)

    def result(self, name: str, counts: FacetCounts, chosen: list[str]) -> FacetResult:
        """Return the options with their counts, MOST_SHOWN at most; without those of none, unless they are `chosen`."""
        numbers = +self.count(counts)
        # Among equals, those that come first: the sort keeps their order.
        found = sorted((option.key for option in self.options if option.key in numbers), key=lambda key: -numbers[key])
        shown = set(found[:MOST_SHOWN])
        options = [
            FacetOption(option.value, option.label, numbers[option.key], option.value in chosen)
            for option in self.options
            if option.key in shown or option.value in chosen
        ]
        return FacetResult(name, self.label, options, len(numbers) - sum(option.count > 0 for option in options))


class TopicFacet(Facet):
    """A facet of what a recommendation has by its topic; the options know their topics."""

    def __init__(self, **kwargs):
        super().__init__(counted="topic", **kwargs)

    def condition_of(self, options):
        return IsOneOf("topic_id", {topic for option in options for topic in option.topics})

    def count(self, counts):
        return Counter({option.key: sum(counts.topic[topic] for topic in option.topics) for option in self.options})


class LinkFacet(Facet):
    """A facet of what a recommendation may have several of: `links` is the model of the links."""

    def __init__(self, *, links, **kwargs):
        self.links = links
        super().__init__(**kwargs)

    def condition_of(self, options):
        links = self.links.objects.filter(**{f"{self.field_name}__in": [option.key for option in options]})
        return Q(pk__in=links.values("recommendation"))  # a recommendation with two of them is still one row


class AssessmentFacet(LinkFacet):
    """A facet of a field of the assessment; `values` are [(value, label)]."""

    def __init__(self, *, values, **kwargs):
        self.values = values
        super().__init__(is_of_now=True, **kwargs)

    @property
    def options(self):
        return [Option(key, key, label) for key, label in self.values]


class ColumnFacet(Facet):
    """A facet of a column of the recommendation, or of an annotation as of a day; `values` are [(value, label)]."""

    def __init__(self, *, values, **kwargs):
        self.values = values
        super().__init__(**kwargs)

    @property
    def options(self):
        return [Option(key, str(key).lower(), label) for key, label in self.values]

    def condition_of(self, options):
        return Q(**{f"{self.field_name}__in": [option.key for option in options]})
