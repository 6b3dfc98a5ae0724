"""A mail server that keeps what it takes, and answers as its script says.

It knows neither Django nor pytest, and whoever sends to it may be another process:

    with Sink({"a@example.org": ["450 4.2.1 Busy", "250"], "b@example.org": ["drop"]}) as sink:
        ...
        assert sink.wait_for(2)

The script has a list of answers for each address: one for each attempt, then every attempt is accepted. An answer is

    "450 4.2.1 Busy"         said to RCPT; after a 421 the connection is closed, as servers do
    "DATA 451 4.3.0 Wait"    said to DATA
    "END 554 5.6.0 Bad"      said after the message, which is not taken
    "drop"                   the message is taken, and the connection broken off without a word
    "hold"                   the message is taken, and nothing said until `go_on`
    "RCPT hold"              nothing is said to RCPT until `go_on`, then the message is taken

The lists of "MAIL", "AUTH" and "RSET" are for those commands, whoever is written to. It offers PIPELINING (RFC 2920)
unless `pipelines` is false; with `takes_any_data` it asks for the message also when RCPT was refused, as some servers do.
"""

import asyncio
import socket
import threading
from collections import defaultdict
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

ACCEPTED = "250 2.0.0 Accepted"
DROP = "drop"
HOLD = "hold"


@dataclass(frozen=True)
class Mail:
    """A message that was taken: for whom, and the bytes that the reader gets."""

    recipient: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def message_id(self) -> str:
        return self.message["Message-ID"]


class Sink:
    def __init__(self, script=()):
        self.script = defaultdict(list, script)
        self.pipelines = True
        self.takes_any_data = False
        self.envelopes = []  # the bytes that came in one piece with each MAIL
        self.taken = []  # Mail, in the order of arrival
        self.tried = []  # the address of each RCPT
        self.connections = set()  # those over which a message was begun
        self.held = 0  # how often nothing was said
        self._goes_on = asyncio.Event()
        self._changed = threading.Condition()
        self._server = _Server(self)
        self.host, self.port = self._server.hostname, self._server.port

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *exception):
        self._server.stop()

    def wait_for(self, count: int, seconds: float = 60) -> bool:
        """Wait until so many messages are taken; give whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.taken) >= count, seconds)

    def wait_until_held(self, count: int = 1, seconds: float = 60) -> bool:
        """Wait until it has held back so many answers; give whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: self.held >= count, seconds)

    def go_on(self):
        """Give the answers that are held back, and hold back none any more."""
        self._server.loop.call_soon_threadsafe(self._goes_on.set)

    def messages_to(self, address: str) -> list[EmailMessage]:
        return [mail.message for mail in self.taken if mail.recipient == address]

    # What aiosmtpd calls, in its own thread.

    def authenticate(self, server, session, envelope, mechanism, credentials):
        _step, answer = self._next_answer("AUTH")
        return AuthResult(success=answer == ACCEPTED, handled=False, message=answer)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        return [*responses[:-1], *(["250-PIPELINING"] if self.pipelines else []), responses[-1]]

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        self.connections.add(session.peer)
        _step, answer = self._next_answer("MAIL")
        if answer == ACCEPTED:
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        self.tried.append(address)
        server.step, server.answer = self._next_answer(address)
        if server.step == "RCPT" and server.answer == HOLD:
            server.step, server.answer = "END", ACCEPTED
            await self._hold()
        if server.step == "RCPT":
            return server.answer
        envelope.rcpt_tos.append(address)
        return ACCEPTED

    async def handle_RSET(self, server, session, envelope):  # noqa: N802
        step, _answer = self._next_answer("RSET")
        if step == DROP:
            server.transport.abort()
        return ACCEPTED

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if server.step == "END" and server.answer != ACCEPTED:
            return server.answer
        with self._changed:
            self.taken += [Mail(recipient, envelope.original_content) for recipient in envelope.rcpt_tos]
            self._changed.notify_all()
        if server.step == DROP:
            server.transport.abort()
            await asyncio.Event().wait()  # aiosmtpd cancels this when the connection is gone
        if server.step == HOLD:
            await self._hold()
        return ACCEPTED

    async def _hold(self):
        with self._changed:
            self.held += 1
            self._changed.notify_all()
        await self._goes_on.wait()

    def _next_answer(self, key) -> tuple[str, str]:
        """The step at which the next answer of the script is given, and the answer."""
        answer = self.script[key].pop(0) if self.script[key] else ACCEPTED
        if answer.startswith("250"):
            return "END", ACCEPTED
        if answer in (DROP, HOLD):
            return answer, ""
        if answer[0].isdigit():
            return "RCPT", answer
        step, answer = answer.split(" ", 1)
        return step, answer


class _Server(Controller):
    """On a port that the system chose: bound before it is told, so that nobody else gets it."""

    def __init__(self, sink):
        self._socket = socket.create_server(("127.0.0.1", 0))
        super().__init__(
            sink,
            *self._socket.getsockname(),
            authenticator=sink.authenticate,
            auth_require_tls=False,
        )

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self._socket)

    def factory(self):
        return _Session(self.handler, **self.SMTP_kwargs)


class _Session(SMTP):
    step = answer = ""

    def data_received(self, data):
        if b"MAIL FROM" in data:
            self.event_handler.envelopes.append(data)
        super().data_received(data)

    async def smtp_DATA(self, arg):  # noqa: N802
        if self.step == "DATA":
            await self.push(self.answer)
        elif self.event_handler.takes_any_data and not self.envelope.rcpt_tos:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            while await self._reader.readline() != b".\r\n":
                pass
            await self.push("554 5.5.1 No valid recipients")
        else:
            await super().smtp_DATA(arg)

    async def push(self, status):
        await super().push(status)
        if status.startswith("421"):
            self.transport.close()
