"""Messages in the queue, and what became of them."""

import uuid
from datetime import timedelta

from django.db.models import F

from mail.delivery.queue import Recipient, enqueue, enqueue_many
from mail.message.headers import automatic_headers
from mail.message.kinds import BULK, Kind
from mail.message.mime import compose
from mail.models import Batch, Body, DomainPause, MailControl, MailEvent, Message
from tests.database import sql

ADA, BEN, CAM = READERS = ["ada@example.org", "ben@example.org", "cam@example.org"]
LETTER = Kind("letter", "Letter", BULK)
URGENT = Kind("urgent", "Urgent", 1)
DEFIANT = Kind("defiant", "Leaves while mail is paused", BULK, ignores_pause=True)
SALT = "tests"


def content(subject="A subject", text="Words.", html="<p>Words.</p>", **headers) -> bytes:
    return compose(automatic_headers(subject, "en", **headers), text, html)


def queued(*addresses, kind=LETTER, **options) -> list[Message]:
    """A message to each of the addresses, in this order."""
    return [enqueue(kind, address, content(), "en", **options) for address in addresses]


def batch_to(*addresses, kind=LETTER, **fields) -> Batch:
    """A batch with a message to each of the addresses, with one body."""
    batch = Batch.objects.create(name="A round", **fields)
    body = Body.objects.create(content=content(), is_shared=True)
    enqueue_many(kind, [Recipient(address, "en", body.pk, uuid.uuid4()) for address in addresses], batch=batch)
    return batch


def message_to(address) -> Message:
    return Message.objects.get(address=address)


def states() -> list[str]:
    """Of all messages, in the order in which they were queued."""
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def recipients(sink) -> list[str]:
    return [mail.recipient for mail in sink.taken]


def hours_pass(hours=5):
    """All that has been put off until later is due, and every lease has run out."""
    some = timedelta(hours=hours)
    Message.objects.update(next_attempt_at=F("next_attempt_at") - some, lease_until=F("lease_until") - some)
    MailControl.objects.update(resume_at=F("resume_at") - some)
    DomainPause.objects.update(since=F("since") - some, until=F("until") - some)
    MailEvent.objects.update(received_at=F("received_at") - some)


def claim(message, lease_until):
    """Have a message claimed, as a worker that sends it would."""
    sql(
        "UPDATE mail_message SET state = 'sending', attempts = 1, lease = gen_random_uuid(), lease_until = %s,"
        " first_attempt_at = now() WHERE id = %s",
        lease_until,
        message.pk,
    )
