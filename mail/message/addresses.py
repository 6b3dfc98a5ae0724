"""Which e-mail addresses can be written to."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

USABLE = re.compile(r"[!#-~]+")  # visible ASCII but for the double quote


def is_usable(address: str) -> bool:
    """Return whether every mail server, and Python's code for headers, takes an address.

    Some refuse letters beyond ASCII (RFC 6531), control characters, a quoted local part, and what looks like an encoded
    word (RFC 2047).
    """
    return bool(USABLE.fullmatch(address)) and "=?" not in address


def check_usable(address: str):
    """Raise ValidationError for an address that is not usable."""
    if not is_usable(address):
        raise ValidationError(_("This address has characters that not every mail server accepts; use another."))


def mailbox_of(address: str) -> str:
    """Return an address without what most servers overlook in it, to count by; mail goes to the address as it is."""
    local, _at, domain = address.lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def domain_of(address: str) -> str:
    """Return the domain of an address, in lower case."""
    return address.rpartition("@")[2].lower()
