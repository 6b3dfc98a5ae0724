"""A rendering as the bytes that go over the wire.

Serialised once for a language and set of groups; for each subscriber only the headers that name them and the token
in the links are put in. Building each message from its parts anew took longer than sending it.
"""

from email.charset import QP, Charset
from email.header import Header
from email.quoprimime import body_encode
from email.utils import format_datetime, formataddr, parseaddr, quote
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext, override

from reviews.digests.models import Delivery, Rendering
from reviews.digests.public.render import TOKEN, site_in

from .tokens import token_for

UTF8 = Charset("utf-8")
UTF8.header_encoding = QP


def host() -> str:
    """The site's host name, which List-Id and Message-ID end with."""
    return urlsplit(settings.SITE_URL).hostname


def sender_in(language: str) -> str:
    """The configured sender, named in `language`."""
    return _named_in(settings.DEFAULT_FROM_EMAIL, language)


def reply_to_in(language: str) -> str:
    """The configured address for answers, named in `language`."""
    return _named_in(settings.MAIL_REPLY_TO, language)


def _named_in(address: str, language: str) -> str:
    """An address, its name in `language` where the catalogue has that name; any other name as it is."""
    name, email = parseaddr(address)
    with override(language):
        return f'"{quote(gettext(name))}" <{email}>' if name else email


def compose(rendering: Rendering) -> bytes:
    """All of the message that its readers share, from the From header on: CRLF, dots doubled, TOKEN in the links."""
    digest = rendering.digest
    series = digest.milestone.series.slug
    # The same each time it is made, so that a message can be made again to the byte.
    boundary = sha256(f"{digest.pk} {rendering.pk} {rendering.text}".encode()).hexdigest()[:32]
    headers = [
        f"From: {_address(sender_in(rendering.language))}",
        f"Reply-To: {_address(reply_to_in(rendering.language))}",
        f"Subject: {Header(rendering.subject, UTF8, header_name='Subject', maxlinelen=76).encode()}",
        f"Date: {format_datetime(digest.frozen_at)}",
        f"List-Id: <{series}.digests.{host()}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Auto-Submitted: auto-generated",
        f"Content-Language: {rendering.language}",
        f"Feedback-ID: digest-{digest.pk}:{series}:{rendering.language}:tracker",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    ]
    parts = [_part("plain", rendering.text, boundary), _part("html", rendering.html, boundary)]
    lines = "\n".join([*headers, "", *parts, f"--{boundary}--", ""])
    return "\r\n".join("." + line if line.startswith(".") else line for line in lines.splitlines()).encode("ascii")


def personal(shared: bytes, *, email: str, key, message_id: str, language: str) -> bytes:
    """The whole message for one subscriber, ready to be sent after DATA, with the dot that ends it."""
    token = token_for(key)
    headers = (
        f"To: {email}\r\n"
        f"Message-ID: {message_id}\r\n"
        f"List-Unsubscribe: <{site_in(language)}/subscriptions/{token}/unsubscribe/>\r\n"
    )
    return headers.encode("ascii") + shared.replace(TOKEN.encode(), token.encode()) + b"\r\n.\r\n"


def build_message(delivery: Delivery) -> bytes:
    """The message of one delivery as its reader gets it: what is sent, without the wire's doubled dots."""
    subscription = delivery.subscription
    raw = personal(
        compose(delivery.rendering),
        email=subscription.email,
        key=subscription.key,
        message_id=delivery.message_id,
        language=delivery.rendering.language,
    )
    return raw.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")


def _part(subtype, content, boundary) -> str:
    # The token stands alone between two soft line breaks, so that putting it in needs no encoding anew.
    pieces = [body_encode(piece.encode().decode("latin-1"), maxlinelen=75) for piece in content.split(TOKEN)]
    return "\n".join(
        [
            f"--{boundary}",
            f'Content-Type: text/{subtype}; charset="utf-8"',
            "Content-Transfer-Encoding: quoted-printable",
            "",
            f"=\n{TOKEN}=\n".join(pieces),
        ]
    )


def _address(address: str) -> str:
    name, email = parseaddr(address)
    return formataddr((name, email), UTF8)
