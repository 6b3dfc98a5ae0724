"""A filter whose choices come from the data, with the number of recommendations behind each choice."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from working_groups.bilingual import in_current_language

from .models import Topic


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    is_chosen: bool


class FacetField(forms.MultipleChoiceField):
    default_error_messages = {"invalid_choice": _("“%(value)s” is not known here.")}

    def to_python(self, value):
        return [each for each in super().to_python(value) if each]  # ?group= asks for nothing


class Facet(django_filters.MultipleChoiceFilter):
    """Repeated values of it are OR. `path` leads from a recommendation, by its topic, to what it has of this kind.

    A facet of what is not public in itself `is_private`: it knows only what the reader's recommendations lead to.
    """

    TOPIC = "issue__topic"
    facet = counted_by = "topic"  # of the Counts: what it is read from, and what that is counted by

    field_class = FacetField

    def __init__(self, *, label, path, value="slug", title="name", order="pk", is_private=False, **kwargs):
        self.path, self.value, self.title, self.order, self.is_private = path, value, title, order, is_private
        super().__init__(label=label, field_name=path, **kwargs)

    @cached_property
    def rows(self) -> list[tuple[int, str, str]]:
        """All that may be asked for: primary key, value in addresses, label in the current language."""
        related = self.model
        for step in self.path.split("__"):
            related = related._meta.get_field(step).related_model
        rows = related.objects.order_by(*self.order.split())
        if self.is_private:
            rows = rows.filter(pk__in=self.counts({"topic": self.parent.topics}))
        rows = rows.values_list("pk", self.value, in_current_language(self.title))
        return [(pk, str(value), label) for pk, value, label in rows]

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(value, label) for _pk, value, label in self.rows]

    @property
    def field(self):
        if not hasattr(self, "_field"):
            self._field = self.field_class(choices=self.options, required=False, label=self.label)
        return self._field

    def filter(self, queryset, values):
        if not values:
            return queryset
        return queryset.filter(self.having([pk for pk, value, _label in self.rows if value in values]))

    def having(self, pks: list[int]) -> Q:
        """The condition of having one of the things with these primary keys."""
        return Q(**{f"{self.path}__in": pks})

    @cached_property
    def things(self) -> list[tuple[int, int]]:
        """Which topic leads to which thing, by their primary keys."""
        step = self.path.removeprefix(self.TOPIC).removeprefix("__") or "pk"
        # Distinct: a document that was prepared for two milestones of a series counts once for it.
        return list(Topic.objects.order_by().values_list("pk", step).distinct())

    def counts(self, found) -> dict[int, int]:
        """How many have each thing, by its primary key, where `found` are the Counts."""
        counts, topics = Counter(), found["topic"]
        for topic, thing in self.things:
            if topic in topics:
                counts[thing] += topics[topic]
        return counts

    def choices(self, found, chosen) -> list[Choice]:
        """The values with their counts; those without any are left out unless they are chosen."""
        counts = self.counts(found)
        return [
            Choice(value, label, counts.get(pk, 0), value in chosen)
            for pk, value, label in self.rows
            if counts.get(pk) or value in chosen
        ]


class LinkFacet(Facet):
    """One of which a recommendation has several, each by a `link`: the first step of the path, a row of its own."""

    def __init__(self, *, facet, **kwargs):
        self.facet = self.counted_by = facet
        super().__init__(**kwargs)

    def counts(self, found):
        return {int(pk): number for pk, number in found[self.facet].items()}

    def having(self, pks):
        link, _, thing = self.path.partition("__")
        links = self.model._meta.get_field(link).related_model.objects
        # In a subquery: a recommendation with two of the values is still one row.
        return Q(pk__in=links.filter(**{f"{thing}__in": pks}).values("recommendation"))


class SeriesFacet(Facet):
    """The series of the milestones that the document was prepared for."""

    DOCUMENT = "issue__topic__document"

    def having(self, pks):
        documents = self.model.objects.filter(**{f"{self.path}__in": pks})
        # Few, and looked up first: joined, they would multiply the recommendations by the milestones.
        return Q(**{f"{self.DOCUMENT}__in": list(documents.values_list(self.DOCUMENT, flat=True).distinct())})


class FixedFacet(Facet):
    """One whose values are fixed, of a column of the recommendation itself or of what is shown of it."""

    def __init__(self, *, column, facet, options, **kwargs):
        self.fixed, self.facet = options, facet
        self.counted_by = "status" if facet == "open" else facet
        super().__init__(path=column, **kwargs)

    def counts(self, found):
        return {pk: found[self.facet][value] for pk, value, _label in self.rows}

    @cached_property
    def rows(self):
        return [(value, str(value), label) for value, label in self.fixed]


class YesNoFacet(FixedFacet):
    """`true` and `false` of a boolean column."""

    @cached_property
    def rows(self):
        return [(value == "true", value, label) for value, label in self.fixed]
