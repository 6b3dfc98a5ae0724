"""The jobs. PostgreSQL knows what is due; a lost or repeated task loses and repeats nothing."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from . import run
from .deliver import deliver, finish

LANES = 2  # connections to the mail server at once
LANE_TIME = timedelta(seconds=50)  # then the next tick queues it anew


@shared_task
def tick():
    """Each minute: plan, freeze and expand what is due, and queue the sending of what is under way."""
    now = timezone.now()
    for digest_id in run.prepare(now):
        for _lane in range(LANES):
            send.apply_async([digest_id], expires=LANE_TIME.seconds)


@shared_task
def send(digest_id):
    """One lane: send of one digest for as long as there is something to send."""
    deliver(digest_id, until=timezone.now() + LANE_TIME)
    finish(digest_id)
