"""What staff do to a digest: approve, hold, release, cancel, retry; and the notices that follow a milestone's change.

Each verb is for some states only, and says so; the row is locked while it decides.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from reviews.digests.models import (
    MAY_STILL_LEAVE,
    Delivery,
    DeliveryState,
    Digest,
    DigestKind,
    DigestState,
    Reason,
    Subscription,
)
from reviews.digests.public.render import render, wanted_audiences
from reviews.models import MilestoneState

from .freeze import notice_content
from .plan import has_passed, is_on

# In which states of a digest each verb may be used.
ALLOWED = {
    "hold": [DigestState.PLANNED, DigestState.FROZEN, DigestState.SENDING],
    "release": [DigestState.HELD],
    "cancel": MAY_STILL_LEAVE,
    "retry": [DigestState.SENDING, DigestState.SENT],
}


@transaction.atomic
def hold(digest_id: int):
    """Let nothing more of a digest leave until it is released. Raises ValidationError where it is too late."""
    digest = _locked(digest_id, "hold")
    digest.state, digest.state_reason = DigestState.HELD, Reason.STAFF
    digest.save(update_fields=["state", "state_reason"])


@transaction.atomic
def release(digest_id: int, now: datetime):
    """Let a held digest go on where it stood. That staff have looked at it counts as their approval."""
    digest = _locked(digest_id, "release")
    if digest.frozen_at is None:
        digest.state = DigestState.PLANNED
    elif digest.deliveries.exists():
        digest.state = DigestState.SENDING
    else:
        digest.state = DigestState.FROZEN
    digest.state_reason = Reason.NONE
    digest.approved_at = now
    digest.save(update_fields=["state", "state_reason", "approved_at"])


@transaction.atomic
def cancel(digest_id: int):
    """End a digest: what has not left does not leave. It is not planned again."""
    digest = _locked(digest_id, "cancel")
    digest.stop(Reason.STAFF)


@transaction.atomic
def retry(digest_id: int, now: datetime) -> int:
    """Queue again what failed or is of unknown outcome, to addresses that are still good. Gives how many.

    An unknown one may reach its reader a second time, under the same Message-ID. Raises ValidationError where what it
    says is not so any more.
    """
    digest = _locked(digest_id, "retry")
    if refusal := why_no_retry(digest, now):
        raise ValidationError(refusal)
    again = to_retry(digest).update(
        state=DeliveryState.QUEUED, attempts=0, unknowns=0, next_attempt_at=None, finished_at=None, note=""
    )
    if again and digest.state == DigestState.SENT:
        digest.state = DigestState.SENDING
        digest.save(update_fields=["state"])
    return again


def why_no_retry(digest, now: datetime) -> str:
    """Why what a digest says must not be sent again, as a sentence; empty where it may be."""
    milestone = digest.milestone
    if digest.milestone_revision != milestone.revision:
        return _("The milestone has changed since: what this says of it is no longer so.")
    if digest.kind == DigestKind.DIGEST and (not is_on(milestone) or has_passed(milestone, now)):
        return _("The milestone is off, or its day is over.")
    return ""


def to_retry(digest) -> QuerySet[Delivery]:
    """The deliveries that failed or are of unknown outcome, to readers who may be mailed still."""
    return digest.deliveries.filter(
        state__in=[DeliveryState.FAILED, DeliveryState.UNKNOWN], subscription__in=Subscription.objects.active()
    )


def readers_of_notice(milestone) -> int:
    """How many people a notice about this milestone would reach: those who have a digest of it."""
    return (
        Subscription.objects.active()
        .filter(
            series=milestone.series_id,
            pk__in=Delivery.objects.taken()
            .filter(digest__milestone=milestone, digest__kind=DigestKind.DIGEST)
            .values("subscription"),
        )
        .count()
    )


@transaction.atomic
def notify(milestone, kind: DigestKind, now: datetime) -> Digest:
    """Make the notice of a milestone's new date, or of its cancellation; the next tick sends it. Once a revision."""
    digest, is_new = Digest.objects.get_or_create(
        milestone=milestone,
        kind=kind,
        lead_days=0,
        edition=milestone.revision,
        defaults={
            "due_at": now,
            "milestone_revision": milestone.revision,
            "state": DigestState.FROZEN,
            "frozen_at": now,
            "content": notice_content(milestone, now),
        },
    )
    if is_new:
        for language, groups in wanted_audiences(milestone.series):
            render(digest, language, groups)
    return digest


def notice_for(before, after) -> DigestKind | None:
    """Which notice tells what has changed of a milestone between two readings of it; None: there is nothing to tell."""
    was_off, is_off = (each.state == MilestoneState.CANCELLED for each in (before, after))
    if is_off:
        return None if was_off else DigestKind.CANCELLATION
    is_news = after.when != before.when or was_off
    return DigestKind.DATE_CHANGED if is_news and after.state != MilestoneState.HELD else None


def _locked(digest_id, verb) -> Digest:
    digest = Digest.objects.select_for_update(of=["self"]).select_related("milestone__series").get(pk=digest_id)
    if digest.state not in ALLOWED[verb]:
        raise ValidationError(
            _("It is too late for that: the digest is “%(state)s”.") % {"state": digest.get_state_display()}
        )
    return digest
