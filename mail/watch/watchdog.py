"""The periodic jobs, watched from outside the queue.

Each job notes when it runs. Where one has not run for SILENT, an alert leaves without the scheduler, the broker or a
task: by a thread in every process of a worker, and by whoever asks `/readyz`.
"""

import logging
import threading
from datetime import datetime, timedelta

from celery.signals import worker_process_init
from django.db import DatabaseError, connection
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from mail.delivery.deliver import deliver
from mail.message.kinds import ALERT
from mail.models import Heartbeat, Message, MessageState

from .alerts import alert_source, raise_alert
from .heartbeat import JOBS

logger = logging.getLogger(__name__)

SILENT = timedelta(minutes=15)
LOOKS_EVERY = 60  # seconds


@alert_source
def silent_jobs(now: datetime) -> dict[str, str]:
    """Return what staff should know of jobs that have not run for SILENT, by the database's clock."""
    # One that has never run is silent since somebody looked for it first.
    unknown = JOBS.difference(Heartbeat.objects.values_list("job", flat=True))
    Heartbeat.objects.bulk_create([Heartbeat(job=job) for job in unknown], ignore_conflicts=True)
    silent = Heartbeat.objects.filter(job__in=JOBS).alias(last=Coalesce("at", "watched_since"))
    return {
        f"silent-{job}": f"The periodic job “{job}” has not run for {SILENT.seconds // 60} minutes: look for the "
        "scheduler (celery beat), the broker and the workers. Until it runs again nothing is planned, and mail waits."
        for job in silent.filter(last__lt=Now() - SILENT).values_list("job", flat=True)
    }


def look() -> dict[str, str]:
    """Tell staff of silent jobs, in this process; return what silent_jobs() does."""
    now = timezone.now()
    silent = silent_jobs(now)
    for key, text in silent.items():
        raise_alert(key, text, now)
    # The mail's own job may be the silent one. What is put off waits its time here too.
    if silent and Message.objects.filter(kind=ALERT.name, state=MessageState.QUEUED).exists():
        deliver(kind=ALERT)
    return silent


@worker_process_init.connect
def look_now_and_then(**kwargs):
    """Have a process of a worker look each minute, for as long as it lives."""
    threading.Thread(target=_look_for_ever, name="watchdog", daemon=True).start()


def _look_for_ever():
    waits = threading.Event()
    while not waits.wait(LOOKS_EVERY):
        try:
            look()
        except DatabaseError as error:
            logger.warning("the watchdog could not look: %s", type(error).__name__)
        except Exception:
            logger.exception("the watchdog could not look")
        finally:
            connection.close()
