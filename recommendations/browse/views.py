"""The list of recommendations: filtered, counted by facet, sorted, in pages, as a file or as a feed."""

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.page_cache import public_page
from recommendations.models import Recommendation, Tally
from recommendations.querysets import attach_updates

from .active_filters import active_filters, address_of, chips, relaxations
from .exports import as_file, no_file, table
from .feeds import UpdatesFeed
from .filters import SORTS, RecommendationFilter
from .highlight import highlight
from .paging import ListPaginator
from .search import are_too_common
from .suggest import suggest

PAGE_SIZE = 25
WHOLE = "all"  # what `page` says for a list on one page, to be read or printed
WHOLE_AT_MOST = 500  # rows; what is longer is taken as a file
ROWS = {"detailed": _("Detailed"), "compact": _("Compact")}
USUAL_ROWS = "detailed"


class RowsForm(forms.Form):
    """How the rows look. It is no filter: files and feeds know nothing of it."""

    rows = forms.ChoiceField(choices=list(ROWS.items()), required=False, label=_("Rows"))


def make_filter(request, recommendations, tallies) -> RecommendationFilter:
    """The one FilterSet, over a queryset of what may be read, and its tallies."""
    return RecommendationFilter(
        without_empty(request.GET), recommendations, tallies=tallies, today=timezone.localdate()
    )


def readable(request):
    """What the reader may read, and its tallies."""
    return Recommendation.objects.visible_to(request.user), Tally.objects.visible_to(request.user)


@public_page(*RecommendationFilter.base_filters, "page", "rows")
def recommendation_list(request):
    """The list, page by page. A wrong filter is said, and nothing is filtered; an address with idle keys is cleaned."""
    asked = without_empty(request.GET)
    if asked != request.GET:
        return redirect(address_of(asked))
    filterset = make_filter(request, *readable(request))
    rows_form = RowsForm(request.GET)
    errors = [*labelled_errors(filterset.form), *labelled_errors(rows_form)]
    context = {"filter": filterset, "errors": errors, "total": filterset.all_counts.total if errors else None}
    if not errors:
        context |= list_context(request, filterset, rows_form.cleaned_data["rows"] or USUAL_ROWS)
    return render(request, "recommendations/list.html", context)


def labelled_errors(form) -> list[tuple]:
    """(name, label, errors) of each field of a form that has errors."""
    return [(name, form.fields[name].label, errors) for name, errors in form.errors.items()]


def list_context(request, filterset, rows) -> dict:
    """What the template shows of a list that could be filtered as asked, in rows of a kind of ROWS."""
    is_whole = request.GET.get("page") == WHOLE
    page = ListPaginator(filterset, WHOLE_AT_MOST if is_whole else PAGE_SIZE).get_page(request.GET.get("page"))
    words = filterset.form.cleaned_data["q"]
    usual_sort = "relevance" if words else "document"
    attach_updates(page.object_list)
    if words:
        highlight(page.object_list, words)
    facets, active = filterset.facets(), list(active_filters(filterset))
    context = {
        "page": page,
        "is_whole": is_whole and page.paginator.count > PAGE_SIZE,
        "whole_at_most": WHOLE_AT_MOST,
        "whole_address": settings.SITE_URL + address_of(whole(request.GET)),
        "facets": facets,
        "chips": chips(filterset),
        "cleared": address_of(only(request.GET, ["rows", "sort"])),
        "as_of": filterset.as_of_day,
        "counts": filterset.counts.by_status(),
        "sorts": {name: label for name, label in SORTS.items() if words or name != "relevance"},
        "usual_sort": usual_sort,
        "sort": filterset.form.cleaned_data["sort"] or usual_sort,
        "rows": rows,
        "all_rows": [(kind, label, address_of(in_rows(request.GET, kind))) for kind, label in ROWS.items()],
        "groups_shown": groups_shown(filterset, facets) if active else [],
        "is_by_group_only": not any(name != "group" for name, _label, _values in active),
        "printed_address": settings.SITE_URL + request.get_full_path(),
        "today": timezone.localdate(),
    }
    if not page.object_list:
        context |= {
            "active_filters": len(active),
            "relaxations": relaxations(filterset) if len(active) > 1 else [],  # out of one alone: the list of all
            "are_too_common": are_too_common(words),
            "suggestion": suggestion(filterset, words),
        }
    return context


def suggestion(filterset, words) -> dict | None:
    """Other words for a search that found nothing, if they find something by the same filters."""
    other = suggest(filterset.queryset, words) if words else None
    fits = other and len(other) <= filterset.form.fields["q"].max_length
    count = filterset.narrowed(q=other).count() if fits else 0
    if not count:
        return None
    query = filterset.data.copy()
    query["q"] = other
    query.pop("page", None)
    return {"words": other, "count": count, "address": address_of(query)}


def groups_shown(filterset, facets) -> list[str]:
    """The slugs of the groups that a list which is narrowed is about; none where it is about all of them."""
    [groups] = [menu.choices for menu in facets if menu.name == "group"]
    shown = [group.value for group in groups if group.is_chosen] or [group.value for group in groups if group.count]
    return shown if len(shown) < len(filterset.filters["group"].options) else []


def without_empty(query) -> QueryDict:
    """A copy of a query without the keys that a form sends empty: they ask for nothing."""
    cleaned = QueryDict(mutable=True)
    for name, values in query.lists():
        if given := [value for value in values if value]:
            cleaned.setlist(name, given)
    return cleaned


def only(query, names) -> QueryDict:
    """A copy of a query with some of its keys."""
    kept = QueryDict(mutable=True)
    for name in names:
        if name in query:
            kept.setlist(name, query.getlist(name))
    return kept


def in_rows(query, kind) -> QueryDict:
    """A copy of a query for rows of a kind of ROWS."""
    query = query.copy()
    query["rows"] = kind
    if kind == USUAL_ROWS:
        del query["rows"]
    return query


def whole(query) -> QueryDict:
    """A copy of a query for the list on one page."""
    query = query.copy()
    query["page"] = WHOLE
    return query


@public_page(*RecommendationFilter.base_filters)
def export(request, extension):
    """The list as a file: the same query, every page of it. A wrong filter is an error, not a file of everything."""
    filterset = make_filter(request, *readable(request))
    if not filterset.is_valid():
        return no_file(filterset.errors)
    day = filterset.as_of_day or timezone.localdate()
    return as_file(table(filterset.qs, day), extension, day)


@public_page(*RecommendationFilter.base_filters)
def feed(request):
    """The list as a feed of updates. What is not public is never in it: programs fetch it, and pass it on."""
    filterset = make_filter(request, Recommendation.objects.public(), Tally.objects.public())
    if not filterset.is_valid():
        return no_file(filterset.errors)
    return UpdatesFeed()(request, filterset=filterset)
