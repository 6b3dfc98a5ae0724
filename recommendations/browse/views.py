"""The list of recommendations: filtered, counted by facet, sorted, in pages, as a file or as a feed."""

from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.caching.page_cache import public_page
from core.history.past import words_of
from core.visibility import Visibility

from .active_filters import active_filters, list_url, relaxations
from .exports import as_file, no_file, table
from .feeds import PageForm, UpdatesFeed
from .filters import SORTS, RecommendationFilter, day_asked
from .results import Results
from .rows import MAX_ROWS_ON_PAGE, load_rows
from .search.highlight import highlight
from .search.suggest import suggest

PAGE_SIZE = 25
WHOLE = "all"  # what `page` says for a list on one page, to be read or printed
ROW_KINDS = {"detailed": _("Detailed"), "compact": _("Compact")}
USUAL_ROWS = "detailed"
DATES = {"as_of", "updated_after", "updated_before", "recorded_after", "stale_days"}


class RowsForm(forms.Form):
    """The choice of how the rows look. It is no filter: files and feeds know nothing of it."""

    rows = forms.ChoiceField(choices=list(ROW_KINDS.items()), required=False, label=_("Rows"))


def make_filter(request, readable) -> RecommendationFilter:
    """Return the one FilterSet for a request, over what is `readable`: levels of Visibility."""
    return RecommendationFilter(without_empty(request.GET), readable=readable, today=timezone.localdate())


@public_page(*RecommendationFilter.base_filters, "page", "rows")
def recommendation_list(request):
    """The list, page by page. A wrong filter is said, and nothing is filtered; an address with idle keys is cleaned."""
    query = without_empty(request.GET)
    if query != request.GET:
        return redirect(list_url(query))
    with words_of(day_asked(query)):
        return list_page(request)


def list_page(request):
    """Return the page of the list, or what is wrong with its query."""
    filterset = make_filter(request, Visibility.for_user(request.user))
    rows_form = RowsForm(request.GET)
    errors = [*labeled_errors(filterset.form), *labeled_errors(rows_form)]
    context = {"filter": filterset, "errors": errors}
    if errors:
        context["total"] = filterset.narrow({}).count()
    else:
        context |= list_context(request, filterset, rows_form.cleaned_data["rows"] or USUAL_ROWS)
    return render(request, "recommendations/list.html", context)


def labeled_errors(form) -> list[tuple]:
    """Return (name, label, errors) of each field of a form that has errors."""
    return [(name, form.fields[name].label, errors) for name, errors in form.errors.items()]


def list_context(request, filterset, row_kind) -> dict:
    """Return what the template shows of a list that could be filtered as asked, in rows of one of ROW_KINDS."""
    is_whole = request.GET.get("page") == WHOLE
    results = Results(filterset)
    page = Paginator(results, MAX_ROWS_ON_PAGE if is_whole else PAGE_SIZE).get_page(request.GET.get("page"))
    words = filterset.asked.get("q", "")
    usual_sort = "relevance" if words else "document"
    rows = load_rows(page.object_list, filterset.as_of_day, filterset.options.by_facet)
    if words:
        highlight(rows, words)
    facets = results.facets()
    context = {
        "page": page,
        "rows": rows,
        "is_whole": is_whole and page.paginator.count > PAGE_SIZE,
        "whole_at_most": MAX_ROWS_ON_PAGE,
        "whole_url": settings.SITE_URL + list_url(with_key(request.GET, "page", WHOLE)),
        "facets": facets,
        "active_filters": active_filters(filterset),
        "dates_asked": filterset.asked.keys() & DATES,
        "cleared_url": list_url(only(request.GET, ["rows", "sort"])),
        "as_of": filterset.as_of_day,
        "counts": results.counts.found.by_status(),
        "sorts": {name: label for name, label in SORTS.items() if words or name != "relevance"},
        "usual_sort": usual_sort,
        "sort": filterset.form.cleaned_data["sort"] or usual_sort,
        "row_kind": row_kind,
        "row_kinds": [(kind, label, list_url(in_rows(request.GET, kind))) for kind, label in ROW_KINDS.items()],
        "groups_query": urlencode({"group": groups_shown(filterset, facets)} if filterset.asked else {}, doseq=True),
        "is_by_group_only": filterset.asked.keys() <= {"group"},
        "printed_url": settings.SITE_URL + request.get_full_path(),
        "today": timezone.localdate(),
    }
    if not rows:
        context |= {
            "filter_count": len(filterset.asked),
            "relaxations": relaxations(filterset)
            if len(filterset.asked) > 1
            else [],  # without the one: the whole list
            "suggestion": suggestion(filterset, words),
        }
    return context


def suggestion(filterset, words) -> dict | None:
    """Return other words for a search that found nothing, if they find something by the same filters."""
    other = suggest(filterset.narrow({}), words) if words else None
    fits = other and len(other) <= filterset.form.fields["q"].max_length
    count = filterset.narrow(filterset.asked | {"q": other}).count() if fits else 0
    if not count:
        return None
    query = with_key(filterset.data, "q", other)
    query.pop("page", None)
    return {"words": other, "count": count, "url": list_url(query)}


def groups_shown(filterset, facets) -> list[str]:
    """Return the slugs of the groups that a list which is narrowed is about; none where it is about all of them."""
    [groups] = [facet.options for facet in facets if facet.name == "group"]
    shown = [group.value for group in groups if group.is_chosen] or [group.value for group in groups if group.count]
    return shown if len(shown) < len(filterset.facets["group"].options) else []


def without_empty(query) -> QueryDict:
    """Return a copy of a query without the keys that a form sends empty: they ask for nothing."""
    cleaned = QueryDict(mutable=True)
    for name, values in query.lists():
        if given := [value for value in values if value]:
            cleaned.setlist(name, given)
    return cleaned


def only(query, names) -> QueryDict:
    """Return a copy of a query with some of its keys."""
    some = QueryDict(mutable=True)
    for name in names:
        if name in query:
            some.setlist(name, query.getlist(name))
    return some


def with_key(query, key, value) -> QueryDict:
    """Return a copy of a query with another value for one key."""
    query = query.copy()
    query[key] = value
    return query


def in_rows(query, kind) -> QueryDict:
    """Return a copy of a query for rows of one of ROW_KINDS."""
    query = with_key(query, "rows", kind)
    if kind == USUAL_ROWS:
        del query["rows"]
    return query


@public_page(*RecommendationFilter.base_filters)
def export(request, extension):
    """The list as a file: the same query, every page of it. A wrong filter is an error, not a file of everything."""
    filterset = make_filter(request, Visibility.for_user(request.user))
    if not filterset.is_valid():
        return no_file(filterset.errors)
    day = filterset.as_of_day or timezone.localdate()
    return as_file(table(filterset, day), extension, day)


@public_page(*RecommendationFilter.base_filters, *PageForm.base_fields)
def feed(request):
    """The list as a feed of updates. What is not public is never in it: programs fetch it, and pass it on."""
    filterset = make_filter(request, [Visibility.PUBLIC])
    page_form = PageForm(request.GET)
    if errors := filterset.errors | page_form.errors:
        return no_file(errors)
    with words_of(filterset.as_of_day):
        return UpdatesFeed()(request, filterset=filterset, before=page_form.cleaned_data["before"])
