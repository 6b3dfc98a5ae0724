"""How often one may try to sign in, for django-axes: settings.py says after how many failures and for how long.

One name from one network is stopped soon. One name from wherever is stopped later, so that many addresses guess no
more than a few; but not in a browser that knows the name, or whoever fails often enough would lock its owner out.
"""

from functools import wraps
from threading import BoundedSemaphore

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Sum
from django.http import HttpResponse
from django.utils.translation import gettext as _

from .client_ip import client_network
from .known_browser import is_known_browser
from .rate_limit import is_too_often

# To check a password takes a processor for a good part of a second, on purpose, and holds a connection to PostgreSQL.
# Of each process only so many requests do it, so that pages go on beside them.
CHECKS_AT_ONCE = BoundedSemaphore(2)


class SignInLimits(AxesDatabaseHandler):
    def get_failures(self, request, credentials=None) -> int:
        """Count failures by AXES_LOCKOUT_PARAMETERS: those by name alone weigh less, by NAME_FAILURE_LIMIT."""
        by_network, by_name = (
            attempts.aggregate(failures=Sum("failures_since_start", default=0))["failures"]
            for attempts in self.get_user_attempts(request, credentials)
        )
        if is_known_browser(request, name_given(request, credentials) or ""):
            return by_network
        return max(by_network, by_name * settings.AXES_FAILURE_LIMIT // settings.NAME_FAILURE_LIMIT)


def name_given(request, credentials) -> str | None:
    """Return the name with which somebody tries to sign in, as far as the record of failures has room for it."""
    name = credentials["username"] if credentials else request.POST.get("username")
    return name and name[:255]


def limit_sign_in(view):
    """Decorate the page to sign in: one network sends few passwords, of whatever names, and few are checked at once."""

    @wraps(view)
    def sign_in(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        if is_too_often("sign-in", client_network(request), settings.SIGN_INS_PER_NETWORK, 15 * 60):
            text = _("There have been too many attempts from your network. Please try again in 15 minutes.")
            return _turn_away(text, 429, 15 * 60)
        if not CHECKS_AT_ONCE.acquire(blocking=False):
            return _turn_away(_("Several people are signing in right now. Please try again in a moment."), 503, 5)
        try:
            return view(request, *args, **kwargs)
        finally:
            CHECKS_AT_ONCE.release()

    return sign_in


def _turn_away(text, status, retry_after) -> HttpResponse:
    headers = {"Retry-After": str(retry_after)}
    return HttpResponse(text, status=status, headers=headers, content_type="text/plain; charset=utf-8")
