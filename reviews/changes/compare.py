"""Changes between two days, from the ledger: pages, exports, digests and briefing books all ask here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Prefetch
from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext_lazy

from core.history.past import words_of
from core.text.dates import write_date
from recommendations.models import Answer, AnswerKind, Document, Recommendation, Update
from recommendations.models.status import CLOSED, OPEN, Status
from recommendations.querysets import RecommendationQuerySet
from reviews.models import Milestone

DAYS_BACK = 90  # where no milestone lies behind
AT_A_TIME = 1000  # recommendations that are loaded at once


class Kind(models.TextChoices):
    """The kind of a change between two days: by the status on the first, and that on the last.

    What lies between does not count: a recommendation that moved and came back has the same status.

    - NEW: published after the first day; its status may have moved since.
    - REOPENED: closed before, open after.
    - BACKWARD: open before and after, and earlier in the order of `OPEN`; or closed before and after, and led
      to anything but "implemented": what had been decided was taken back.
    - FORWARD: open before and after, and later in the order of `OPEN`; or closed otherwise before, implemented after.
    - CLOSED: open before, closed after, however it ended.
    - UPDATED: the same status before and after, and updates between.
    - ANSWERED: the same status before and after and no updates, but somebody whom it asks has answered.
    """

    NEW = "new", _("New")
    REOPENED = "reopened", _("Reopened")
    BACKWARD = "backward", _("Moved backward")
    FORWARD = "forward", _("Moved forward")
    CLOSED = "closed", _("Closed")
    ANSWERED = "answered", _("Answered, same status")
    UPDATED = "updated", _("New evidence, same status")

    def words(self, count: int) -> str:
        """The words that follow the number of recommendations of this kind: "20 *moved forward*"."""
        return AFTER_NUMBERS[self] % {"count": count}


class Clock(models.TextChoices):
    """The one of an update's two dates that a period is about.

    - HAPPENED: when it happened. The status of a past day is what is known now of that day.
    - RECORDED: when it was recorded. The status of a past day is what could be read here at its end.
    """

    HAPPENED = "happened", _("when it happened")
    RECORDED = "recorded", _("when it was recorded here")


AFTER_NUMBERS = {
    Kind.NEW: npgettext_lazy("after a number", "new", "new", "count"),
    Kind.REOPENED: npgettext_lazy("after a number", "reopened", "reopened", "count"),
    Kind.BACKWARD: npgettext_lazy("after a number", "moved backward", "moved backward", "count"),
    Kind.FORWARD: npgettext_lazy("after a number", "moved forward", "moved forward", "count"),
    Kind.CLOSED: npgettext_lazy("after a number", "closed", "closed", "count"),
    Kind.ANSWERED: npgettext_lazy("after a number", "answered, same status", "answered, same status", "count"),
    Kind.UPDATED: npgettext_lazy(
        "after a number", "with new evidence, same status", "with new evidence, same status", "count"
    ),
}


@dataclass(frozen=True)
class PeriodEnd:
    """One end of the time that is looked at: a day and, where it is that of a milestone, the milestone."""

    day: date
    milestone: Milestone | None = None

    def __str__(self):
        day = write_date(self.day)
        return f"{self.milestone} ({day})" if self.milestone else day

    @property
    def value(self) -> str:
        """Return it as an address says it: a slug or a day."""
        return self.milestone.slug if self.milestone else self.day.isoformat()


@dataclass(frozen=True)
class Difference:
    """A change of one recommendation (its primary key, and that of its group): what there is to count, and no more."""

    pk: int
    group: int
    kind: Kind
    before: str | None
    after: str


@dataclass(frozen=True)
class Change:
    """One recommendation, and what changed of it between two days.

    `before` is its status on the first day, None if it was not yet published then; `after` is that on the last day.
    `updates` are the rows of the ledger that happened, or were recorded, after the first day and up to the last, newest
    first, with their evidence and successors; `answers` are what those whom it asks answered in that time, by the same
    clock. Of both, rows that were corrected are left out.
    """

    recommendation: Recommendation
    kind: Kind
    before: str | None
    after: str
    updates: list[Update]
    answers: list[Answer]

    @property
    def changes_status(self) -> bool:
        """Return whether there was a status before, and it is another one now."""
        return self.before is not None and self.before != self.after

    @property
    def is_shown_by_its_update(self) -> bool:
        """Return whether the one update that stands for the change shows both of its statuses itself."""
        if len(self.turning_points) != 1 or self.before is None:
            return False
        [update] = self.turning_points
        return (
            update.status == self.after
            and (update.previous_status if update.changes_status else self.after) == self.before
        )

    @property
    def turning_points(self) -> list[Update]:
        """The updates that moved the status; the newest where none did."""
        return [update for update in self.updates if update.changes_status] or self.updates[:1]

    @property
    def other_updates(self) -> list[Update]:
        turning_points = self.turning_points
        return [update for update in self.updates if update not in turning_points]


def changes(
    recommendations: RecommendationQuerySet, since: date, until: date, user=None, clock=Clock.HAPPENED
) -> list[Change]:
    """Return the changes of `recommendations` after the day `since` and up to the day `until`, in document order.

    Of updates and answers, those that `user` may read, the public ones for None. The number of queries is fixed, but for each
    thousand changes. Raises ValueError where `since` comes after `until`.
    """
    return list(load_changes(differences(recommendations, since, until, user, clock), since, until, user, clock))


def differences(
    recommendations: RecommendationQuerySet, since: date, until: date, user=None, clock=Clock.HAPPENED
) -> list[Difference]:
    """Return which of `recommendations` changed, as `changes` does, with nothing loaded that is not needed to count them."""
    if since > until:
        raise ValueError(f"{since} comes after {until}")
    before = dict(_at(recommendations.order_by(), since, clock).values_list("pk", "effective_status"))
    after = _at(recommendations, until, clock).in_document_order()
    compared = recommendations.order_by().values("pk")
    updated = set(_updates(compared, since, until, user, clock).values_list("recommendation", flat=True))
    answers = _answers(compared, since, until, user, clock)
    answered = set(answers.values_list("addressee__recommendation", flat=True))
    return [
        Difference(pk, group, kind, before.get(pk), status)
        for pk, group, status in after.values_list("pk", "topic__group", "effective_status")
        if (kind := kind_of(before.get(pk), status, pk in updated, pk in answered))
    ]


def load_changes(
    differences: list[Difference], since: date, until: date, user=None, clock=Clock.HAPPENED
) -> Iterator[Change]:
    """The change behind each of `differences` between the same days, in their order, with memory flat.

    The recommendations come with their topic, group and document, in the words of the day `until`.
    """
    with words_of(until):
        yield from _load_changes(differences, since, until, user, clock)


def _load_changes(differences, since, until, user, clock):
    with_places = Recommendation.objects.select_related("topic__group", "topic__document").defer(
        "search", "official_wording"
    )
    for start in range(0, len(differences), AT_A_TIME):
        batch = differences[start : start + AT_A_TIME]
        pks = [difference.pk for difference in batch]
        recommendations = with_places.in_bulk(pks)
        updates = {}
        for update in (
            _updates(pks, since, until, user, clock)
            .for_timeline()
            .prefetch_related(Prefetch("successors", Recommendation.objects.visible_to(user or AnonymousUser())))
        ):
            updates.setdefault(update.recommendation_id, []).append(update)
        answers = {}
        for answer in _answers(pks, since, until, user, clock).for_timeline().select_related("addressee"):
            answers.setdefault(answer.addressee.recommendation_id, []).append(answer)
        for found in batch:
            rows = updates.get(found.pk, []), answers.get(found.pk, [])
            yield Change(recommendations[found.pk], found.kind, found.before, found.after, *rows)


def kind_of(before: str | None, after: str, has_updates: bool, has_answers: bool = False) -> Kind | None:
    """The kind of going from one status (None: not yet published) to another; None where nothing happened."""
    if before is None:
        return Kind.NEW
    if before == after:
        return Kind.UPDATED if has_updates else Kind.ANSWERED if has_answers else None
    if before in CLOSED and after in OPEN:
        return Kind.REOPENED
    if before in OPEN and after in CLOSED:
        return Kind.CLOSED
    if before in CLOSED:
        return Kind.FORWARD if after == Status.IMPLEMENTED else Kind.BACKWARD
    return Kind.FORWARD if OPEN.index(after) > OPEN.index(before) else Kind.BACKWARD


def default_start(day: date, recommendations=None, milestones=None) -> PeriodEnd:
    """The last of `milestones` before something last changed by `day`; where there is none, a while before.

    Without `recommendations` it is any public one that may have changed, whoever asks, so that an address which leaves
    the day to us means the same to all; without `milestones`, all are looked at.
    """
    recommendations = Recommendation.objects.public() if recommendations is None else recommendations
    milestones = Milestone.objects.all() if milestones is None else milestones
    changed_on = _last_change(recommendations, day) or day
    if milestone := milestones.behind(changed_on).latest_first().first():
        return PeriodEnd(milestone.ends_on, milestone)
    return PeriodEnd(date.fromordinal(max(changed_on.toordinal() - DAYS_BACK, 1)))


def _last_change(recommendations, by) -> date | None:
    """The last day up to `by` on which a status changed, or something was published; None where there is none."""
    updates = Update.objects.in_force().filter(recommendation__in=recommendations).as_of(by)
    documents = Document.objects.filter(topics__recommendations__in=recommendations)
    moved = updates.exclude(status=F("previous_status")).newest_first().values_list("counts_from", flat=True)
    published = documents.filter(published_on__lte=by).order_by("-published_on").values_list("published_on", flat=True)
    return max(filter(None, [moved.first(), published.first()]), default=None)


def count_recorded_later(recommendations, since: date, until: date, user=None) -> int:
    """Return how many rows about a day up to `since` were recorded after it, and by `until`."""
    compared = recommendations.order_by().values("pk")
    found = [rows(compared, since, until, user, Clock.RECORDED).as_of(since) for rows in (_updates, _answers)]
    return sum(rows.count() for rows in found)


def _at(recommendations, day, clock):
    return recommendations.as_recorded(day) if clock == Clock.RECORDED else recommendations.as_of(day)


def _updates(recommendations, since, until, user, clock):
    """The rows of `recommendations` that lie within the window by `clock`, as far as `user` may read them."""
    updates = Update.objects.visible_to(user or AnonymousUser()).filter(recommendation__in=recommendations)
    return _within(updates, since, until, clock)


def _answers(recommendations, since, until, user, clock):
    """The answers to `recommendations` that lie within the window by `clock`, as far as `user` may read them."""
    answers = Answer.objects.visible_to(user or AnonymousUser()).exclude(kind=AnswerKind.RETRACTED)
    return _within(answers.filter(addressee__recommendation__in=recommendations), since, until, clock)


def _within(rows, since, until, clock):
    if clock == Clock.RECORDED:
        return rows.uncorrected_by(until).filter(recorded_at__date__gt=since)
    return rows.uncorrected().filter(counts_from__gt=since).as_of(until)
