"""A periodic job that does not run is noticed outside the queue: by /readyz, and by an alert that needs no task."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from mail.models import Heartbeat, Message
from mail.watch.heartbeat import JOBS, beat, last_runs
from mail.watch.watchdog import look
from tests.mail.messages import ADA, queued

pytestmark = pytest.mark.django_db(transaction=True)

STAFF = "staff@example.org"


@pytest.fixture(autouse=True)
def _staff_can_be_told(settings):
    settings.ALERT_EMAILS = [STAFF]


def minutes_pass(minutes):
    some = timedelta(minutes=minutes)
    Heartbeat.objects.update(at=F("at") - some, watched_since=F("watched_since") - some)


def everything_runs():
    for job in JOBS:
        beat(job)


def test_a_job_that_runs_is_no_matter(sink):
    everything_runs()
    minutes_pass(14)

    assert look() == {}
    assert not Message.objects.exists()
    assert all(last_runs().values())


def test_of_a_job_that_has_not_run_for_a_quarter_of_an_hour_an_alert_leaves_at_once(sink):
    everything_runs()
    minutes_pass(16)
    beat("digests")

    assert list(look()) == ["silent-mail"]

    [message] = sink.messages_to(STAFF)
    assert "“mail” has not run for 15 minutes" in message.get_content()


def test_nothing_but_alerts_leaves_by_the_way(sink):
    queued(ADA)
    everything_runs()
    minutes_pass(16)

    look()

    assert ADA not in sink.tried


def test_it_is_told_once(sink):
    everything_runs()
    minutes_pass(16)

    for _ in range(3):
        look()

    assert len(sink.taken) == len(JOBS)


def test_no_job_is_thrown_away_by_a_worker_whose_clock_is_ahead(settings):
    assert not [entry for entry in settings.CELERY_BEAT_SCHEDULE.values() if "expires" in entry.get("options", {})]


def test_a_job_that_ran_on_a_machine_whose_clock_is_behind_has_run(sink, monkeypatch):
    now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() - timedelta(hours=3))

    everything_runs()

    assert look() == {}


def test_a_job_that_has_never_run_is_missed_only_after_a_while(sink):
    assert look() == {}

    minutes_pass(16)
    assert len(look()) == len(JOBS)


def test_readyz_fails_while_a_job_does_not_run(sink, client):
    everything_runs()
    assert client.get("/readyz").json()["mail"]["jobs"] == "OK"
    minutes_pass(16)

    response = client.get("/readyz")

    assert response.status_code == 500
    answer = response.json()["mail"]
    assert "has not run for 15 minutes" in answer["jobs"]
    assert answer["last_runs"].keys() == JOBS
    assert sink.messages_to(STAFF)
