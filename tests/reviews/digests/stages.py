"""Digests brought to a stage of their life by the steps that the scheduler takes, and what runs beside a test."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import F

from reviews.digests.models import Delivery, Digest, DigestState, Outbox
from reviews.digests.pipeline.freeze import freeze
from reviews.digests.pipeline.plan import plan
from reviews.digests.pipeline.run import prepare
from tests.database import sql
from tests.factories import MilestoneFactory

# Ten in the morning in Mexico City, an hour after the first digest of MilestoneFactory's milestones is due.
NOW = datetime(2030, 6, 1, 16, tzinfo=UTC)
LATER = NOW + timedelta(days=23)  # a week before the milestone, when the next one is due


def planned(milestone=None, lead_days=30, now=NOW) -> Digest:
    milestone = milestone or MilestoneFactory()
    plan(now)
    return milestone.digests.get(lead_days=lead_days)


def frozen(milestone=None, lead_days=30, now=NOW) -> Digest:
    digest = planned(milestone, lead_days, now)
    assert freeze(digest.pk, now)
    digest.refresh_from_db()
    return digest


def told(digest) -> list[str]:
    """What a frozen digest tells as news, in English."""
    return [row["what_en"] for row in digest.content["news"]]


def expanded(milestone=None, lead_days=30, now=NOW) -> Digest:
    """With a delivery for each reader, none of which is sent."""
    digest = planned(milestone, lead_days, now)
    prepare(now)
    digest.refresh_from_db()
    assert digest.state == DigestState.SENDING
    return digest


def hours_pass(hours=5):
    """All that has been put off until later is due, and every lease has run out."""
    some = timedelta(hours=hours)
    Delivery.objects.update(next_attempt_at=F("next_attempt_at") - some, lease_until=F("lease_until") - some)
    Outbox.objects.update(resume_at=F("resume_at") - some)


def beside(function, *args) -> Future:
    """Run a function in a thread and on a connection of its own."""

    def run():
        try:
            return function(*args)
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    future = pool.submit(run)
    pool.shutdown(wait=False)
    return future


@contextmanager
def nobody_reads(table):
    """Whoever would read a table has to wait until the end of the block."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        other.rollback()
        other.close()


def somebody_waits_for(table) -> bool:
    return bool(sql("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass", table))


def cut_off_who_waits_for(table):
    """Let whoever waits for a table lose the connection to the database."""
    sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", table)


def eventually(condition, seconds=60) -> bool:
    """Wait until a condition holds; give whether it does."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds
