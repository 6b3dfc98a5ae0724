"""A message as the bytes that go over the wire.

What its readers share is serialized once; for each reader only three headers are put before it, and a token into its
links. Building each message from its parts took longer than sending it.
"""

from datetime import datetime
from email.quoprimime import body_encode
from email.utils import format_datetime
from hashlib import sha256

# Stands in a body where each reader's own token goes.
TOKEN = "@@TOKEN@@"  # noqa: S105
END = b"\r\n.\r\n"


def compose(headers: dict[str, str], text: str, html: str = "") -> bytes:
    """Return the content of a Body: headers, text, and HTML if there is any. The same for the same arguments."""
    if html:
        boundary = sha256(f"{headers} {text} {html}".encode()).hexdigest()[:32]
        headers = headers | {"Content-Type": f'multipart/alternative; boundary="{boundary}"'}
        parts = [f"--{boundary}", *_part("plain", text), f"--{boundary}", *_part("html", html), f"--{boundary}--", ""]
        lines = [*_lines(headers), "", *parts]
    else:
        lines = [*_lines(headers), *_part("plain", text)]
    return for_the_wire("\n".join(lines).encode("ascii"))


def for_the_wire(message: bytes) -> bytes:
    """End lines with CRLF and double leading dots (RFC 5321, 4.5.2)."""
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in message.splitlines())


def assemble(content: bytes, *, address: str, message_id: str, date: datetime, token: str = "") -> bytes:
    """Return a whole message for one reader, to be sent after DATA, with the dot that ends it."""
    headers = f"To: {address}\r\nMessage-ID: {message_id}\r\nDate: {format_datetime(date)}\r\n"
    return headers.encode("ascii") + content.replace(TOKEN.encode(), token.encode()) + END


def as_received(message: bytes) -> bytes:
    """Return a message as its reader gets it: what assemble() returned, without the wire's doubled dots."""
    return message.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")


def _lines(headers) -> list[str]:
    return [f"{name}: {value}" for name, value in headers.items()]


def _part(subtype, content) -> list[str]:
    # The token stands alone between two soft line breaks, so that putting it in needs no encoding anew.
    pieces = [body_encode(piece.encode().decode("latin-1"), maxlinelen=75) for piece in content.split(TOKEN)]
    return [
        f'Content-Type: text/{subtype}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        "",
        f"=\n{TOKEN}=\n".join(pieces),
    ]
