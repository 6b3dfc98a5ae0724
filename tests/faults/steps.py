"""What the scheduler and the workers do, taken step by step or left to other processes."""

from django.utils import timezone

from config import celery_app
from mail.delivery.deliver import deliver
from mail.delivery.queue import sweep
from reviews.digests.models import Digest
from reviews.digests.pipeline.run import prepare
from tests.mail.messages import hours_pass


def tick(**options):
    """What beat sends each minute."""
    celery_app.send_task("mail.tasks.tick", **options)
    celery_app.send_task("reviews.digests.tasks.tick", **options)


def fanned_out() -> int:
    """Prepare the one digest that is due, and return its pk: each reader has a message, and none is sent."""
    [pk] = prepare(timezone.now())
    return pk


def send_what_is_due(now=None):
    """What a tick and the tasks that it queues do, in this process."""
    sweep()
    prepare(now or timezone.now())
    deliver()


def later():
    """The same, after the time in which leases and pauses run out."""
    hours_pass()
    send_what_is_due()


def all_is_sent() -> bool:
    return set(Digest.objects.values_list("state", flat=True)) == {"sent"}
