"""The job of digests. PostgreSQL knows what is due; a lost or repeated task loses and repeats nothing."""

from celery import shared_task
from django.utils import timezone

from mail.watch.heartbeat import beat

from .pipeline import run
from .pipeline.finish import finish_all


@shared_task
def tick():
    """Each minute: finish what has left, and plan, freeze and fan out what is due."""
    beat("digests")
    finish_all()
    run.prepare(timezone.now())
