"""The jobs. PostgreSQL knows what is due; a lost or repeated task loses and repeats nothing."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from mail.heartbeat import beat

from .mail.alerts import raise_alerts
from .mail.subscription_email import send_letters
from .models import Outbox
from .pipeline import run
from .pipeline.deliver import LANES, deliver, finish

LANE_TIME = timedelta(seconds=50)  # then the next tick queues it anew


@shared_task
def tick():
    """Each minute: plan, freeze and expand what is due, and queue the sending of what is under way."""
    beat("digests")
    now = timezone.now()
    Outbox.objects.update_or_create(pk=1, defaults={"ticked_at": now})
    letters.apply_async(expires=LANE_TIME.seconds)
    try:
        for digest_id in run.prepare(now):
            for _lane in range(LANES):
                send.apply_async([digest_id], expires=LANE_TIME.seconds)
    finally:
        raise_alerts(now)  # when nothing else works, staff need them most


@shared_task
def letters():
    """Send the letters that are due."""
    send_letters(until=timezone.now() + LANE_TIME)


@shared_task
def send(digest_id):
    """One lane: send of one digest for as long as there is something to send."""
    deliver(digest_id, until=timezone.now() + LANE_TIME)
    finish(digest_id)
