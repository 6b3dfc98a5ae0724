"""A line of the log for each sign-in that succeeds, fails or is refused, and for each sign-out (OWASP ASVS 16.3.1).

An account is named by its number: what somebody types for a name may be a password or an e-mail address.
"""

import logging

from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from .client_ip import client_network

logger = logging.getLogger(__name__)


@receiver(user_logged_in)
def log_success(sender, request, user, **kwargs):
    _log(logging.INFO, "succeeded", request, user.pk)


@receiver(user_login_failed)
def log_failure(sender, credentials, request=None, **kwargs):
    _log(logging.WARNING, "failed", request, _account(credentials.get("username")))


@receiver(user_locked_out)
def log_lockout(sender, request, username, **kwargs):
    _log(logging.WARNING, "locked", request, _account(username))


@receiver(user_logged_out)
def log_sign_out(sender, request, user, **kwargs):
    _log(logging.INFO, "signed out", request, user and user.pk)


def _account(name) -> int | None:
    user_model = get_user_model()
    return user_model.objects.filter(**{user_model.USERNAME_FIELD: name or ""}).values_list("pk", flat=True).first()


def _log(level, outcome, request, account):
    network = client_network(request) if request else None
    values = {"event": "sign-in", "outcome": outcome, "account": account, "network": network}
    logger.log(level, "sign-in %s: account %s from %s", outcome, account or "unknown", network, extra=values)
