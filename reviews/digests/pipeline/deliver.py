"""Deliveries to the mail server: claim, send, record; one connection for many.

A claim is committed before the server hears of the message, and the statement that records its outcome claims the
next one. Both compare a lease and set, so that a worker that was given up for dead changes nothing.
"""

import logging
import random
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from reviews.digests.mail.message import compose, personal
from reviews.digests.mail.smtp import Lane, Outcome
from reviews.digests.models import (
    ENDED,
    Delivery,
    DeliveryState,
    Digest,
    DigestKind,
    DigestNews,
    DigestState,
    Outbox,
    Reason,
    Rendering,
    Subscription,
    Suppression,
)

from .plan import has_passed

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than all time-outs of one message together
FIRST_PAUSE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=4)
REST = timedelta(minutes=1)
LANES = 2  # connections to the mail server at once
MOST_ATTEMPTS = 10  # with the pauses between them, about half a day


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours to send until `lease_until`."""

    pk: int
    lease: uuid.UUID
    lease_until: datetime
    attempts: int
    message_id: str
    rendering_id: int
    email: str
    key: uuid.UUID


# What is claimed is checked at the last moment: the digest is on, the milestone is as it was and its day is not over
# (a notice may come later), the reader wants it still.
RECORD_AND_CLAIM = """
WITH recorded AS (
    UPDATE digests_delivery SET
        state = %(state)s, smtp_code = %(code)s, note = %(note)s, next_attempt_at = %(next_attempt_at)s,
        finished_at = CASE WHEN %(state)s IN ('accepted', 'failed') THEN now() END,
        unknowns = unknowns + CASE WHEN %(state)s = 'unknown' AND state = 'sending' THEN 1 ELSE 0 END
        WHERE id = %(pk)s AND lease = %(lease)s AND state IN ('sending', 'unknown')
), next AS (
    SELECT d.id, s.email, s.key
        FROM digests_delivery d
        JOIN digests_digest g ON g.id = d.digest_id
        JOIN reviews_milestone m ON m.id = g.milestone_id
        JOIN digests_subscription s ON s.id = d.subscription_id
        WHERE d.digest_id = %(digest)s
            AND d.state IN ('queued', 'deferred', 'unknown')
            AND (d.state <> 'unknown' OR d.unknowns < 2)
            AND coalesce(d.next_attempt_at, now()) <= now()
            AND g.state = 'sending'
            AND NOT EXISTS (SELECT FROM digests_outbox o WHERE o.is_paused OR o.resume_at > now())
            AND m.revision = g.milestone_revision
            AND (g.kind <> 'digest' OR m.starts_on >= (now() AT TIME ZONE m.time_zone)::date)
            AND s.state = 'confirmed'
            AND NOT EXISTS (SELECT FROM digests_suppression x WHERE lower(x.email) = lower(s.email))
        ORDER BY d.id
        LIMIT 1
        FOR UPDATE OF d SKIP LOCKED
)
UPDATE digests_delivery d SET
    state = 'sending', lease = %(new_lease)s, lease_until = now() + %(lease_time)s, attempts = d.attempts + 1
    FROM next
    WHERE d.id = next.id
    RETURNING d.id, d.lease, d.lease_until, d.attempts, d.message_id, d.rendering_id, next.email, next.key
"""


def deliver(digest_id: int, until: datetime | None = None) -> int:
    """Send what is due of a digest, until none is left or the time `until` has come. Gives how many were accepted.

    At most LANES of these work at once, in all processes on all machines; one more gives 0.
    """
    with _slot() as is_free:
        return _deliver(digest_id, until) if is_free else 0


def _deliver(digest_id, until) -> int:
    accepted = 0
    shared = {}  # rendering pk → its language and bytes
    pace = Pace(Outbox.objects.values_list("rate_per_minute", flat=True).first())
    with Lane() as lane:
        claim = _record_and_claim(digest_id)
        while claim:
            if claim.rendering_id not in shared:
                rendering = Rendering.objects.select_related("digest__milestone__series").get(pk=claim.rendering_id)
                shared[claim.rendering_id] = rendering.language, compose(rendering)
            language, body = shared[claim.rendering_id]
            message = personal(body, email=claim.email, key=claim.key, message_id=claim.message_id, language=language)
            outcome = lane.send(claim.email, message, claim.lease_until)
            accepted += outcome.state == DeliveryState.ACCEPTED
            if outcome.suppress:
                suppress(claim.email)
            if outcome.is_our_fault:
                pause(outcome.note)
            elif outcome.ends_lane:
                rest(outcome.note)
            is_last = outcome.ends_lane or (until is not None and timezone.now() >= until)
            claim = _record_and_claim(None if is_last else digest_id, claim, outcome)
            pace.wait()
    return accepted


class Pace:
    """No more than so many messages a minute, shared by the lanes; None for as fast as the server takes them."""

    def __init__(self, per_minute: int | None):
        self._seconds = 60 * LANES / per_minute if per_minute else 0
        self._next = time.monotonic() + self._seconds

    def wait(self):
        if self._seconds:
            time.sleep(max(0, self._next - time.monotonic()))
            self._next = max(self._next, time.monotonic()) + self._seconds


@contextmanager
def _slot():
    """Hold one of the LANES places while the body runs. Gives whether one was free.

    The lock is PostgreSQL's and ends with the connection, so that a killed worker holds no place.
    """
    with connection.cursor() as cursor:
        held = None
        for place in range(LANES):
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('digests.deliver'), %s)", [place])
            if cursor.fetchone()[0]:
                held = place
                break
        try:
            yield held is not None
        finally:
            if held is not None:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('digests.deliver'), %s)", [held])


def finish(digest_id: int) -> bool:
    """Call a digest sent when nothing of it is left to send; give whether it is.

    When the milestone's day is over nothing is left, and one that nobody has got by then is skipped.
    """
    with transaction.atomic():
        digest = Digest.objects.select_for_update(of=["self"]).select_related("milestone").get(pk=digest_id)
        if digest.state != DigestState.SENDING:
            return False
        is_over = digest.kind == DigestKind.DIGEST and has_passed(digest.milestone, timezone.now())
        if is_over and not digest.deliveries.taken().exists():
            digest.stop(Reason.MILESTONE_PASSED, DigestState.SKIPPED)
            return False
        left = digest.deliveries.unfinished().exclude(state=DeliveryState.SENDING)
        left.exclude(subscription__in=Subscription.objects.active()).update(
            state=DeliveryState.CANCELLED, note="no longer wanted", finished_at=timezone.now()
        )
        if is_over:
            # What is of unknown outcome stays so: it is not tried again, and its reader may have it.
            left = left.exclude(state=DeliveryState.UNKNOWN)
            left.update(state=DeliveryState.CANCELLED, note=Reason.MILESTONE_PASSED, finished_at=timezone.now())
        unfinished = digest.deliveries.unfinished()
        if (unfinished.filter(state=DeliveryState.SENDING) if is_over else unfinished).exists():
            return False
        digest.state = DigestState.SENT
        digest.sent_at = timezone.now()
        digest.save(update_fields=["state", "sent_at"])
    return True


def give_up_leases(now: datetime) -> int:
    """Whether the server took what a lost worker was sending is unknown. Gives how many deliveries that is."""
    return Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lt=now).update(
        state=DeliveryState.UNKNOWN, unknowns=F("unknowns") + 1, note="the worker was lost", next_attempt_at=now
    )


def cancel_leftovers() -> int:
    """What was under way when its digest was stopped, and was put off by the server, is not tried again.

    Where so nobody got the digest, its news are the next one's: those of a new edition, or of another digest.
    """
    count = Delivery.objects.filter(
        state__in=[DeliveryState.QUEUED, DeliveryState.DEFERRED], digest__state__in=ENDED
    ).update(state=DeliveryState.CANCELLED, finished_at=timezone.now())
    told = Delivery.objects.taken().filter(digest=OuterRef("digest"))
    DigestNews.objects.filter(~Exists(told), digest__state__in=ENDED, digest__replaced_by=None).delete()
    return count


def _record_and_claim(digest_id, claim: Claim | None = None, outcome: Outcome | None = None) -> Claim | None:
    """Record the outcome of `claim`, if given, and claim the next delivery of the digest, in one commit."""
    state = outcome and outcome.state
    next_attempt_at = None
    if state == DeliveryState.DEFERRED:
        if claim.attempts >= MOST_ATTEMPTS:
            state = DeliveryState.FAILED
        else:
            pause = min(FIRST_PAUSE * 2 ** (claim.attempts - 1), LONGEST_PAUSE)
            next_attempt_at = timezone.now() + pause * random.uniform(0.8, 1.2)  # noqa: S311 (not all come back at once)
    values = {
        "pk": claim and claim.pk,
        "lease": claim and claim.lease,
        "state": state and state.value,
        "code": outcome and outcome.code,
        "note": outcome.note[:300] if outcome else "",
        "next_attempt_at": next_attempt_at,
        "digest": digest_id,
        "new_lease": uuid.uuid4(),
        "lease_time": LEASE,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD_AND_CLAIM, values)
        row = cursor.fetchone()
    return Claim(*row) if row else None


def suppress(email: str, reason=Suppression.Reason.BOUNCE):
    """Send nothing more to an address."""
    Suppression.objects.bulk_create([Suppression(email=email, reason=reason)], ignore_conflicts=True)


def pause(why: str):
    """Stop all mail: the server refuses us, and would refuse every other message too. Staff resume it."""
    logger.error("outgoing mail is paused: %s", why)
    Outbox.objects.update_or_create(pk=1, defaults={"is_paused": True, "reason": why[:300]})


def rest(why: str):
    """Leave the server alone for a while."""
    logger.warning("outgoing mail rests: %s", why)
    Outbox.objects.update_or_create(pk=1, defaults={"resume_at": timezone.now() + REST})
