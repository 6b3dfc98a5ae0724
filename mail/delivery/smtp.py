"""One session with the mail server, and what each of its answers means for a message.

smtplib's `sendmail` hides at which step a connection broke; here the step decides: before the message was handed
over it may be sent again, after that nobody knows.
"""

import re
import smtplib
from collections.abc import Iterator
from dataclasses import replace
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import get_connection

from mail.message.mime import END
from mail.models import MessageState, Reason

from .allowlist import may_be_mailed
from .queue import Claim, Outcome

BAD_ADDRESS = re.compile(r"^5\.1\.\d")  # RFC 3463: the address, not the mailbox, is wrong
POLICY = re.compile(r"^5\.7\.\d")  # RFC 3463: security or policy, which is about us
CLOSING = 421


class SmtpSession:
    """A connection to the mail server of the settings, opened with the first message and used for the next ones."""

    def __init__(self):
        self._backend = get_connection("django.core.mail.backends.smtp.EmailBackend")
        self._sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._backend.close()

    def send(self, claim: Claim, message: bytes) -> Outcome:
        """Hand one message, ready for the wire, to the server for the address of the claim."""
        if not may_be_mailed(claim.address):
            return Outcome(MessageState.FAILED, reason=Reason.NOT_ALLOWED)
        try:
            if self._backend.open():
                self._backend.connection.ehlo_or_helo_if_needed()
        except smtplib.SMTPAuthenticationError as error:
            return _refuses_us(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError):
            return _not_handed_over()
        try:
            return self._converse(claim, message)
        except (smtplib.SMTPException, OSError):
            # Before the message was handed over; after it, _hand_over has the word.
            return _not_handed_over()

    def _converse(self, claim, message) -> Outcome:
        server = self._backend.connection
        answers = self._envelope(server, claim.address)
        code, answer = next(answers)
        if code != 250:
            return _refuses_us(code, answer) if code >= 500 else _deferred(code, answer, ends_session=True)
        code, answer = next(answers)
        if code not in (250, 251):
            return self._after_refusal(server, _refused(code, answer, Reason.ADDRESS_REFUSED), answers)
        code, answer = next(answers)
        if code != 354:
            return self._after_refusal(server, _refused(code, answer, Reason.MESSAGE_REFUSED), answers)
        if claim.has_expired():
            # This process was stopped for so long that another may have the message by now. The server waits for the
            # message: it throws away what it has when the session ends.
            server.close()
            return Outcome(MessageState.UNKNOWN, reason=Reason.LEASE_EXPIRED, ends_session=True)
        return _hand_over(server, message)

    def _envelope(self, server, address) -> Iterator[tuple[int, bytes]]:
        """Yield the server's answers to MAIL, RCPT and DATA, which go in one write where it takes that (RFC 2920)."""
        commands = [f"MAIL FROM:{smtplib.quoteaddr(self._sender)}", f"RCPT TO:{smtplib.quoteaddr(address)}", "DATA"]
        if server.has_extn("pipelining"):
            server.send("".join(f"{command}\r\n" for command in commands))
            for _command in commands:
                yield server.getreply()
        else:
            for command in commands:
                yield server.docmd(command)

    def _after_refusal(self, server, outcome, answers) -> Outcome:
        """Return the outcome, with the session ready for the next message; or ended."""
        if outcome.ends_session:
            return outcome
        try:
            if server.has_extn("pipelining"):
                for code, _answer in answers:  # to a DATA that was sent before RCPT was refused
                    if code == 354:
                        server.send(END.lstrip(b"\r\n"))
                        server.getreply()
            server.rset()
        except (smtplib.SMTPException, OSError):
            return replace(outcome, ends_session=True)
        return outcome


def _hand_over(server, message) -> Outcome:
    try:
        server.send(message)
        code, answer = server.getreply()
    except (smtplib.SMTPException, OSError):
        return Outcome(MessageState.UNKNOWN, reason=Reason.CONNECTION_LOST, ends_session=True)
    if 200 <= code < 300:
        return Outcome(MessageState.ACCEPTED, code)
    return _refused(code, answer, Reason.MESSAGE_REFUSED)


def _refused(code, answer, reason) -> Outcome:
    """Return what a refusal of one address, or of one message, means."""
    if code < 500:
        return _deferred(code, answer, ends_session=code == CLOSING)
    if POLICY.match(_text(answer)):
        return _refuses_us(code, answer)
    is_bad_address = reason == Reason.ADDRESS_REFUSED and bool(BAD_ADDRESS.match(_text(answer)))
    return Outcome(MessageState.FAILED, code, _enhanced(answer), reason, is_bad_address=is_bad_address)


def _refuses_us(code, answer) -> Outcome:
    return Outcome(
        MessageState.QUEUED, code, _enhanced(answer), Reason.REFUSES_US, is_our_fault=True, ends_session=True
    )


def _deferred(code, answer, ends_session) -> Outcome:
    return Outcome(MessageState.DEFERRED, code, _enhanced(answer), Reason.DEFERRED, ends_session=ends_session)


def _not_handed_over() -> Outcome:
    return Outcome(MessageState.DEFERRED, reason=Reason.NO_CONNECTION, ends_session=True)


def _text(answer) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)


def _enhanced(answer) -> str:
    """Return the enhanced status code of an answer (RFC 3463); its words may hold the address, which stays out of logs."""
    match = re.match(r"\d\.\d{1,3}\.\d{1,3}(?!\d)", _text(answer))
    return match.group() if match else ""
