"""A filter whose choices come from the data, with the number of recommendations behind each choice."""

from dataclasses import dataclass
from functools import cached_property

import django_filters
from django import forms
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from working_groups.bilingual import in_current_language


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    is_chosen: bool


class FacetField(forms.MultipleChoiceField):
    default_error_messages = {"invalid_choice": _("“%(value)s” is not known here.")}


class Facet(django_filters.MultipleChoiceFilter):
    """Repeated values of it are OR. `path` leads from a recommendation to what holds the `value` and the `title`."""

    field_class = FacetField

    def __init__(self, *, label, path="", value="slug", title="name", order="pk", **kwargs):
        self.path, self.value, self.title, self.order = path, value, title, order
        super().__init__(label=label, field_name=f"{path}__{value}" if path else value, **kwargs)

    @cached_property
    def options(self) -> list[tuple[str, str]]:
        """All values that may be asked for, with their labels in the current language."""
        related = self.model
        for step in self.path.split("__"):
            related = related._meta.get_field(step).related_model
        rows = related.objects.order_by(*self.order.split()).values_list(self.value, in_current_language(self.title))
        return [(str(value), label) for value, label in rows]

    @property
    def field(self):
        if not hasattr(self, "_field"):
            self._field = self.field_class(choices=self.options, required=False, label=self.label)
        return self._field

    def filter(self, queryset, values):
        if not values:
            return queryset
        # In a subquery: a recommendation with two of the values is still one row.
        found = self.model.objects.filter(**{f"{self.field_name}__in": values}).values("pk")
        return queryset.filter(pk__in=found)

    def counts(self, queryset) -> dict[str, int]:
        """How many of `queryset` have each value."""
        rows = queryset.order_by().values_list(self.field_name).annotate(Count("pk", distinct=True))
        return {str(value): count for value, count in rows}

    def choices(self, queryset, chosen) -> list[Choice]:
        """The values with their counts in `queryset`; those without any are left out unless they are chosen."""
        counts = self.counts(queryset)
        return [
            Choice(value, label, counts.get(value, 0), value in chosen)
            for value, label in self.options
            if counts.get(value) or value in chosen
        ]


class FixedFacet(Facet):
    """One whose values are fixed, of a column of the recommendation itself or of what is shown of it."""

    def __init__(self, *, column, options, **kwargs):
        self.fixed = options
        super().__init__(value=column, **kwargs)

    @cached_property
    def options(self):
        return [(str(value), str(label)) for value, label in self.fixed]

    def filter(self, queryset, values):
        return queryset.filter(**{f"{self.field_name}__in": values}) if values else queryset

    def counts(self, queryset):
        return {str(value).lower() if isinstance(value, bool) else value: n for value, n in self._rows(queryset)}

    def _rows(self, queryset):
        return queryset.order_by().values_list(self.field_name).annotate(Count("pk"))
