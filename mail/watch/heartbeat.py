"""When the periodic jobs last ran. Each notes it; watchdog.py looks for those that do not run."""

from datetime import datetime

from django.db.models.functions import Now

from mail.models import Heartbeat

JOBS: set[str] = set()  # that should run each minute


def expect(job: str):
    """Have a periodic job watched, which should run each minute."""
    JOBS.add(job)


def beat(job: str):
    """Note that a periodic job runs."""
    Heartbeat.objects.update_or_create(job=job, defaults={"at": Now()})


def last_runs() -> dict[str, datetime | None]:
    """Return when each job last ran; None: never."""
    runs = dict(Heartbeat.objects.values_list("job", "at"))
    return {job: runs.get(job) for job in sorted(JOBS)}
