"""What changed between two days, as a page and as a file."""

from collections import Counter

from django.shortcuts import render
from django.utils import timezone

from recommendations.exports import as_file, no_file
from recommendations.models import Recommendation
from recommendations.views.days import everything

from ..changes import Change, Kind, changes, mark_before
from ..exports import table
from ..forms import ChangesForm
from ..models import Milestone


def what_changed(request):
    """What changed between two days, by group and kind. A wrong day or group is said, and nothing is compared."""
    form = ChangesForm(request.GET, today=timezone.localdate())
    context = {
        "form": form,
        "milestones": Milestone.objects.behind(form.today)
        .order_by("series", "-ends_on", "-pk")
        .select_related("series"),
        "today": form.today,
    }
    if form.is_valid():
        found = changes_asked_for(form, request.user)
        context |= form.cleaned_data | {
            "changes": found,
            "counts": count_by_kind(found),
            "groups": by_group_and_kind(found, form.chosen_groups),
            "total": everything(request, form.cleaned_data["until"].day).for_groups(form.chosen_groups).count(),
            "earlier": mark_before(form.cleaned_data["since"].day),
        }
    return render(request, "reviews/changes.html", context)


def changes_export(request, extension):
    """What changed, as a file: the same query. A wrong one is an error, not a file of something else."""
    form = ChangesForm(request.GET, today=timezone.localdate())
    if not form.is_valid():
        return no_file(form.errors)
    since, until = form.cleaned_data["since"].day, form.cleaned_data["until"].day
    return as_file(table(changes_asked_for(form, request.user)), extension, since, until)


def changes_asked_for(form: ChangesForm, user) -> list[Change]:
    """What changed between the days, and of the groups, of a valid form, as far as `user` may read it."""
    asked = Recommendation.objects.visible_to(user).for_groups(form.chosen_groups)
    return changes(asked, form.cleaned_data["since"].day, form.cleaned_data["until"].day, user)


def count_by_kind(changes: list[Change]) -> list[tuple[int, str]]:
    """How many there are of each kind that occurs, and the words after the number, in the order of `Kind`."""
    counts = Counter(change.kind for change in changes)
    return [(counts[kind], kind.words(counts[kind])) for kind in Kind if counts[kind]]


def by_group_and_kind(changes: list[Change], groups) -> list[tuple]:
    """[(group, number, [(kind, words after its number, changes)])] of those of `groups` that have any.

    The kinds in the order of `Kind`.
    """
    found = []
    for group in groups:
        of_group = [change for change in changes if change.recommendation.group == group]
        kinds = [(kind, [change for change in of_group if change.kind == kind]) for kind in Kind]
        if of_group:
            found.append((group, len(of_group), [(kind, kind.words(len(some)), some) for kind, some in kinds if some]))
    return found
