"""Where a request comes from, for the limits on sign-in and on forms."""

from django.conf import settings


def address_of(request) -> str:
    """The visitor's address: in production the last that our own proxy has added, since the rest can be made up."""
    if settings.PRODUCTION:
        return request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")
