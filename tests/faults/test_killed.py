"""Processes are killed or stopped at the worst moments, and the next tick makes up for it."""

import os
from contextlib import contextmanager
from datetime import timedelta
from signal import SIGCONT, SIGSTOP

import psutil
import pytest
from django.utils import timezone

from mail.models import Message
from tests import processes
from tests.database import sql
from tests.mail.messages import ADA, BEN, hours_pass, states
from tests.parallel import eventually, nobody_reads, somebody_waits_for

from .reckoning import reckon
from .steps import all_is_sent, fanned_out, later, send_what_is_due, tick

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("readers")]

SHORT_LEASE = """
from datetime import timedelta
from mail.delivery import deliver as delivery
from mail.delivery import queue
queue.LEASE = timedelta(seconds=1)
delivery.deliver()
"""


def sending(sink):
    """A process that sends what is due."""
    return processes.running("manage.py", "send_digests", sink=sink)


def connected(worker, sink) -> list[psutil.Process]:
    """The children of a Celery worker that are connected to the mail server."""
    children = psutil.Process(worker.pid).children()
    return [
        child for child in children if sink.port in {end.raddr[1] for end in child.net_connections("tcp") if end.raddr}
    ]


# kill -9 of a process that sends


@contextmanager
def held(sink, moment):
    """A process that sends, to which the mail server says nothing from this moment of its first message on."""
    fanned_out()
    sink.script[ADA] = [moment]
    with sending(sink) as process:
        assert sink.wait_until_held()
        yield process


def the_next_tick_makes_up_for_it(sink, repeated=()):
    later()
    assert all_is_sent()
    reckon(sink, repeated)


@pytest.mark.parametrize("table", ["working_groups_workinggroup", "mail_body"], ids=["freezes", "fans out"])
def test_killed_while_it_prepares(sink, table):
    with nobody_reads(table), sending(sink) as process:
        assert eventually(lambda: somebody_waits_for(table))
        processes.kill(process)

    assert (states(), sink.tried) == ([], [])
    the_next_tick_makes_up_for_it(sink)


def test_killed_before_it_claims_anything(sink):
    fanned_out()

    with nobody_reads("mail_mailcontrol"), sending(sink) as process:  # it is read just before the first claim
        assert eventually(lambda: somebody_waits_for("mail_mailcontrol"))
        processes.kill(process)

    assert (states(), sink.tried) == (["queued"] * 3, [])
    the_next_tick_makes_up_for_it(sink)


def test_killed_when_it_has_claimed_and_before_the_message_is_handed_over(sink):
    with held(sink, "RCPT hold") as process:
        processes.kill(process)

    assert (states(), sink.taken) == (["sending", "queued", "queued"], [])
    the_next_tick_makes_up_for_it(sink)


def test_killed_when_the_server_has_the_message_and_has_not_answered(sink):
    with held(sink, "hold") as process:
        processes.kill(process)

    assert states() == ["sending", "queued", "queued"]
    the_next_tick_makes_up_for_it(sink, repeated=[ADA])
    assert len(sink.messages_to(ADA)) == 2


def test_killed_when_the_server_has_answered_and_it_is_not_recorded(sink):
    with held(sink, "hold") as process, nobody_reads("mail_message"):
        sink.go_on()
        assert eventually(lambda: somebody_waits_for("mail_message"))
        processes.kill(process)
        # Its statement has reached the database already, which would carry it out.
        sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'mail_message'::regclass")

    assert states() == ["sending", "queued", "queued"]
    the_next_tick_makes_up_for_it(sink, repeated=[ADA])
    assert len(sink.messages_to(ADA)) == 2


def test_before_the_lease_runs_out_nobody_takes_over(sink):
    with held(sink, "hold") as process:
        processes.kill(process)

    for days in (0, 2):  # also when the command is given a later day
        send_what_is_due(timezone.now() + timedelta(days=days))

    assert states() == ["sending", "accepted", "accepted"]
    assert len(sink.messages_to(ADA)) == 1


# kill -9 of Celery


def test_a_pool_child_is_killed_while_it_sends(sink, worker):
    sink.script[ADA] = ["hold"]
    tick()
    assert sink.wait_until_held()

    assert eventually(lambda: states() == ["sending", "accepted", "accepted"] and len(connected(worker, sink)) == 1)

    connected(worker, sink)[0].kill()
    hours_pass()
    tick()

    assert eventually(all_is_sent)
    reckon(sink, repeated=[ADA])


def test_a_whole_worker_is_killed_while_it_sends(sink, worker):
    sink.script |= {ADA: ["hold"], BEN: ["hold"]}
    tick()
    assert sink.wait_until_held(2)  # both children are at it

    processes.kill(worker)
    assert sorted(states()) == ["queued", "sending", "sending"]
    hours_pass()
    with processes.worker(sink, "another"):
        tick()
        assert eventually(all_is_sent)

    reckon(sink, repeated=[ADA, BEN])


# Stopped, and gone on after the lease


@pytest.mark.parametrize(("moment", "copies"), [("RCPT hold", 1), ("hold", 2)])
def test_who_was_stopped_for_longer_than_its_lease_changes_nothing_when_it_goes_on(sink, moment, copies):
    fanned_out()
    sink.script[ADA] = [moment]

    with processes.running("manage.py", "shell", "-c", SHORT_LEASE, sink=sink) as process:
        assert sink.wait_until_held()
        os.kill(process.pid, SIGSTOP)
        assert eventually(lambda: sql("SELECT 1 FROM mail_message WHERE lease_until < now()"))
        later()
        assert all_is_sent()
        before = list(Message.objects.order_by("pk").values())
        sink.go_on()
        os.kill(process.pid, SIGCONT)
        assert process.wait(60) == 0

    assert list(Message.objects.order_by("pk").values()) == before
    assert len(sink.messages_to(ADA)) == copies
    reckon(sink, repeated=[ADA])
