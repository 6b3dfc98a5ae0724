"""One conversation with the mail server, and what each of its answers means for a delivery.

smtplib's `sendmail` hides at which step a connection broke; here the step decides: before the message was handed
over it may be sent again, after that nobody knows.
"""

import re
import smtplib
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone

from reviews.digests.models import DeliveryState

from .allowlist import may_be_mailed

BAD_ADDRESS = re.compile(r"^5\.1\.\d")  # RFC 3463: the address, not the mailbox, is wrong
POLICY = re.compile(r"^5\.7\.\d")  # RFC 3463: security or policy, which is about us


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt. `note` never holds an address."""

    state: DeliveryState
    code: int | None = None
    note: str = ""
    suppress: bool = False  # the address does not exist
    is_our_fault: bool = False  # the server would refuse every other message too
    ends_lane: bool = False  # nothing more is sent over this connection


class Lane:
    """A connection to the mail server of the settings, opened with the first message and kept for the next."""

    def __init__(self):
        self._backend = get_connection("django.core.mail.backends.smtp.EmailBackend")
        self._sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._backend.close()

    def send(self, email: str, message: bytes, lease_until: datetime) -> Outcome:
        """Hand one message, ready for the wire, to the server for one address."""
        if not may_be_mailed(email):
            return Outcome(DeliveryState.FAILED, note="not on the list of addresses that may be mailed from here")
        try:
            self._backend.open()
        except smtplib.SMTPAuthenticationError as error:
            return _refused_us(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            return _deferred(None, type(error).__name__, ends_lane=True)
        try:
            return self._converse(self._backend.connection, email, message, lease_until)
        except (smtplib.SMTPException, OSError) as error:
            # Before the message was handed over; after it, _converse has the word.
            return _deferred(None, type(error).__name__, ends_lane=True)

    def _converse(self, server, email, message, lease_until) -> Outcome:
        server.ehlo_or_helo_if_needed()
        code, answer = server.mail(self._sender)
        if code != 250:
            return _refused_us(code, answer) if code >= 500 else _deferred(code, answer, ends_lane=True)
        code, answer = server.rcpt(email)
        if code not in (250, 251):
            return _then_reset(server, _refused_address(code, answer))
        if timezone.now() >= lease_until:
            # This process was stopped for so long that another may have the delivery by now.
            return Outcome(DeliveryState.UNKNOWN, note="the lease ran out", ends_lane=True)
        code, answer = server.docmd("DATA")
        if code != 354:
            return _then_reset(server, _refused_message(code, answer))
        try:
            server.send(message)
            code, answer = server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(DeliveryState.UNKNOWN, note=f"{type(error).__name__} after DATA", ends_lane=True)
        if 200 <= code < 300:
            return Outcome(DeliveryState.ACCEPTED, code)
        return _refused_message(code, answer)


def _then_reset(server, outcome) -> Outcome:
    """The outcome, with the connection ready for the next message, which would be refused as out of order; or ended."""
    if outcome.ends_lane:
        return outcome
    try:
        server.rset()
    except (smtplib.SMTPException, OSError):
        return replace(outcome, ends_lane=True)
    return outcome


def _refused_address(code, answer) -> Outcome:
    if code < 500:
        return _deferred(code, answer, ends_lane=code == 421)
    if POLICY.match(_text(answer)):
        return _refused_us(code, answer)
    suppress = bool(BAD_ADDRESS.match(_text(answer)))
    return Outcome(DeliveryState.FAILED, code, "address refused " + _enhanced(answer), suppress=suppress)


def _refused_message(code, answer) -> Outcome:
    if code < 500:
        return _deferred(code, answer, ends_lane=code == 421)
    if POLICY.match(_text(answer)):
        return _refused_us(code, answer)
    return Outcome(DeliveryState.FAILED, code, "message refused " + _enhanced(answer))


def _refused_us(code, answer) -> Outcome:
    note = f"the mail server refuses us: {code} {_enhanced(answer)}"
    return Outcome(DeliveryState.QUEUED, code, note, is_our_fault=True, ends_lane=True)


def _deferred(code, answer, ends_lane) -> Outcome:
    note = answer if isinstance(answer, str) else "deferred " + _enhanced(answer)
    return Outcome(DeliveryState.DEFERRED, code, note, ends_lane=ends_lane)


def _text(answer) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)


def _enhanced(answer) -> str:
    """The enhanced status code of an answer: its words may hold the address, and addresses stay out of notes and logs."""
    match = re.match(r"\d\.\d{1,3}\.\d{1,3}", _text(answer))
    return match.group() if match else ""
