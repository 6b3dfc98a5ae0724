"""Where a request comes from, and as whom, for the limits on sign-in and on forms."""

from django.conf import settings


def client_ip(request) -> str:
    """The visitor's address: in production the last that our own proxy has added, since the rest can be made up."""
    if settings.PRODUCTION:
        return request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")


def name_given(request, credentials) -> str | None:
    """The name with which somebody tries to sign in, as far as the record of failures has room for it."""
    name = credentials["username"] if credentials else request.POST.get("username")
    return name and name[:255]
