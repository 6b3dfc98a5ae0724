"""E-mails to staff about what does not go as it should. Each is sent once, and again only after it was over."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from reviews.digests.models import Alert, Delivery, Digest, DigestState, Outbox, Reason

logger = logging.getLogger(__name__)

LATE = timedelta(minutes=15)


def conditions(now: datetime) -> dict[str, str]:
    """What staff should know at `now`: a key that stays the same while it lasts, and a sentence."""
    found = {}
    for digest in Digest.objects.filter(state=DigestState.PLANNED, due_at__lt=now - LATE).select_related("milestone"):
        found[f"late-{digest.pk}"] = (
            f"The digest “{digest}” was due at {digest.due_at:%Y-%m-%d %H:%M} UTC and is not frozen."
        )
    passed = Digest.objects.filter(state=DigestState.SKIPPED, state_reason=Reason.MILESTONE_PASSED)
    for digest in passed.select_related("milestone"):
        found[f"passed-{digest.pk}"] = f"The digest “{digest}” was not sent: {digest.get_state_reason_display()}."
    for digest in Digest.objects.filter(state=DigestState.HELD).select_related("milestone"):
        found[f"held-{digest.pk}"] = f"The digest “{digest}” is held: {digest.get_state_reason_display()}."
    for outbox in Outbox.objects.filter(is_paused=True):
        found["paused"] = f"All outgoing mail is paused: {outbox.reason}."
    for digest in (
        Digest.objects.filter(deliveries__in=Delivery.objects.unknown()).distinct().select_related("milestone")
    ):
        found[f"unknown-{digest.pk}"] = (
            f"Of some deliveries of the digest “{digest}” it is unknown whether they were sent; retrying may repeat them."
        )
    return found


def raise_alerts(now: datetime):
    """Tell staff what is new, and forget what is over. What could not be told is told at the next round."""
    found = conditions(now)
    Alert.objects.exclude(key__in=found).delete()
    if not settings.ALERT_EMAILS:
        return
    for key in found.keys() - set(Alert.objects.values_list("key", flat=True)):
        _, is_new = Alert.objects.get_or_create(key=key, defaults={"raised_at": now})
        if not is_new:
            continue  # another scheduler tells it
        logger.warning("alert %s", key)
        try:
            _message(found[key]).send()
        except (SMTPException, OSError, ValueError) as error:
            logger.error("alert %s was not sent: %s", key, type(error).__name__)
            Alert.objects.filter(key=key).delete()


def _message(text) -> EmailMessage:
    where = settings.SITE_URL + reverse("admin:digests_digest_changelist")
    return EmailMessage(
        subject=f"Recommendations tracker: {' '.join(text.split())[:120]}",  # a name may have a line break in it
        body=f"{text}\n\n{where}\n",
        to=settings.ALERT_EMAILS,
        headers={"Auto-Submitted": "auto-generated"},
    )
