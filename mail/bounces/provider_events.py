"""Bounces and complaints as the mail provider tells them: who has no mailbox, or calls our mail unwanted, gets no more.

django-anymail reads the providers' requests and checks their signatures. Where neither a signing key nor a secret is
configured it would believe anybody; here such an endpoint refuses.
"""

import logging
import re
from functools import wraps

from anymail import urls as anymail
from anymail.exceptions import AnymailConfigurationError
from anymail.signals import EventType, RejectReason, tracking
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.urls import URLPattern

from mail.models import Suppression

from .suppression import record_bounce, record_complaint

logger = logging.getLogger(__name__)

# Mailgun signs what it sends; the others show the secret that stands in the address that they are given.
SIGNING_KEYS = {"Mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY"}
# An enhanced status code (RFC 3463), and no piece of an IP address.
STATUS_CODE = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?!\.?\d)")
BAD_ADDRESS = "5.1."
# Policy, which is about us, and a full mailbox, which gets emptied: some providers call these hard bounces too.
NOT_THE_ADDRESS = ("5.7.", "5.2.2")


@receiver(tracking)
def on_event(sender, event, esp_name, **kwargs):
    """Suppress the address of a hard bounce or a complaint. The same event, told again, changes nothing more."""
    reason = reason_to_suppress(event)
    if reason is None or not event.recipient:
        return
    record = record_complaint if reason == Suppression.Reason.COMPLAINT else record_bounce
    if record(event.recipient, _identity(event, esp_name)):
        logger.info("a mail event about an address was recorded (%s)", reason.value)


def reason_to_suppress(event) -> Suppression.Reason | None:
    """Return why an event means that its recipient gets nothing more, or None where it does not."""
    if event.event_type == EventType.COMPLAINED:
        return Suppression.Reason.COMPLAINT
    if event.event_type != EventType.BOUNCED:
        return None
    codes = STATUS_CODE.findall(f"{event.mta_response} {event.description}")
    if any(code.startswith(BAD_ADDRESS) for code in codes):
        return Suppression.Reason.BOUNCE
    if any(code.startswith(NOT_THE_ADDRESS) for code in codes):
        return None
    is_hard = event.reject_reason in (RejectReason.BOUNCED, RejectReason.INVALID)
    return Suppression.Reason.BOUNCE if is_hard else None


def _identity(event, esp_name) -> str:
    """Return what is the same each time a provider tells an event: its own id, or else what happened when to what."""
    identity = event.event_id or (event.event_type, event.message_id, event.recipient, event.timestamp)
    return f"{esp_name} {identity}"


def only_verified(view):
    """Close an endpoint of a provider unless something is configured by which its requests are known."""
    esp_name = view.view_class.esp_name

    @wraps(view)
    def endpoint(request):
        if not settings.ANYMAIL.get("WEBHOOK_SECRET") and SIGNING_KEYS.get(esp_name) not in settings.ANYMAIL:
            raise PermissionDenied(f"No webhook key is configured for {esp_name}.")
        try:
            return view(request)
        except AnymailConfigurationError as error:
            raise PermissionDenied(f"{esp_name} needs a webhook key of its own.") from error

    return endpoint


app_name = "anymail"
urlpatterns = [
    URLPattern(endpoint.pattern, only_verified(endpoint.callback), name=endpoint.name)
    for endpoint in anymail.urlpatterns
    if "tracking" in endpoint.name
]
