"""The active filters of a list in words, and the addresses of the list without one or the other of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from core.dates import write_date
from core.query_string import url_with_query


@dataclass(frozen=True)
class Chip:
    """One value that is filtered by: what it says, and the address of the list without it."""

    label: str
    value: str
    address: str


@dataclass(frozen=True)
class FilterRelaxation:
    """A filter that an empty list would have to do without, and how many recommendations there would be then."""

    label: str
    values: str
    address: str
    count: int


def address_of(query) -> str:
    """The address of the list with a query (a QueryDict), in the current language."""
    return url_with_query(reverse("recommendations"), query.urlencode())


def chips(filterset) -> list[Chip]:
    """A chip for each value of each active filter."""
    made = []
    for name, label, values in active_filters(filterset):
        for value, shown in values.items():
            query = _without_page(filterset)
            query.setlist(name, [given for given in query.getlist(name) if len(values) > 1 and given != value])
            made.append(Chip(label, shown, address_of(query)))
    return made


def relaxations(filterset) -> list[FilterRelaxation]:
    """The filters of which leaving out one alone gives recommendations, the most helpful first."""
    made = []
    for name, label, values in active_filters(filterset):
        if count := filterset.narrowed(**{name: None}).count():
            query = _without_page(filterset)
            query.pop(name)
            made.append(FilterRelaxation(label, ", ".join(values.values()), address_of(query), count))
    return sorted(made, key=lambda relaxation: -relaxation.count)


def active_filters(filterset) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The name and the label of each active filter, and what each of its values is called."""
    for name, filter_ in filterset.filters.items():
        value = filterset.form.cleaned_data[name]
        if name == "sort" or value in (None, "", []):
            continue
        called = dict(getattr(filter_, "options", []))
        values = value if isinstance(value, list) else [value]
        yield name, str(filter_.label), {str(each): _in_words(each, called) for each in values}


def _in_words(value, called: dict[str, str]) -> str:
    return write_date(value) if hasattr(value, "year") else str(called.get(value, value))


def _without_page(filterset):
    query = filterset.data.copy()
    query.pop("page", None)
    return query
