"""Django's way of sending mail, through the queue: whatever calls send_mail() has its mail held to the same rules."""

from email import message_from_bytes
from email.generator import BytesGenerator
from email.policy import compat32
from email.utils import parseaddr
from io import BytesIO

from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import get_language

from mail.message.headers import AUTOMATIC
from mail.message.kinds import OTHER
from mail.message.mime import for_the_wire

from .queue import enqueue

# Each recipient has a message of their own, with these.
OF_EACH_MESSAGE = ["To", "Cc", "Bcc", "Message-ID", "Date"]


class EmailBackend(BaseEmailBackend):
    """Queues each message once for each recipient, in the transaction that it is sent in."""

    def send_messages(self, email_messages):
        return sum(self._enqueue(message) for message in email_messages)

    def _enqueue(self, email_message) -> int:
        recipients = email_message.recipients()
        content = _content(email_message)
        language = (get_language() or "en")[:2]
        with transaction.atomic():
            for recipient in recipients:
                enqueue(OTHER, parseaddr(recipient)[1], content, language)
        return 1 if recipients else 0


def _content(email_message) -> bytes:
    # Read again from bytes, the generator encodes in 7 bits what is not: some servers take no more.
    message = message_from_bytes(email_message.message().as_bytes())
    for name in OF_EACH_MESSAGE:
        del message[name]
    for name, value in AUTOMATIC.items():
        if name not in message:
            message[name] = value
    stream = BytesIO()
    BytesGenerator(stream, mangle_from_=False, policy=compat32.clone(cte_type="7bit")).flatten(message)
    return for_the_wire(stream.getvalue())
