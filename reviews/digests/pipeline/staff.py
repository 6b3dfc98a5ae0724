"""What staff do to a digest: hold, release, approve, cancel, retry.

Each verb is for some states only, and says so; the row is locked while it decides.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mail.delivery.queue import MAX_SESSIONS, wake_workers_on_commit
from mail.models import Message, MessageState
from reviews.digests.models import Digest, DigestKind, DigestState, Reason, Subscription
from reviews.models import Milestone

from .plan import has_passed, is_on
from .transitions import move, states_before, stop

VERBS = ["release", "approve", "hold", "cancel", "retry"]


@transaction.atomic
def hold(digest_id: int):
    """Let nothing more of a digest leave until it is released. Raises ValidationError where it is too late."""
    move(_locked(digest_id, "hold"), DigestState.HELD, Reason.STAFF)


@transaction.atomic
def release(digest_id: int):
    """Let a held digest go on where it stood. Where the series wants approval, that is still to be given."""
    digest = _locked(digest_id, "release")
    if digest.state_reason == Reason.APPROVAL:
        raise ValidationError(_("It is awaiting approval: review it and approve it."))
    values = {"may_go_to_many": True} if digest.state_reason == Reason.MANY_MORE else {}
    if digest.frozen_at is None:
        state = DigestState.PLANNED
    elif digest.batch:
        _check_still_so(digest)
        state = DigestState.SENDING
        wake_workers_on_commit(MAX_SESSIONS)
    else:
        state = DigestState.FROZEN
    move(digest, state, **values)


@transaction.atomic
def approve(digest_id: int, now: datetime):
    """Approve this edition as it is frozen, and let it leave when it is due."""
    digest = _locked(digest_id, "approve")
    if digest.state_reason != Reason.APPROVAL:
        raise ValidationError(_("It is not awaiting approval."))
    move(digest, DigestState.FROZEN, approved_at=now)


@transaction.atomic
def cancel(digest_id: int):
    """End a digest: what has not left does not leave. It is not planned again."""
    stop(_locked(digest_id, "cancel"), Reason.STAFF)


@transaction.atomic
def retry(digest_id: int, now: datetime) -> int:
    """Queue again what failed or is of unknown outcome, to addresses that are still good. Returns how many.

    An unknown one may reach its reader a second time, under the same Message-ID. Raises ValidationError where what it
    says is not so any more.
    """
    digest = _locked(digest_id, "retry")
    if refusal := why_no_retry(digest, now):
        raise ValidationError(refusal)
    # Who unsubscribes at this moment is waited for and left out, or waits and has the message canceled.
    list(Subscription.objects.filter(deliveries__digest=digest).select_for_update(of=["self"], no_key=True))
    again = to_retry(digest).requeue()
    if again:
        move(digest, DigestState.SENDING)
        wake_workers_on_commit(MAX_SESSIONS)
    return again


def why_no_retry(digest, now: datetime) -> str:
    """Return why what a digest says must not be sent again, as a sentence; empty where it may be."""
    milestone = digest.milestone
    if digest.milestone_revision != milestone.revision:
        return _("The milestone has changed since then: what this says about it is out of date.")
    if digest.kind == DigestKind.DIGEST and (not is_on(milestone) or has_passed(milestone, now)):
        return _("The milestone has been called off, or its date has passed.")
    return ""


def to_retry(digest) -> QuerySet[Message]:
    """Return the messages that failed or are of unknown outcome, to readers who may be mailed still."""
    return Message.objects.filter(
        state__in=[MessageState.FAILED, MessageState.UNKNOWN],
        delivery__digest=digest,
        delivery__subscription__in=Subscription.objects.active(),
    )


def _check_still_so(digest):
    if digest.milestone_revision != digest.milestone.revision:
        raise ValidationError(_("The milestone has changed since then: what this says about it is out of date."))


def _locked(digest_id, verb) -> Digest:
    digest = Digest.objects.select_for_update(of=["self"]).get(pk=digest_id)
    # Locked too: that it moves is not to slip in between what is decided here and the commit.
    digest.milestone = (
        Milestone.objects.select_for_update(no_key=True, of=["self"])
        .select_related("series")
        .get(pk=digest.milestone_id)
    )
    if digest.state not in states_before(verb):
        raise ValidationError(
            _("It is too late for that: the digest is “%(state)s”.") % {"state": digest.get_state_display()}
        )
    return digest
