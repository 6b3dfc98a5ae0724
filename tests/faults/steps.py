"""What the scheduler and the workers do, taken step by step or left to other processes."""

from django.utils import timezone

from config import celery_app
from reviews.digests.models import Digest
from reviews.digests.pipeline.deliver import deliver, finish
from reviews.digests.pipeline.run import prepare
from tests.reviews.digests.stages import hours_pass


def tick(**options):
    """What beat sends each minute."""
    celery_app.send_task("reviews.digests.tasks.tick", **options)


def expanded() -> int:
    """Prepare the one digest that is due, and give its pk: each reader has a delivery, and none is sent."""
    [pk] = prepare(timezone.now())
    return pk


def send_what_is_due(now=None):
    """What a tick and the tasks that it queues do, in this process."""
    for pk in prepare(now or timezone.now()):
        deliver(pk)
        finish(pk)


def later():
    """The same, after the time in which leases and pauses run out."""
    hours_pass()
    send_what_is_due()


def all_is_sent() -> bool:
    return set(Digest.objects.values_list("state", flat=True)) == {"sent"}
