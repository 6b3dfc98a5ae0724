"""E-mails to staff about what does not go as it should. Each is sent once, and again only after it was over.

Whoever knows of something that staff should hear registers a function with `alert_source`.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from mail.delivery.queue import enqueue
from mail.message.headers import automatic_headers
from mail.message.kinds import ALERT
from mail.message.mime import compose
from mail.models import Alert, DomainPause, MailControl, Message

logger = logging.getLogger(__name__)

# Functions of the present moment that return what staff should know: a key that stays the same while it lasts, and a
# sentence.
SOURCES: list[Callable[[datetime], dict[str, str]]] = []


def conditions(now: datetime) -> dict[str, str]:
    """Return all that staff should know at `now`, by key."""
    found = {}
    for source in SOURCES:
        found |= source(now)
    return found


def alert_source(function):
    """Register a function whose conditions staff are told of."""
    SOURCES.append(function)
    return function


@alert_source
def of_mail(now) -> dict[str, str]:
    found = {}
    for control in MailControl.objects.filter(is_paused=True):
        found["paused"] = f"All outgoing mail is paused: {control.why_paused}."
    for pause in DomainPause.objects.in_force():
        found[f"domain-{pause.domain}"] = (
            f"Mail to {pause.domain} is paused: its server refused many addresses at once. Nobody was suppressed."
        )
    unknown = Message.objects.unknown().filter(batch=None).count()
    if unknown:
        found["unknown"] = f"Of {unknown} single messages it is unknown whether they were sent."
    return found


def raise_alerts(now: datetime):
    """Queue alerts about what is new, and forget what is over."""
    found = conditions(now)
    Alert.objects.exclude(key__in=found).delete()
    for key in found.keys() - set(Alert.objects.values_list("key", flat=True)):
        raise_alert(key, found[key], now)


@transaction.atomic
def raise_alert(key: str, text: str, now: datetime):
    """Tell staff of something, unless they were told already and it has not ended since."""
    if not settings.ALERT_EMAILS:
        return
    _alert, is_new = Alert.objects.get_or_create(key=key, defaults={"raised_at": now})
    if not is_new:
        return
    logger.warning("alert %s", key)
    content = compose(
        automatic_headers(f"Recommendations tracker: {text[:120]}", "en"),
        f"{text}\n\n{settings.SITE_URL}{reverse('admin:index')}\n",
    )
    for address in settings.ALERT_EMAILS:
        enqueue(ALERT, address, content, "en")
