"""What changed between two days, as a page and as a file."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from core.caching.page_cache import public_page
from core.text.dates import write_span
from recommendations.browse.exports import as_file, no_file
from recommendations.browse.views import WHOLE_AT_MOST
from recommendations.models import Recommendation
from recommendations.pages.base import visible_recommendations
from recommendations.words.success_tests import changed_between
from reviews.models import Milestone

from .compare import (
    Change,
    Clock,
    Difference,
    Kind,
    count_recorded_later,
    default_start,
    differences,
    load_changes,
)
from .exports import table
from .forms import ChangesForm


@public_page(*ChangesForm.base_fields)
def what_changed(request):
    """What changed between two days, by group and kind. A wrong day or group is said, and nothing is compared.

    All changes are counted; the first of them are shown, and the files have the others.
    """
    form = ChangesForm(request.GET, today=timezone.localdate(), user=request.user)
    context = {
        "form": form,
        "milestones": Milestone.objects.behind(form.today)
        .order_by("series", "-ends_on", "-pk")
        .select_related("series"),
        "today": form.today,
    }
    if form.is_valid():
        since, until = form.cleaned_data["since"].day, form.cleaned_data["until"].day
        clock = form.cleaned_data["clock"]
        asked = recommendations_asked_for(form, request.user)
        tests = changed_between(asked, since, until)
        found = in_page_order(differences(asked, since, until, request.user, clock), form.chosen_groups)
        shown = load_changes(found[:WHOLE_AT_MOST], since, until, request.user, clock)
        total = visible_recommendations(request, until).for_groups(form.chosen_groups).count()
        context |= form.cleaned_data | {
            "count": len(found),
            "test_changes": tests[:WHOLE_AT_MOST],
            "test_change_count": len(tests),
            "recorded_later": count_recorded_later(asked, since, until, request.user),
            "is_by_record": clock == Clock.RECORDED,
            "shown_at_most": WHOLE_AT_MOST,
            "counts": count_by_kind(found),
            "groups": by_group_and_kind(found, form.chosen_groups, shown),
            "compared": compared(form) if request.GET else "",
            "total": total,
            "period": write_span(since, until),
            "outcome": outcome(count_by_kind(found), total),
            "earlier": default_start(since),
        }
    return render(request, "reviews/changes.html", context)


@public_page(*ChangesForm.base_fields)
def changes_export(request, extension):
    """What changed, as a file: the same query. A wrong one is an error, not a file of something else."""
    form = ChangesForm(request.GET, today=timezone.localdate(), user=request.user)
    if not form.is_valid():
        return no_file(form.errors)
    since, until = form.cleaned_data["since"].day, form.cleaned_data["until"].day
    clock = form.cleaned_data["clock"]
    asked = recommendations_asked_for(form, request.user)
    found = differences(asked, since, until, request.user, clock)
    found = load_changes(found, since, until, request.user, clock)
    return as_file(table(found, changed_between(asked, since, until)), extension, since, until)


def recommendations_asked_for(form: ChangesForm, user):
    """Return those of the groups of a valid form that `user` may read."""
    return Recommendation.objects.visible_to(user).for_groups(form.chosen_groups)


def compared(form: ChangesForm) -> str:
    """Return the period of a valid form, and its groups if some were asked for, for the title of the page."""
    groups = form.chosen_groups if form.cleaned_data["group"] else []
    ends = f"{form.cleaned_data['since']} – {form.cleaned_data['until']}"
    return " · ".join([ends, *(group.name for group in groups)])


def in_page_order(found: list[Difference], groups) -> list[Difference]:
    """By group and kind, in the order of `groups` and `Kind`; of one kind as they come."""
    places = {group.pk: place for place, group in enumerate(groups)}
    kinds = list(Kind)
    return sorted(found, key=lambda change: (places[change.group], kinds.index(change.kind)))


def count_by_kind(found: list[Difference]) -> list[tuple[int, str]]:
    """How many there are of each kind that occurs, and the words after the number, in the order of `Kind`."""
    counts = Counter(change.kind for change in found)
    return [(counts[kind], kind.words(counts[kind])) for kind in Kind if counts[kind]]


def outcome(counts: list[tuple[int, str]], total: int) -> str:
    """Return what `count_by_kind()` found as a sentence without its stop: "1 of 41 moved forward; 2 closed"."""
    if not counts:
        return gettext("nothing changed")
    (first, words), *others = counts
    parts = [gettext("%(count)d of %(total)d %(words)s") % {"count": first, "total": total, "words": words}]
    return "; ".join([*parts, *(f"{count} {words}" for count, words in others)])


def by_group_and_kind(found: list[Difference], groups, changes: Iterable[Change]) -> list[tuple]:
    """[(group, number, [(kind, number, words after it, changes)])] of those of `groups` that have any.

    The numbers are those of `found`; the `changes` are of as many of these as are shown. The kinds in the order of
    `Kind`.
    """
    counts = Counter((change.group, change.kind) for change in found)
    rows = defaultdict(list)
    for change in changes:
        rows[change.recommendation.group.pk, change.kind].append(change)
    sections = []
    for group in groups:
        of_group = [(kind, counts[group.pk, kind]) for kind in Kind if counts[group.pk, kind]]
        kinds = [(kind, count, kind.words(count), rows[group.pk, kind]) for kind, count in of_group]
        if kinds:
            sections.append((group, sum(count for _kind, count in of_group), kinds))
    return sections
