"""Delivery: each message is sent once, in order of priority, and not at all when it must not leave."""

import time
from datetime import timedelta
from email.utils import parsedate_to_datetime
from threading import Barrier

import pytest
from django.db import transaction
from django.utils import timezone

from mail.bounces.suppression import suppress
from mail.delivery.deliver import deliver
from mail.delivery.queue import LEASE, cancel_undeliverable, release_expired_leases, sweep
from mail.models import MailControl, Message, Reason, Suppression
from tests.database import sql
from tests.mail.messages import (
    ADA,
    BEN,
    CAM,
    DEFIANT,
    READERS,
    URGENT,
    batch_to,
    claim,
    hours_pass,
    message_to,
    queued,
    recipients,
    states,
)
from tests.parallel import beside

pytestmark = pytest.mark.django_db(transaction=True)


class TestWhenAllGoesWell:
    def test_each_recipient_gets_one_message(self, sink):
        queued(*READERS)

        assert deliver() == 3

        assert recipients(sink) == READERS
        assert [mail.message_id for mail in sink.taken] == [message_to(address).message_id for address in READERS]
        assert states() == ["accepted"] * 3

    def test_one_session_serves_all(self, sink):
        queued(*READERS)

        deliver()

        assert len(sink.connections) == 1

    def test_delivering_again_sends_nothing(self, sink):
        queued(ADA)
        deliver()

        assert deliver() == 0
        assert recipients(sink) == [ADA]

    def test_two_at_once_never_send_twice(self, sink):
        addresses = [f"reader{number}@example.org" for number in range(40)]
        batch_to(*addresses)
        start = Barrier(2)

        def deliver_together():
            start.wait(30)
            return deliver()

        counts = [future.result(60) for future in [beside(deliver_together), beside(deliver_together)]]

        assert sum(counts) == 40
        assert sorted(recipients(sink)) == sorted(addresses)

    def test_a_session_ends_at_its_time_and_the_next_one_goes_on(self, sink):
        queued(*READERS)

        assert deliver(seconds=0) == 1
        assert deliver() == 2

        assert recipients(sink) == READERS

    def test_what_somebody_waits_for_leaves_before_a_batch_that_was_there_first(self, sink):
        batch_to(ADA, BEN)
        queued(CAM, kind=URGENT)

        deliver()

        assert recipients(sink) == [CAM, ADA, BEN]

    def test_what_was_accepted_has_the_servers_word(self, sink):
        queued(ADA)

        deliver()

        message = message_to(ADA)
        assert (message.smtp_code, message.attempts) == (250, 1)
        assert message.finished_at

    def test_a_message_is_dated_when_it_is_sent_and_not_when_it_was_queued(self, sink):
        queued(ADA)
        Message.objects.update(created_at=timezone.now() - timedelta(days=2))

        deliver()

        [message] = sink.messages_to(ADA)
        assert timezone.now() - parsedate_to_datetime(message["Date"]) < timedelta(minutes=1)

    def test_messages_leave_no_faster_than_the_rate_allows(self, sink, monkeypatch):
        MailControl.objects.create(pk=1, rate_per_minute=60)
        queued(ADA, BEN)
        waits = []
        monkeypatch.setattr("mail.delivery.deliver.time.sleep", waits.append)

        deliver()

        assert sum(waits) > 2


class TestLeases:
    def test_what_another_worker_is_sending_is_left_to_it(self, sink):
        queued(*READERS)
        claim(message_to(ADA), timezone.now() + LEASE)

        deliver()

        assert release_expired_leases() == 0
        assert recipients(sink) == [BEN, CAM]

    def test_what_a_lost_worker_was_sending_is_sent_once_more(self, sink):
        queued(*READERS)
        claim(message_to(ADA), timezone.now() - timedelta(seconds=1))

        assert release_expired_leases() == 1
        assert (message_to(ADA).state, message_to(ADA).unknowns) == ("unknown", 1)
        deliver()

        assert sorted(recipients(sink)) == READERS

    def test_what_two_workers_were_lost_over_is_left_to_staff(self, sink):
        queued(*READERS)
        for _ in range(2):
            claim(message_to(ADA), timezone.now() - timedelta(seconds=1))
            release_expired_leases()

        deliver()

        assert recipients(sink) == [BEN, CAM]
        assert Message.objects.unknown().get().address == ADA

    @pytest.mark.parametrize("pipelines", [True, False])
    def test_a_worker_that_was_given_up_sends_nothing_when_it_wakes(self, sink, monkeypatch, pipelines):
        monkeypatch.setattr("mail.delivery.queue.LEASE", timedelta(seconds=-1))
        sink.pipelines = pipelines
        queued(*READERS)

        deliver()

        assert sink.tried == [ADA]
        assert sink.taken == []
        assert (message_to(ADA).unknowns, message_to(ADA).reason) == (1, "lease_expired")

    def test_a_worker_whose_message_another_has_changes_nothing(self, sink):
        """The other takes it over while the first is at the mail server; it is the other's word that stays."""
        queued(*READERS)
        original, to_ada = sink.handle_DATA, message_to(ADA)

        async def meanwhile(server, session, envelope):
            if envelope.rcpt_tos == [ADA]:
                beside(claim, to_ada, timezone.now() + LEASE).result(30)
            return await original(server, session, envelope)

        sink.handle_DATA = meanwhile
        deliver()

        assert (message_to(ADA).state, message_to(ADA).smtp_code) == ("sending", None)
        assert states() == ["sending", "accepted", "accepted"]


class TestClocks:
    """Those of the machines that queue and send may be wrong: the database's counts."""

    @pytest.mark.parametrize("hours", [-3, 3])
    def test_a_worker_whose_clock_is_wrong_sends_each_message_once(self, sink, monkeypatch, hours):
        queued(*READERS)
        now, moment = timezone.now, time.time
        monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(hours=hours))
        monkeypatch.setattr("time.time", lambda: moment() + hours * 3600)

        assert deliver() == 3
        sweep()
        assert deliver() == 0

        assert recipients(sink) == READERS
        assert states() == ["accepted"] * 3
        [message] = sink.messages_to(ADA)
        assert abs(now() - parsedate_to_datetime(message["Date"])) < timedelta(minutes=1)

    def test_what_a_machine_whose_clock_is_ahead_queues_leaves_at_once(self, sink, monkeypatch):
        now = timezone.now
        monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(hours=3))
        queued(ADA)

        assert deliver() == 1

    def test_a_process_that_stood_still_while_the_clock_went_on_hands_nothing_over(self, sink, monkeypatch):
        """As after a machine was suspended: its monotonic clock has not moved."""
        queued(ADA)
        moment = time.time
        original = sink.handle_RCPT

        async def meanwhile(*args):
            monkeypatch.setattr("time.time", lambda: moment() + LEASE.total_seconds())
            return await original(*args)

        sink.handle_RCPT = meanwhile
        deliver()

        assert sink.taken == []
        assert message_to(ADA).reason == "lease_expired"


def withdraw(address):
    Message.objects.filter(address=address).cancel(Reason.WITHDRAWN)


class TestWhatMustNotLeave:
    """It cannot be claimed after the commit that made it so."""

    def test_what_is_withdrawn(self, sink):
        queued(*READERS)
        withdraw(BEN)

        deliver()

        assert recipients(sink) == [ADA, CAM]
        assert (message_to(BEN).state, message_to(BEN).reason) == ("cancelled", "withdrawn")

    def test_what_is_withdrawn_while_the_one_before_is_sent(self, sink):
        queued(*READERS)
        original = sink.handle_RCPT

        async def meanwhile(server, session, envelope, address, options):
            if address == ADA:
                beside(withdraw, BEN).result(30)
            return await original(server, session, envelope, address, options)

        sink.handle_RCPT = meanwhile
        deliver()

        assert recipients(sink) == [ADA, CAM]

    @pytest.mark.parametrize(
        ("answer", "state"),
        [("250", "accepted"), ("450 4.2.1 Busy", "cancelled"), ("drop", "unknown"), ("550 5.2.1 No", "failed")],
    )
    def test_what_is_withdrawn_while_it_is_sent_is_not_tried_again(self, sink, answer, state):
        queued(ADA)
        sink.script[ADA] = [answer]
        original = sink.handle_RCPT

        async def meanwhile(*args):
            beside(withdraw, ADA).result(30)
            return await original(*args)

        sink.handle_RCPT = meanwhile
        deliver()
        hours_pass()
        sweep()
        deliver()

        assert sink.tried == [ADA]
        assert message_to(ADA).state == state
        assert not Message.objects.unfinished().exists()

    def test_what_is_withdrawn_between_two_attempts(self, sink):
        queued(*READERS)
        sink.script[BEN] = ["450 4.2.1 Busy"]
        deliver()

        withdraw(BEN)
        hours_pass()
        deliver()

        assert recipients(sink) == [ADA, CAM]

    def test_what_is_for_an_address_that_is_suppressed_in_whatever_case(self, sink):
        queued(*READERS)
        suppress("BEN@Example.org", Suppression.Reason.COMPLAINT)

        deliver()

        assert recipients(sink) == [ADA, CAM]
        cancel_undeliverable()
        assert (message_to(BEN).state, message_to(BEN).reason) == ("cancelled", "suppressed")

    def test_a_suppression_that_is_over_keeps_nothing_back(self, sink):
        queued(ADA)
        Suppression.objects.create(address=ADA, reason="staff", until=timezone.now() - timedelta(seconds=1))

        assert deliver() == 1

    def test_what_is_of_a_batch_that_is_held_until_it_is_opened(self, sink):
        batch = batch_to(ADA)
        batch.hold()

        assert deliver() == 0
        cancel_undeliverable()
        assert states() == ["queued"]

        batch.open()
        assert deliver() == 1

    def test_what_is_of_a_batch_that_is_stopped(self, sink):
        batch = batch_to(ADA, BEN)
        deliver(seconds=0)

        batch.stop()

        assert deliver() == 0
        assert states() == ["accepted", "cancelled"]
        assert message_to(BEN).reason == "stopped"

    def test_what_is_of_a_batch_that_was_stopped_past_its_owner(self, sink):
        batch_to(ADA)
        sql("UPDATE mail_batch SET state = 'stopped'")

        assert deliver() == 0
        cancel_undeliverable()

        assert states() == ["cancelled"]

    def test_what_is_of_no_more_use(self, sink):
        now = timezone.now()
        queued(ADA, expires_at=now - timedelta(seconds=1))
        batch_to(BEN, expires_at=now - timedelta(seconds=1))
        queued(CAM, expires_at=now + timedelta(hours=1))

        assert deliver() == 1
        cancel_undeliverable()

        assert recipients(sink) == [CAM]
        assert {message_to(address).reason for address in (ADA, BEN)} == {"expired"}

    def test_what_is_of_unknown_outcome_and_of_no_more_use_is_not_tried_again(self, sink):
        queued(ADA)
        sink.script[ADA] = ["drop"]
        deliver()
        Message.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        hours_pass()

        cancel_undeliverable()
        assert deliver() == 0

        assert states() == ["unknown"]
        assert not Message.objects.unfinished().exists()

    def test_what_is_queued_in_a_transaction_that_is_not_committed(self, sink):
        with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
            queued(ADA)
            assert beside(deliver).result(30) == 0
            raise ZeroDivisionError

        assert deliver() == 0

    def test_everything_while_mail_is_paused_but_what_ignores_it(self, sink):
        queued(ADA)
        queued(BEN, kind=DEFIANT)
        MailControl.objects.create(pk=1, is_paused=True)

        assert deliver() == 1
        assert recipients(sink) == [BEN]

        MailControl.objects.update(is_paused=False)
        assert deliver() == 1

    def test_everything_while_the_server_wants_to_be_left_alone(self, sink):
        queued(ADA)
        queued(BEN, kind=DEFIANT)
        MailControl.objects.create(pk=1, resume_at=timezone.now() + timedelta(minutes=1))

        assert deliver() == 0

        hours_pass()
        assert deliver() == 2


class TestForgetting:
    def test_a_message_that_is_forgotten_names_nobody_and_does_not_leave(self, sink):
        queued(ADA, BEN)
        deliver(seconds=0)

        Message.objects.all().forget()
        assert deliver() == 0

        assert set(Message.objects.values_list("address", "recipient_key", "body")) == {("", None, None)}
        assert sorted(states()) == ["accepted", "cancelled"]

    def test_the_body_of_a_single_message_is_removed_once_it_is_finished_and_that_of_a_batch_is_not(self, sink):
        queued(ADA, CAM)
        sink.script[CAM] = ["450 4.2.1 Busy"]
        batch_to(BEN)
        deliver()

        sweep()

        assert message_to(ADA).body is None
        assert message_to(BEN).body.content
        assert message_to(CAM).body.content
        hours_pass()
        assert deliver() == 1


class TestRequeueing:
    def test_what_failed_is_sent_again_under_the_same_message_id_and_date(self, sink):
        batch_to(ADA, BEN)
        sink.script[BEN] = ["550 5.2.1 Disabled"]
        deliver()
        before = message_to(BEN)

        assert Message.objects.all().requeue() == 1
        assert deliver() == 1

        [message] = sink.messages_to(BEN)
        assert message["Message-ID"] == before.message_id
        assert parsedate_to_datetime(message["Date"]) == before.first_attempt_at.replace(microsecond=0)
