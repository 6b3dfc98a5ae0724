"""Browsers in which somebody has signed in: a stranger's guesses do not lock them out of their account.

They carry a signed cookie that is good for one name (OWASP: "device cookies"). See docs/adr/0006-sign-in-limits.md.
"""

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

COOKIE = "known_browser"
MAX_AGE = 365 * 24 * 3600  # seconds since the last sign-in


@receiver(user_logged_in)
def note_name(sender, request, user, **kwargs):
    request.signed_in_name = user.get_username()


class KnownBrowserMiddleware:
    """Give the cookie to a browser in whose request somebody has just signed in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if name := getattr(request, "signed_in_name", None):
            response.set_signed_cookie(
                COOKIE,
                "1",
                salt=_salt(name),
                max_age=MAX_AGE,
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        return response


def is_known_browser(request, name: str) -> bool:
    """Return whether somebody has signed in as `name` in this browser within MAX_AGE."""
    return request.get_signed_cookie(COOKIE, default="", salt=_salt(name), max_age=MAX_AGE) == "1"


def _salt(name) -> str:
    return f"{__name__}.{name}"
