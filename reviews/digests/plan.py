"""Which digests are to be sent, and when: one for each coming milestone and each lead time of its series."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from recommendations.dates import Precision
from reviews.models import EXPECTED, Milestone

from .models import MAY_STILL_LEAVE, Digest, DigestKind, DigestState, Reason


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
        if milestone.starts_on < local_day(milestone, now):
            continue
        missing = set(milestone.series.lead_days) - set(lead_days_of.get(milestone.pk, []))
        Digest.objects.bulk_create(_new_digests(milestone, missing), ignore_conflicts=True)
    _follow_milestones(now)
    _stop_old_notices()


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
        .select_related("milestone__series")
        .select_for_update(of=["self"], skip_locked=True)
    )
    for digest in digests:
        if digest.frozen_at is None:
            _follow(digest, now)
        else:
            _stop_or_replace(digest)


def _follow(digest, now):
    """Move a digest that is not frozen yet. One that was skipped is of use again if its new time is still to come."""
    milestone = digest.milestone
    if digest.state == DigestState.SKIPPED and not (is_on(milestone) and due_at(milestone, digest.lead_days) > now):
        return
    before = digest.milestone_revision, digest.due_at, digest.state
    if not is_on(milestone) or digest.lead_days not in milestone.series.lead_days:
        digest.state, digest.state_reason = DigestState.CANCELLED, Reason.MILESTONE_OFF
    else:
        has_moved = digest.milestone_revision != milestone.revision
        digest.milestone_revision = milestone.revision
        digest.due_at = due_at(milestone, digest.lead_days)  # the place's time zone and the series' hour may be new too
        is_free = digest.state != DigestState.HELD or digest.state_reason == Reason.LATE_DATE
        if has_moved and is_free and is_late(milestone, digest.due_at):
            digest.state, digest.state_reason = DigestState.HELD, Reason.LATE_DATE
        elif (has_moved and is_free) or digest.state == DigestState.CANCELLED:
            digest.state, digest.state_reason = DigestState.PLANNED, Reason.NONE
    if before != (digest.milestone_revision, digest.due_at, digest.state):
        digest.save(update_fields=["milestone_revision", "due_at", "state", "state_reason"])


def _stop_or_replace(digest):
    """What was frozen for another date goes no further. A new edition follows for those who have not got it."""
    milestone = digest.milestone
    if digest.state != DigestState.CANCELLED and digest.milestone_revision != milestone.revision:
        digest.stop(Reason.MILESTONE_MOVED if is_on(milestone) else Reason.MILESTONE_OFF)
    if digest.state == DigestState.CANCELLED and is_on(milestone):
        Digest.objects.create(
            milestone=milestone,
            lead_days=digest.lead_days,
            edition=digest.edition + 1,
            replaces=digest,
            due_at=due_at(milestone, digest.lead_days),
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
        notice.stop(Reason.CHANGED_AGAIN)
