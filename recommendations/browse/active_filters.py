"""The active filters of a list in words, and the URLs of the list without one or the other of them."""

from dataclasses import dataclass

from django.db.models import Count, Value
from django.urls import reverse

from core.query_string import url_with_query
from core.text.dates import write_date

from .filters import RecommendationFilter


@dataclass(frozen=True)
class ActiveFilter:
    """One value that is filtered by: the filter's name and label, the value in words, and the URL of the list without."""

    name: str
    label: str
    value: str
    url: str


@dataclass(frozen=True)
class FilterRelaxation:
    """A filter that an empty list would have to do without, and how many recommendations there would be then."""

    label: str
    values: str
    url: str
    count: int


def list_url(query) -> str:
    """Return the URL of the list with a query (a QueryDict), in the current language."""
    return url_with_query(reverse("recommendations"), query.urlencode())


def active_filters(filterset: RecommendationFilter) -> list[ActiveFilter]:
    """Return one for each value of each filter that something is asked of."""
    active = []
    for name, label, values in _asked_in_words(filterset):
        for value, in_words in values.items():
            query = _without_page(filterset)
            query.setlist(name, [given for given in query.getlist(name) if len(values) > 1 and given != value])
            active.append(ActiveFilter(name, label, in_words, list_url(query)))
    return active


def relaxations(filterset: RecommendationFilter) -> list[FilterRelaxation]:
    """Return the filters of which leaving out one alone gives recommendations, the most helpful first. One query."""
    counts = _count_without_each(filterset)
    found = []
    for name, label, values in _asked_in_words(filterset):
        if count := counts.get(name):
            query = _without_page(filterset)
            query.pop(name)
            found.append(FilterRelaxation(label, ", ".join(values.values()), list_url(query), count))
    return sorted(found, key=lambda relaxation: -relaxation.count)


def _count_without_each(filterset) -> dict[str, int]:
    """Return how many recommendations there are without one of the filters, by its name."""
    counts = []
    for name in filterset.asked:
        others = {other: value for other, value in filterset.asked.items() if other != name}
        counts.append(filterset.narrow(others).values_list(Value(name)).annotate(Count("pk")))
    first, *rest = counts
    return dict(first.union(*rest, all=True))


def _asked_in_words(filterset) -> list[tuple[str, str, dict[str, str]]]:
    """Return (name, label, {value in addresses: value in words}) of each filter that something is asked of."""
    found = []
    for name, value in filterset.asked.items():
        filter_ = filterset.filters[name]
        labels = {option.value: option.label for option in getattr(filter_, "options", [])}
        values = value if isinstance(value, list) else [value]
        found.append((name, str(filter_.label), {str(value): _in_words(value, labels) for value in values}))
    return found


def _in_words(value, labels: dict[str, str]) -> str:
    return write_date(value) if hasattr(value, "year") else str(labels.get(value, value))


def _without_page(filterset):
    query = filterset.data.copy()
    query.pop("page", None)
    return query
