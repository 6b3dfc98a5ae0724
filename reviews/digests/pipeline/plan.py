"""Which digests are to be sent, and when: one for each coming milestone and each lead time of its series."""

import logging
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import OperationalError, transaction
from django.db.models import F
from django.utils.timezone import localdate

from core.text.dates import Precision
from reviews.digests.models import MAY_STILL_LEAVE, Digest, DigestKind, DigestState, Reason
from reviews.models import EXPECTED, Milestone

from .transitions import move, stop

logger = logging.getLogger(__name__)


def is_on(milestone) -> bool:
    """Whether digests may be sent for it: it is expected, and its day is known."""
    return milestone.state in EXPECTED and milestone.precision == Precision.DAY


def due_at(milestone, lead_days: int) -> datetime:
    """When the digest `lead_days` calendar days before the milestone is due, as an aware datetime.

    At the series' hour by the clock of the milestone's place. Where that hour does not exist (clocks go forward) it
    is the same time after; where it comes twice it is the first (PEP 495, fold=0).
    """
    day = milestone.starts_on - timedelta(days=lead_days)
    return datetime.combine(day, time(milestone.series.send_hour), ZoneInfo(milestone.time_zone))


def is_late(milestone, due: datetime) -> bool:
    """Whether the date became known only after the day on which a digest for it would have been due."""
    set_on = milestone.dates.filter(revision=milestone.revision).values_list("set_on", flat=True).first()
    return set_on is not None and local_day(milestone, due) < set_on


def local_day(milestone, now: datetime):
    """The date at the milestone's place."""
    return localdate(now, ZoneInfo(milestone.time_zone))


def has_passed(milestone, now: datetime) -> bool:
    """Return whether it is of no more use to announce a milestone: its first day is over at its place."""
    return milestone.starts_on is not None and milestone.starts_on < local_day(milestone, now)


def use_ends_at(milestone) -> datetime:
    """Return from when on it is of no more use to announce a milestone."""
    return datetime.combine(milestone.starts_on + timedelta(days=1), time(), ZoneInfo(milestone.time_zone))


@transaction.atomic
def plan(now: datetime):
    """Bring the planned digests in line with the milestones. Harmless to run again, and at once with itself."""
    coming = Milestone.objects.filter(state__in=EXPECTED, precision=Precision.DAY).select_related("series")
    lead_days_of = dict(
        Digest.objects.filter(kind=DigestKind.DIGEST)
        .order_by()
        .values_list("milestone")
        .annotate(lead_days=ArrayAgg("lead_days"))
    )
    for milestone in coming:
        with _apart(milestone):
            if has_passed(milestone, now):
                continue
            missing = set(milestone.series.lead_days) - set(lead_days_of.get(milestone.pk, []))
            Digest.objects.bulk_create(_new_digests(milestone, missing), ignore_conflicts=True)
    _follow_milestones(now)
    _stop_old_notices()


@contextmanager
def _apart(record):
    """What goes wrong inside with one milestone or digest is undone and logged, and stops no other."""
    try:
        with transaction.atomic():
            yield
    except OperationalError:
        raise  # the database is away, or another scheduler was quicker: that is no fault of this one
    except Exception:
        logger.exception("%s %s cannot be planned", record._meta.model_name, record.pk)


def _new_digests(milestone, lead_days) -> list[Digest]:
    """Planned ones. Of those that come too late, staff decide about the nearest, and the others are of no use."""
    digests = [
        Digest(
            milestone=milestone,
            lead_days=days,
            due_at=due_at(milestone, days),
            milestone_revision=milestone.revision,
        )
        for days in sorted(lead_days)
    ]
    late = [digest for digest in digests if is_late(milestone, digest.due_at)]
    for digest in late[:1]:
        digest.state, digest.state_reason = DigestState.HELD, Reason.LATE_DATE
    for digest in late[1:]:
        digest.state, digest.state_reason = DigestState.SKIPPED, Reason.NEARER
    return digests


def _follow_milestones(now):
    """Digests follow their milestone: to its new date, out when it is off, back in when it is on again."""
    digests = (
        Digest.objects.filter(kind=DigestKind.DIGEST, replaced_by=None)
        .exclude(state=DigestState.SENT)
        .exclude(state=DigestState.SKIPPED, milestone_revision=F("milestone__revision"))
        .exclude(state=DigestState.CANCELLED, state_reason=Reason.STAFF)
        .select_related("milestone__series", "batch")
        .select_for_update(of=["self"], skip_locked=True)
    )
    for digest in digests:
        with _apart(digest):
            if digest.state == DigestState.SKIPPED and not _is_of_use_again(digest, now):
                continue
            if digest.frozen_at is None:
                _follow(digest)
            else:
                _stop_or_replace(digest)


def _is_of_use_again(digest, now) -> bool:
    """Whether the time of one that was skipped is still to come, now that its milestone has changed."""
    return is_on(digest.milestone) and due_at(digest.milestone, digest.lead_days) > now


def _follow(digest):
    """Move a digest that is not frozen yet."""
    milestone = digest.milestone
    before = digest.milestone_revision, digest.due_at, digest.state
    state, reason = digest.state, Reason(digest.state_reason)
    if not is_on(milestone) or digest.lead_days not in milestone.series.lead_days:
        if not digest.is_held_by_staff:
            state, reason = DigestState.CANCELLED, Reason.MILESTONE_OFF
        revision, due = digest.milestone_revision, digest.due_at
    else:
        revision = milestone.revision
        due = due_at(milestone, digest.lead_days)  # the place's time zone and the series' hour may be new too
        has_moved = digest.milestone_revision != revision
        is_free = digest.state != DigestState.HELD or digest.state_reason == Reason.LATE_DATE
        if has_moved and is_free and is_late(milestone, due):
            state, reason = DigestState.HELD, Reason.LATE_DATE
        elif (has_moved and is_free) or digest.state == DigestState.CANCELLED:
            state, reason = DigestState.PLANNED, Reason.NONE
    if before != (revision, due, state):
        move(digest, state, reason, milestone_revision=revision, due_at=due)


def _stop_or_replace(digest):
    """What was frozen for another date goes no further. A new edition follows for those who have not got it.

    It is held where staff held the old one; then it is there also while the milestone is off, so as to be held after.
    """
    milestone = digest.milestone
    is_held = digest.is_held_by_staff
    if digest.state != DigestState.CANCELLED and digest.milestone_revision != milestone.revision:
        stop(digest, Reason.MILESTONE_MOVED if is_on(milestone) else Reason.MILESTONE_OFF)
    if digest.state == DigestState.CANCELLED and (is_on(milestone) or is_held):
        Digest.objects.create(
            milestone=milestone,
            lead_days=digest.lead_days,
            edition=digest.edition + 1,
            replaces=digest,
            due_at=due_at(milestone, digest.lead_days) if is_on(milestone) else digest.due_at,
            state=DigestState.HELD if is_held else DigestState.PLANNED,
            state_reason=Reason.STAFF if is_held else Reason.NONE,
            milestone_revision=milestone.revision,
        )


def _stop_old_notices():
    """A notice of what has changed again since goes no further: what it says is not so any more."""
    notices = (
        Digest.objects.exclude(kind=DigestKind.DIGEST)
        .filter(state__in=MAY_STILL_LEAVE, milestone_revision__lt=F("milestone__revision"))
        .select_for_update(of=["self"], skip_locked=True)
    )
    for notice in notices:
        stop(notice, Reason.CHANGED_AGAIN)
