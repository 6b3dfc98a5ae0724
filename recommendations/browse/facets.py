"""A filter whose choices come from the data, with the number of recommendations behind each choice."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.bilingual import in_current_language
from recommendations.models import Document
from working_groups.kept import kept

MOST_SHOWN = 50  # choices of one facet; more are no help to choose


@dataclass(frozen=True)
class FacetOption:
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class FacetResult:
    """What a facet offers: its choices, and how many more there are that are left out."""

    name: str
    label: str
    choices: list[FacetOption]
    left_out: int


class FacetField(forms.Field):
    """Takes repeated values, each of which is one of the `known`; gives them as a list."""

    widget = forms.SelectMultiple
    default_error_messages = {"invalid_choice": _("“%(value)s” is not known here.")}

    def __init__(self, *, known, **kwargs):
        self.known = known
        super().__init__(**kwargs)

    def clean(self, value):
        values = [each for each in value or [] if each]  # ?group= asks for nothing
        for each in values:
            if each not in self.known:
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": each})
        return values


class Facet(django_filters.MultipleChoiceFilter):
    """Repeated values of it are OR. `path` leads from a recommendation to what it has of this kind."""

    counted_by = "topic"  # which of the Counts it is worked out from

    def __init__(self, *, label, path, value="slug", title="name", order="pk", **kwargs):
        self.path, self.value, self.title, self.order = path, value, title, order
        super().__init__(label=label, field_name=path, **kwargs)

    @cached_property
    def rows(self) -> list[tuple[int, str, str]]:
        """All that may be asked for: primary key, value in addresses, label in the current language."""
        return kept(f"rows of {self.path}", self._read_rows)

    def _read_rows(self):
        related = self.model
        for step in self.path.split("__"):
            related = related._meta.get_field(step).related_model
        rows = related.objects.order_by(self.order).values_list("pk", self.value, in_current_language(self.title))
        return [(pk, str(value), label) for pk, value, label in rows]

    @property
    def options(self) -> dict[str, str]:
        return {value: label for _pk, value, label in self.rows}

    @property
    def field(self):
        return FacetField(known=self.options, required=False, label=self.label)

    def filter(self, queryset, values):
        if not values:
            return queryset
        return queryset.filter(self.having([pk for pk, value, _label in self.rows if value in values]))

    def having(self, pks: list[int]) -> Q:
        """The condition of having one of the things with these primary keys."""
        return Q(**{f"{self.path}__in": pks})

    def counts(self, found) -> Counter:
        """How many have each thing, by its primary key, where `found` are the Counts."""
        raise NotImplementedError

    def menu(self, name, found, chosen) -> FacetResult:
        """The values with their counts, MOST_SHOWN at most; a value without any is left out unless it is `chosen`."""
        counts = +self.counts(found)
        # Among equals, those that come first in the menu: the sort keeps their order.
        most = sorted((pk for pk, _value, _label in self.rows if pk in counts), key=lambda pk: -counts[pk])[:MOST_SHOWN]
        choices = [
            FacetOption(value, label, counts[pk], value in chosen)
            for pk, value, label in self.rows
            if pk in most or value in chosen
        ]
        return FacetResult(name, self.label, choices, len(counts) - sum(choice.count > 0 for choice in choices))


class PlaceFacet(Facet):
    """What a recommendation has by its topic: `place` names it among the columns of the FilterSet's places."""

    def __init__(self, *, place, **kwargs):
        self.place = place
        super().__init__(**kwargs)

    def counts(self, found):
        counts = Counter()
        for place in self.parent.places:
            counts[getattr(place, self.place)] += found["topic"][place.topic]
        return counts


class PrivatePlaceFacet(PlaceFacet):
    """One of what is not public in itself: it knows only what the reader's recommendations lead to."""

    @cached_property
    def rows(self):
        columns = [self.place, f"{self.place}_slug", f"{self.place}_title"]
        return list(dict.fromkeys(tuple(getattr(place, each) for each in columns) for place in self.parent.places))


class SeriesFacet(Facet):
    """The series of the milestones that the document was prepared for."""

    DOCUMENT = "issue__topic__document"

    @cached_property
    def prepared(self) -> list[tuple[int, int]]:
        """Which document was prepared for which series, each pair once, by their primary keys."""
        return kept("documents of series", self._read_prepared)

    def _read_prepared(self):
        series = self.path.removeprefix(f"{self.DOCUMENT}__")
        pairs = Document.objects.order_by().filter(**{f"{series}__isnull": False})
        return list(pairs.values_list("pk", series).distinct())

    def counts(self, found):
        counts, by_document = Counter(), self.parent.filters["document"].counts(found)
        for document, series in self.prepared:
            counts[series] += by_document[document]
        return counts

    def having(self, pks):
        return Q(**{f"{self.DOCUMENT}__in": [document for document, series in self.prepared if series in pks]})


class LinkFacet(Facet):
    """One of which a recommendation has several, each by a `link`: the first step of the path, a row of its own."""

    def __init__(self, *, facet, **kwargs):
        self.counted_by = facet
        super().__init__(**kwargs)

    def counts(self, found):
        return Counter({int(pk): number for pk, number in found[self.counted_by].items()})

    def having(self, pks):
        link, _, thing = self.path.partition("__")
        links = self.model._meta.get_field(link).related_model.objects
        # In a subquery: a recommendation with two of the values is still one row.
        return Q(pk__in=links.filter(**{f"{thing}__in": pks}).values("recommendation"))


class FixedFacet(Facet):
    """One whose values are fixed, of a column of the recommendation itself or of what is shown of it."""

    def __init__(self, *, column, facet, options, **kwargs):
        self.fixed, self.facet = options, facet
        self.counted_by = "status" if facet == "open" else facet
        super().__init__(path=column, **kwargs)

    def counts(self, found):
        return Counter({pk: found[self.facet][value] for pk, value, _label in self.rows})

    @cached_property
    def rows(self):
        return [(value, str(value), label) for value, label in self.fixed]


class YesNoFacet(FixedFacet):
    """`true` and `false` of a boolean column."""

    @cached_property
    def rows(self):
        return [(value == "true", value, label) for value, label in self.fixed]
