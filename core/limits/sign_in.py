"""How often one may try to sign in, for django-axes: settings.py says after how many failures and for how long.

One name from one network is stopped soon. One name from wherever is stopped later, so that many addresses guess no
more than a few; but not in a browser that knows the name, or whoever fails often enough would lock its owner out.
"""

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Sum

from .known_browser import is_known_browser


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
