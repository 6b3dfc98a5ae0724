"""The headers of automatic mail, the same for every kind, and the names and addresses in them."""

from email.charset import QP, Charset
from email.header import Header
from email.utils import formataddr, parseaddr, quote
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext, override

UTF8 = Charset("utf-8")
UTF8.header_encoding = QP

# RFC 3834, and what Exchange goes by instead: out-of-office notes and the like are not to be sent in answer.
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def automatic_headers(
    subject: str,
    language: str,
    *,
    list_id: str = "",
    unsubscribe_url: str = "",
    feedback_id: str = "",
) -> dict[str, str]:
    """Return all headers that the readers of a message share, but for those of its MIME structure.

    `list_id` is what stands before the site's host name (RFC 2919); `unsubscribe_url` takes a POST without cookies
    (RFC 8058) and may have mime.TOKEN in it; `feedback_id` tells Gmail's statistics which messages belong together.
    """
    headers = {
        "From": encoded_address(sender_in(language)),
        "Reply-To": encoded_address(reply_to_in(language)),
        "Subject": encoded(subject, "Subject"),
    }
    if list_id:
        headers["List-Id"] = f"<{list_id}.{host()}>"
    if unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if feedback_id:
        headers["Feedback-ID"] = feedback_id
    return headers | AUTOMATIC | {"Content-Language": language, "MIME-Version": "1.0"}


def host() -> str:
    """Return the site's host name, with which List-Id and Message-ID end."""
    return urlsplit(settings.SITE_URL).hostname


def sender_in(language: str) -> str:
    """Return the configured sender, named in `language`."""
    return _named_in(settings.DEFAULT_FROM_EMAIL, language)


def reply_to_in(language: str) -> str:
    """Return the configured address for answers, named in `language`."""
    return _named_in(settings.MAIL_REPLY_TO, language)


def _named_in(address: str, language: str) -> str:
    """Name an address in `language` where the catalog has its name; any other name stays as it is."""
    name, mailbox = parseaddr(address)
    with override(language):
        return f'"{quote(gettext(name))}" <{mailbox}>' if name else mailbox


def encoded(text: str, header: str) -> str:
    """Write the value of a header in ASCII, folded with line feeds."""
    one_line = " ".join(text.split())  # a line break would begin another header
    return Header(one_line, UTF8, header_name=header, maxlinelen=76).encode()


def encoded_address(address: str) -> str:
    name, mailbox = parseaddr(address)
    return formataddr((name, mailbox), UTF8)
