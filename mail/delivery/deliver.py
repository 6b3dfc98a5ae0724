"""The worker's loop: claim a message, hand it to the mail server, record what became of it; one session for many."""

import logging
import time
from contextlib import contextmanager

from django.db import connection
from django.dispatch import Signal

from mail import control
from mail.bounces.suppression import bounce_of, record_bounce
from mail.message.addresses import is_usable
from mail.message.kinds import Kind
from mail.message.mime import assemble
from mail.message.tokens import token_for
from mail.models import Body, MailControl, Message, MessageState, Reason

from .queue import MAX_SESSIONS, Claim, Outcome, record_and_claim
from .smtp import SmtpSession

logger = logging.getLogger(__name__)

MAX_BODIES = 100  # held in memory by a session

# Sent when a session has ended: owners of batches look whether theirs are done.
session_ended = Signal()


def deliver(seconds: float | None = None, kind: Kind | None = None) -> int:
    """Send what is due, until nothing is left or `seconds` are over, and return how many messages were accepted.

    `kind`: send messages of this kind only. At most MAX_SESSIONS of these work at once, in all processes on all machines; one more returns 0.
    """
    with _place() as is_free:
        accepted = _deliver(seconds, kind) if is_free else 0
    session_ended.send_robust(sender=deliver)  # what goes wrong there is logged, and the next one tries again
    return accepted


def _deliver(seconds, kind) -> int:
    accepted = 0
    bodies = {}  # content and salt by pk, of bodies that are shared
    limiter = RateLimiter(MailControl.objects.values_list("rate_per_minute", flat=True).first())
    deadline = None if seconds is None else time.monotonic() + seconds
    with SmtpSession() as session:
        claim = record_and_claim(kind=kind)
        while claim:
            outcome = _attempt(session, claim, bodies)
            accepted += outcome.state == MessageState.ACCEPTED
            is_last = outcome.ends_session or (deadline is not None and time.monotonic() >= deadline)
            _follow_up(claim, outcome)
            following = record_and_claim(claim, outcome, claims_next=not is_last, kind=kind)
            if outcome.is_bad_address:
                record_bounce(claim.address, bounce_of(claim.id, claim.attempts))
            claim = following
            limiter.wait()
    return accepted


def _attempt(session, claim, bodies) -> Outcome:
    if not is_usable(claim.address):
        return Outcome(MessageState.FAILED, reason=Reason.UNUSABLE)
    content, salt = bodies.get(claim.body_id) or _load(claim.body_id, bodies)
    return session.send(claim, assemble_for(claim, content, salt))


def assemble_for(message: Claim | Message, content: bytes, salt: str) -> bytes:
    """Return the bytes of a message, the same in each attempt."""
    return assemble(
        content,
        address=message.address,
        message_id=message.message_id,
        date=message.first_attempt_at,
        token=token_for(message.recipient_key, salt) if salt else "",
    )


def _load(body_id, bodies) -> tuple[bytes, str]:
    body = Body.objects.get(pk=body_id)
    loaded = bytes(body.content), body.signed_with
    if body.is_shared:
        if len(bodies) >= MAX_BODIES:
            bodies.clear()
        bodies[body_id] = loaded
    return loaded


def _follow_up(claim: Claim, outcome: Outcome):
    """Do what an outcome means for the messages that are still to come, before the next one is claimed."""
    if outcome.is_our_fault:
        control.pause_for_refusal(f"{outcome.code} {outcome.enhanced_code}".strip())
    elif outcome.ends_session:
        control.back_off(outcome.reason.label)
    if outcome.state != MessageState.ACCEPTED:
        answer = f"{outcome.reason.value} {outcome.code or ''} {outcome.enhanced_code}".strip()
        logger.warning("message %s is %s: %s", claim.id, outcome.state.value, answer)


class RateLimiter:
    """No more than so many messages a minute, shared by all sessions; None for as fast as the server takes them."""

    def __init__(self, per_minute: int | None):
        self._seconds = 60 * MAX_SESSIONS / per_minute if per_minute else 0
        self._next = time.monotonic() + self._seconds

    def wait(self):
        if self._seconds:
            time.sleep(max(0, self._next - time.monotonic()))
            self._next = max(self._next, time.monotonic()) + self._seconds


@contextmanager
def _place():
    """Hold one of the MAX_SESSIONS places while the body runs, and yield whether one was free.

    The lock is PostgreSQL's and ends with the connection, so that a killed worker holds no place.
    """
    with connection.cursor() as cursor:
        held = None
        for place in range(MAX_SESSIONS):
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('mail.delivery'), %s)", [place])
            if cursor.fetchone()[0]:
                held = place
                break
        try:
            yield held is not None
        finally:
            if held is not None:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('mail.delivery'), %s)", [held])
