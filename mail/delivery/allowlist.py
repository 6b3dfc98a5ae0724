"""Outside production mail reaches only a sink on this machine, or the addresses that are listed."""

from fnmatch import fnmatch

from django.conf import settings


def may_be_mailed(address: str) -> bool:
    """Return whether `address` may be sent anything from here. MAIL_ALLOWLIST holds patterns such as `*@example.org`."""
    if settings.PRODUCTION or settings.EMAIL_HOST in ("127.0.0.1", "localhost", "::1"):
        return True
    return any(fnmatch(address.lower(), pattern.lower()) for pattern in settings.MAIL_ALLOWLIST)
