"""The queue of outgoing messages: put one in, claim the next, record what became of it, and clear up.

A message is queued in the transaction of whatever it is about, and leaves only once that is committed. A claim is
committed before the mail server hears of the message. All times are the database's: the clocks of the machines that
queue and send may differ.
"""

import logging
import random
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import psycopg
from celery import current_app, signature
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from kombu.exceptions import OperationalError

from mail.message.headers import host
from mail.message.kinds import Kind
from mail.models import (
    CLAIMABLE,
    UNKNOWNS_ALLOWED,
    WAITING,
    Batch,
    BatchState,
    Body,
    Message,
    MessageState,
    Reason,
    Suppression,
)

logger = logging.getLogger(__name__)

SEND = signature("mail.tasks.send")  # by its name: tasks.py imports this module

LEASE = timedelta(minutes=5)  # longer than all time-outs of one message together
FIRST_BACKOFF = timedelta(minutes=2)
LONGEST_BACKOFF = timedelta(hours=4)
MAX_SESSIONS = 2  # with the mail server at once
PREPARE_AFTER = 2  # executions of a statement over one connection
MANY = 100  # messages at once that change what the planner should know of the table
MAX_ATTEMPTS = 20  # with the pauses between them, about two days


def enqueue(
    kind: Kind,
    address: str,
    content: bytes,
    language: str,
    *,
    recipient_key: uuid.UUID | None = None,
    signed_with: str = "",
    expires_at: datetime | None = None,
) -> Message:
    """Queue one message with a body of its own, and wake a worker once this transaction is committed.

    `content` is what mime.compose() returned; where mime.TOKEN stands in it, `recipient_key` will, signed with the
    salt `signed_with`. After `expires_at` the message is of no more use and is not sent.
    """
    message = Message.objects.create(
        kind=kind.name,
        priority=kind.priority,
        ignores_pause=kind.ignores_pause,
        address=address,
        language=language,
        body=Body.objects.create(content=content, signed_with=signed_with),
        recipient_key=recipient_key,
        expires_at=expires_at,
        message_id=f"<{kind.name}.{uuid.uuid4()}@{host()}>",
    )
    wake_workers_on_commit()
    return message


@dataclass(frozen=True)
class Recipient:
    """One reader of many; `key` is how the reader is known in links."""

    address: str
    language: str
    body_id: int
    key: uuid.UUID


ENQUEUE_MANY = f"""
INSERT INTO mail_message (
    kind, priority, ignores_pause, batch_id, expires_at, message_id, address, language, body_id, recipient_key,
    state, reason, cancelled_for, attempts, unknowns, enhanced_code, next_attempt_at, created_at
)
SELECT %(kind)s, %(priority)s, %(ignores_pause)s, %(batch)s, %(expires_at)s,
    '<' || %(kind)s || '.' || gen_random_uuid() || '@' || %(host)s || '>',
    r.address, r.language, r.body_id, r.recipient_key, '{MessageState.QUEUED}', '', '', 0, 0, '', now(), now()
    FROM unnest(%(addresses)s::text[], %(languages)s::text[], %(bodies)s::bigint[], %(keys)s::uuid[])
        WITH ORDINALITY AS r (address, language, body_id, recipient_key, place)
    ORDER BY r.place
    RETURNING recipient_key, id
"""


def enqueue_many(
    kind: Kind, recipients: Iterable[Recipient], *, batch: Batch | None = None, expires_at: datetime | None = None
) -> dict[uuid.UUID, int]:
    """Queue one message for each recipient, in this order, and return the messages' ids by the recipients' keys."""
    recipients = list(recipients)
    values = {
        "kind": kind.name,
        "priority": kind.priority,
        "ignores_pause": kind.ignores_pause,
        "batch": batch and batch.pk,
        "expires_at": expires_at,
        "host": host(),
        "addresses": [recipient.address for recipient in recipients],
        "languages": [recipient.language for recipient in recipients],
        "bodies": [recipient.body_id for recipient in recipients],
        "keys": [recipient.key for recipient in recipients],
    }
    with connection.cursor() as cursor:
        cursor.execute(ENQUEUE_MANY, values)
        ids = dict(cursor.fetchall())
        if len(recipients) >= MANY:
            # Until the planner knows of them, each claim would sort them all.
            cursor.execute("ANALYZE mail_message")
    wake_workers_on_commit(sessions=MAX_SESSIONS if batch else 1)
    return ids


def wake_workers_on_commit(sessions: int = 1):
    """Have so many workers look for something to send, once this transaction is committed."""
    # Robust: what is queued is queued, and the next tick finds it.
    transaction.on_commit(partial(_wake_workers, sessions), robust=True)


def _wake_workers(sessions):
    # Celery would try for six seconds while the reader of a page waits. The next tick makes up for what is lost here.
    at_once = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}
    try:
        with current_app.connection(transport_options=at_once) as broker:
            for _session in range(sessions):
                SEND.apply_async(connection=broker, retry=False)
    except OperationalError as error:
        logger.warning("mail waits for the next tick: %s", type(error.__cause__).__name__)


@dataclass(frozen=True)
class Claim:
    """A message that is ours to send until the lease runs out."""

    id: int
    attempts: int
    ignores_pause: bool
    message_id: str
    address: str
    recipient_key: uuid.UUID | None
    body_id: int
    first_attempt_at: datetime
    lease: uuid.UUID
    began: tuple[float, float] = field(default_factory=lambda: (time.monotonic(), time.time()))

    def has_expired(self) -> bool:
        """Return whether another worker may have the message by now.

        The monotonic clock stands still while a machine is suspended, and the other may be set back: the longer counts.
        """
        elapsed = max(time.monotonic() - self.began[0], time.time() - self.began[1])
        return elapsed >= LEASE.total_seconds()


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt, by codes only: the server's words may hold an address."""

    state: MessageState
    code: int | None = None
    enhanced_code: str = ""
    reason: Reason = Reason.NONE
    is_bad_address: bool = False  # the address does not exist, says the server
    is_our_fault: bool = False  # the server would refuse every other message too
    ends_session: bool = False  # nothing more is sent over this connection


# The first part records an outcome where the lease is still ours; the last claims the next message. Whatever may keep
# a message from leaving is asked here, in the statement that claims it.
RECORD_AND_CLAIM = """
WITH recorded AS (
    UPDATE mail_message SET
        state = CASE
            WHEN cancelled_for <> '' AND %(state)s::text IN ({WAITING}) THEN '{CANCELLED}'
            ELSE %(state)s::text END,
        reason = CASE
            WHEN cancelled_for <> '' AND %(state)s::text IN ({WAITING}) THEN cancelled_for
            ELSE %(reason)s::text END,
        smtp_code = %(code)s::smallint,
        enhanced_code = %(enhanced_code)s::text,
        next_attempt_at = {NOW} + %(delay)s::interval,
        finished_at = CASE
            WHEN %(state)s::text IN ('{ACCEPTED}', '{FAILED}') OR cancelled_for <> '' AND %(state)s::text IN ({WAITING})
            THEN {NOW} END,
        unknowns = unknowns + CASE WHEN %(state)s::text = '{UNKNOWN}' AND state = '{SENDING}' THEN 1 ELSE 0 END
        WHERE id = %(id)s::bigint AND lease = %(lease)s::uuid AND state IN ('{SENDING}', '{UNKNOWN}')
), next AS (
    SELECT m.id
        FROM mail_message m
        WHERE %(claims)s::boolean
            AND (%(kind)s::text IS NULL OR m.kind = %(kind)s::text)
            AND m.state IN ({CLAIMABLE})
            AND m.next_attempt_at <= {NOW}
            AND m.body_id IS NOT NULL
            AND (m.state <> '{UNKNOWN}' OR m.unknowns < {UNKNOWNS_ALLOWED} AND m.cancelled_for = '')
            AND (m.expires_at IS NULL OR m.expires_at > {NOW})
            AND (m.batch_id IS NULL OR EXISTS (
                SELECT FROM mail_batch b
                    WHERE b.id = m.batch_id AND b.state = '{OPEN}' AND (b.expires_at IS NULL OR b.expires_at > {NOW})
            ))
            AND NOT EXISTS (
                SELECT FROM mail_mailcontrol c WHERE c.is_paused AND NOT m.ignores_pause OR c.resume_at > {NOW}
            )
            AND NOT EXISTS (
                SELECT FROM mail_domainpause p
                    WHERE p.domain = split_part(lower(m.address), '@', 2) AND (p.until IS NULL OR p.until > {NOW})
            )
            AND NOT EXISTS (
                SELECT FROM mail_suppression s
                    WHERE lower(s.address) = lower(m.address) AND (s.until IS NULL OR s.until > {NOW})
            )
        ORDER BY m.priority, m.next_attempt_at, m.id
        LIMIT 1
        FOR UPDATE OF m SKIP LOCKED
)
UPDATE mail_message m SET
    state = '{SENDING}',
    lease = %(new_lease)s::uuid,
    lease_until = {NOW} + %(lease_time)s::interval,
    attempts = m.attempts + 1,
    first_attempt_at = coalesce(m.first_attempt_at, {NOW})
    FROM next
    WHERE m.id = next.id
    RETURNING m.id, m.attempts, m.ignores_pause, m.message_id, m.address, m.recipient_key, m.body_id,
        m.first_attempt_at, m.lease
""".format(
    **{name: MessageState[name] for name in ("SENDING", "ACCEPTED", "FAILED", "UNKNOWN", "CANCELLED")},
    WAITING=", ".join(f"'{state}'" for state in WAITING),
    CLAIMABLE=", ".join(f"'{state}'" for state in CLAIMABLE),
    OPEN=BatchState.OPEN,
    UNKNOWNS_ALLOWED=UNKNOWNS_ALLOWED,
    NOW="statement_timestamp()",
)


def record_and_claim(
    claim: Claim | None = None, outcome: Outcome | None = None, *, claims_next: bool = True, kind: Kind | None = None
) -> Claim | None:
    """Record the outcome of `claim`, if given, and claim the message that is to leave next, in one commit.

    It is of any kind, or of `kind`; None is returned where nothing is due.
    """
    outcome = outcome and _final(claim, outcome)
    values = {
        "id": claim and claim.id,
        "lease": claim and claim.lease,
        "state": outcome and outcome.state.value,
        "reason": outcome and outcome.reason.value,
        "code": outcome and outcome.code,
        "enhanced_code": outcome and outcome.enhanced_code,
        "delay": _delay(claim, outcome) if outcome else timedelta(),
        "claims": claims_next,
        "kind": kind and kind.name,
        "new_lease": uuid.uuid4(),
        "lease_time": LEASE,
    }
    connection.ensure_connection()
    raw = connection.connection
    raw.prepare_threshold = PREPARE_AFTER  # Django switches it off, for the sake of transaction poolers
    # Past Django's cursor, which writes the values into each statement: planning this one anew costs PostgreSQL more
    # than carrying it out. The advisory lock of a delivery rules such a pooler out anyway.
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        row = cursor.execute(RECORD_AND_CLAIM, values).fetchone()
    return Claim(*row) if row else None


def _final(claim, outcome) -> Outcome:
    """Return the outcome that is recorded: a message is not put off for ever."""
    if outcome.state in WAITING and claim.attempts >= MAX_ATTEMPTS and not outcome.is_our_fault:
        return Outcome(MessageState.FAILED, outcome.code, outcome.enhanced_code, outcome.reason)
    return outcome


def _delay(claim, outcome) -> timedelta:
    """Return after which time a message may be tried again: ever longer, and not for all at the same moment."""
    # While mail is paused, what ignores the pause must not ask the server again and again.
    if outcome.state != MessageState.DEFERRED and not (outcome.is_our_fault and claim.ignores_pause):
        return timedelta()
    backoff = min(FIRST_BACKOFF * 2 ** (claim.attempts - 1), LONGEST_BACKOFF)
    return backoff * random.uniform(0.8, 1.2)  # noqa: S311


def sweep():
    """Clear up, each minute: what a lost worker was sending, what must not leave any more, and bodies of no use."""
    release_expired_leases()
    cancel_undeliverable()
    Body.objects.filter(is_shared=False, messages__finished_at__isnull=False).delete()


def release_expired_leases() -> int:
    """Mark what lost workers were sending as unknown: the server may have accepted it. Return how many these are."""
    return Message.objects.filter(state=MessageState.SENDING, lease_until__lt=Now()).update(
        state=MessageState.UNKNOWN, unknowns=F("unknowns") + 1, reason=Reason.WORKER_LOST, next_attempt_at=Now()
    )


def cancel_undeliverable():
    """Cancel the messages that record_and_claim() will never claim: those of no more use, stopped, or suppressed."""
    waiting = Message.objects.filter(state__in=CLAIMABLE)
    is_over = Q(expires_at__lte=Now()) | Q(batch__expires_at__lte=Now())
    for reason, messages in {
        Reason.EXPIRED: waiting.filter(is_over),
        Reason.STOPPED: waiting.filter(batch__state=BatchState.STOPPED),
        Reason.SUPPRESSED: waiting.alias(lower_address=Lower("address")).filter(
            lower_address__in=Suppression.objects.addresses()
        ),
    }.items():
        Message.objects.filter(pk__in=messages.values("pk")).cancel(reason)
