"""The list of recommendations: filtered, counted by facet, sorted, in pages or as a file."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify

from ..dates import write_date
from ..exports import as_file, no_file, table
from ..filters import SORTS, RecommendationFilter
from ..models import Recommendation
from ..querysets import attach_updates

PAGE_SIZE = 25


@dataclass(frozen=True)
class Chip:
    """An active filter: what it says, and the query string without it."""

    label: str
    value: str
    query: str


def make_filter(request) -> RecommendationFilter:
    """The one FilterSet, over what the reader may see."""
    return RecommendationFilter(
        request.GET, Recommendation.objects.visible_to(request.user), today=timezone.localdate()
    )


def recommendation_list(request):
    """The list: filtered, counted by facet, sorted, in pages. A wrong filter is said, and nothing is filtered."""
    filterset = make_filter(request)
    context = {"filter": filterset, "sorts": SORTS, "today": timezone.localdate()}
    if not filterset.is_valid():
        context["total"] = filterset.queryset.count()
        return render(request, "recommendations/list.html", context)
    page = Paginator(filterset.qs.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    attach_updates(page.object_list)
    context |= {
        "page": page,
        "facets": filterset.facets(),
        "chips": chips(filterset),
        "as_of": filterset.as_of_day,
        "counts": filterset.narrowed().count_by_status(),
    }
    return render(request, "recommendations/list.html", context)


def chips(filterset) -> list[Chip]:
    """The active filters, each with the link that removes it."""
    made = []
    for name, filter_ in filterset.filters.items():
        value = filterset.form.cleaned_data[name]
        if name == "sort" or value in (None, "", []):
            continue
        labels = dict(getattr(filter_, "options", []))
        for one in value if isinstance(value, list) else [value]:
            query = filterset.data.copy()
            query.pop("page", None)
            query.setlist(name, [given for given in query.getlist(name) if isinstance(value, list) and given != one])
            shown = write_date(one) if hasattr(one, "year") else labels.get(one, str(one))
            made.append(Chip(str(filter_.label), shown, query.urlencode()))
    return made


def export(request, extension):
    """The list as a file: the same query, every page of it. A wrong filter is an error, not a file of everything."""
    filterset = make_filter(request)
    if not filterset.is_valid():
        return no_file(filterset.errors)
    name = slugify(f"recommendations-{filterset.as_of_day or timezone.localdate()}")
    return as_file(table(filterset.qs), extension, name)
