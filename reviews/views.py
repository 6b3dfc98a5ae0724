"""The public pages about time: the home page with the state of play, the milestones, and what changed between two days."""

from collections import Counter

from django.db.models import Prefetch
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.generic import DetailView, ListView, TemplateView

from recommendations.exports import as_file, no_file
from recommendations.history import status_over_time
from recommendations.models import Recommendation, Update
from recommendations.views.days import AsOfMixin, everything
from working_groups.models import Visibility, WorkingGroup

from .changes import Change, Kind, changes
from .exports import table
from .forms import ChangesForm, mark_before
from .models import Milestone, Series
from .pictures import draw_lines

LATEST = 6


class HomeView(TemplateView):
    """The state of play: what stands where, what comes next, what happened last."""

    template_name = "reviews/home.html"

    def get_context_data(self, **kwargs):
        everything = Recommendation.objects.visible_to(self.request.user).as_of_today()
        by_group = everything.count_by_group_and_status()
        groups = list(WorkingGroup.objects.all())
        for group in groups:
            group.counts = by_group.get(group.pk, {})
        today = timezone.localdate()
        return super().get_context_data(
            counts=everything.count_by_status(),
            history=status_over_time(everything, today),
            lines=draw_lines(Series.objects.prefetch_related("milestones"), today),
            groups=groups,
            coming=Milestone.objects.coming(today).soonest_first().select_related("series")[:LATEST],
            past=Milestone.objects.past(today).latest_first().select_related("series")[:3],
            updates=Update.objects.visible_to(self.request.user)
            .filter(recommendation__issue__topic__document__visibility__in=Visibility.for_user(self.request.user))
            .newest_first()
            .select_related("recommendation__issue__topic__group")[:LATEST],
            today=today,
            **kwargs,
        )


class MilestoneListView(ListView):
    """The milestones of each series: what is coming, soonest first, and what was."""

    template_name = "reviews/milestones.html"
    context_object_name = "series"

    def get_queryset(self):
        today = timezone.localdate()
        return Series.objects.prefetch_related(
            "milestones",
            Prefetch("milestones", Milestone.objects.coming(today).soonest_first(), to_attr="coming"),
            Prefetch("milestones", Milestone.objects.past(today).latest_first(), to_attr="past"),
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(lines=draw_lines(self.object_list, timezone.localdate()), **kwargs)


class MilestoneView(AsOfMixin, DetailView):
    """One milestone: when it is, what was prepared for it, and how that stands."""

    template_name = "reviews/milestone.html"
    context_object_name = "milestone"
    queryset = Milestone.objects.select_related("series").prefetch_related("dates")

    def get_context_data(self, **kwargs):
        milestone = self.object
        is_behind = milestone.has_passed(self.as_of or timezone.localdate())
        documents = self.published(milestone.documents.visible_to(self.request.user))
        asked = Recommendation.objects.visible_to(self.request.user).filter(issue__topic__document__in=documents)
        digests = milestone.digests.published()
        return super().get_context_data(
            documents=documents,
            counts=asked.as_it_stood(self.as_of).count_by_status(),
            counts_then=asked.as_of(milestone.ends_on).count_by_status() if is_behind else None,
            is_behind=is_behind,
            digests=digests.filter(frozen_at__date__lte=self.as_of) if self.as_of else digests,
            **kwargs,
        )


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
            "counts": [(kind, count) for kind, count in count_by_kind(found).items() if count],
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
    days = form.cleaned_data["since"].day, form.cleaned_data["until"].day
    return as_file(table(changes_asked_for(form, request.user)), extension, slugify("changes-{}-{}".format(*days)))


def changes_asked_for(form: ChangesForm, user) -> list[Change]:
    """What changed between the days, and of the groups, of a valid form, as far as `user` may read it."""
    asked = Recommendation.objects.visible_to(user).for_groups(form.chosen_groups)
    return changes(asked, form.cleaned_data["since"].day, form.cleaned_data["until"].day, user)


def count_by_kind(changes: list[Change]) -> dict[Kind, int]:
    """How many there are of each kind; every kind is a key, in the order of `Kind`."""
    counts = Counter(change.kind for change in changes)
    return {kind: counts[kind] for kind in Kind}


def by_group_and_kind(changes: list[Change], groups) -> list[tuple]:
    """[(group, number, [(kind, changes)])] of those of `groups` that have any, in the order of `Kind`."""
    found = []
    for group in groups:
        of_group = [change for change in changes if change.recommendation.group == group]
        kinds = [(kind, [change for change in of_group if change.kind == kind]) for kind in Kind]
        if of_group:
            found.append((group, len(of_group), [(kind, some) for kind, some in kinds if some]))
    return found
