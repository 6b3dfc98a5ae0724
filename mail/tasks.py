"""The jobs of mail. PostgreSQL knows what is due; a lost or repeated task loses and repeats nothing.

No task expires: a worker whose clock is ahead would throw all of them away.
"""

from celery import shared_task
from django.utils import timezone

from .delivery.deliver import deliver
from .delivery.queue import MAX_SESSIONS, sweep
from .watch.alerts import raise_alerts
from .watch.heartbeat import beat

SESSION_SECONDS = 50  # then the next tick queues it anew


@shared_task
def tick():
    """Each minute: clear up, and send what is due."""
    beat("mail")
    try:
        sweep()
        for _session in range(MAX_SESSIONS):
            send.delay()
    finally:
        raise_alerts(timezone.now())  # when nothing else works, staff need them most


@shared_task
def send():
    """One session with the mail server, for as long as there is something to send."""
    deliver(seconds=SESSION_SECONDS)
