"""What the mail server says of an address or of us, and what follows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.digests.models import Delivery, Subscription, Suppression
from reviews.digests.pipeline.deliver import deliver, finish

from .deliveries import ADA, BEN, CAM, delivery_to, recipients, states
from .stages import hours_pass

pytestmark = pytest.mark.django_db(transaction=True)


# What the server says of one address


def test_a_reader_whose_mailbox_is_busy_gets_it_later(digest, sink):
    sink.script[BEN] = ["450 4.2.1 Busy", "250"]

    assert deliver(digest.pk) == 2
    assert not finish(digest.pk)
    assert (states(), delivery_to(BEN).smtp_code) == (["accepted", "deferred", "accepted"], 450)
    assert delivery_to(BEN).next_attempt_at > timezone.now()

    assert deliver(digest.pk) == 0  # not yet
    hours_pass()
    assert deliver(digest.pk) == 1
    assert finish(digest.pk)
    assert recipients(sink) == [ADA, CAM, BEN]


def test_the_pauses_grow_and_come_to_an_end(digest, sink):
    sink.script[ADA] = ["450 4.2.1 Busy"] * 100
    pauses = []

    while delivery_to(ADA).state != "failed":
        deliver(digest.pk)
        pauses.append((delivery_to(ADA).next_attempt_at or timezone.now()) - timezone.now())
        hours_pass()

    assert 5 <= len(pauses) <= 20
    assert timedelta(minutes=1) < pauses[0] < timedelta(minutes=3) < pauses[3]
    assert max(pauses) < timedelta(hours=5)
    assert not Suppression.objects.exists()
    assert finish(digest.pk)


@pytest.mark.parametrize("answer", ["450 4.2.1 Busy", "DATA 451 4.3.0 Wait", "END 452 4.3.1 Full"])
def test_a_message_that_is_put_off_keeps_its_message_id(digest, sink, answer):
    sink.script[ADA] = [answer]
    before = delivery_to(ADA).message_id

    deliver(digest.pk)
    assert ADA not in recipients(sink)
    hours_pass()
    deliver(digest.pk)

    [message] = sink.messages_to(ADA)
    assert message["Message-ID"] == before


def test_an_address_that_does_not_exist_is_suppressed(digest, sink):
    sink.script[BEN] = ["550 5.1.1 No such user"]

    deliver(digest.pk)
    assert finish(digest.pk)

    assert states() == ["accepted", "failed", "accepted"]
    suppression = Suppression.objects.get()
    assert (suppression.email, suppression.reason) == (BEN, "bounce")
    assert BEN not in Subscription.objects.active().values_list("email", flat=True)


@pytest.mark.parametrize(
    "answer", ["550 5.2.1 Disabled", "552 5.2.2 Full", "550 No", "END 554 5.6.0 Bad", "DATA 554 5.5.0 No"]
)
def test_another_final_refusal_ends_this_delivery_and_suppresses_nobody(digest, sink, answer):
    sink.script[BEN] = [answer]

    deliver(digest.pk)
    assert finish(digest.pk)

    assert states() == ["accepted", "failed", "accepted"]
    assert not Suppression.objects.exists()


def test_a_refusal_counts_also_where_the_connection_breaks_right_after_it(digest, sink):
    sink.script[ADA] = ["550 5.1.1 Unknown"]
    sink.script["RSET"] = ["drop"]

    assert deliver(digest.pk) == 0
    assert states() == ["failed", "queued", "queued"]
    assert Suppression.objects.get().email == ADA

    hours_pass()
    assert deliver(digest.pk) == 2


def test_no_note_holds_an_address(digest, sink):
    sink.script[ADA] = [f"450 4.2.1 {ADA} is busy"]
    sink.script[BEN] = [f"550 5.1.1 {BEN} does not exist"]
    sink.script[CAM] = [f"END 554 5.6.0 {CAM} has a filter"]

    deliver(digest.pk)

    assert not [note for note in Delivery.objects.values_list("note", flat=True) if "@" in note]
    assert delivery_to(BEN).note.endswith("5.1.1")


# What the server says of us


@pytest.mark.parametrize(
    ("whose", "answer"),
    [
        (ADA, "550 5.7.1 Blocked"),
        (ADA, "END 550 5.7.26 No DMARC"),
        ("MAIL", "550 5.1.8 Bad sender"),
        ("MAIL", "553 5.7.1 Not yours"),
    ],
)
def test_a_refusal_on_our_account_stops_everything_and_suppresses_nobody(digest, sink, whose, answer):
    sink.script[whose] = [answer]

    assert deliver(digest.pk) == 0
    hours_pass()
    assert deliver(digest.pk) == 0

    assert sink.taken == []
    assert set(sink.tried) <= {ADA}
    assert set(states()) == {"queued"}
    assert not finish(digest.pk)
    assert not Suppression.objects.exists()


def test_a_wrong_password_stops_everything(digest, sink, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tracker", "wrong"
    sink.script["AUTH"] = ["535 5.7.8 Wrong"] * 9

    assert deliver(digest.pk) == 0
    sink.script.clear()
    assert deliver(digest.pk) == 0

    assert sink.taken == []
    assert set(states()) == {"queued"}


def test_a_right_password_is_used(digest, sink, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tracker", "right"

    assert deliver(digest.pk) == 3


@pytest.mark.parametrize("whose", [ADA, "MAIL"])
def test_a_server_that_closes_is_left_alone_for_a_while(digest, sink, whose):
    sink.script[whose] = ["421 4.3.2 Closing"]

    assert deliver(digest.pk) == 0
    assert deliver(digest.pk) == 0
    assert set(sink.tried) <= {ADA}
    assert states() == ["deferred", "queued", "queued"]

    hours_pass()
    assert deliver(digest.pk) == 3
    assert finish(digest.pk)


def test_a_server_that_is_not_there_loses_nothing(digest, sink, settings):
    settings.EMAIL_PORT = 1  # nobody listens

    assert deliver(digest.pk) == 0

    settings.EMAIL_PORT = sink.port
    hours_pass()
    assert deliver(digest.pk) == 3


# When nobody knows


def test_a_message_of_unknown_outcome_is_sent_once_more_with_the_same_message_id_and_then_left(digest, sink):
    sink.script[ADA] = ["drop", "drop", "250"]

    deliver(digest.pk)
    assert (delivery_to(ADA).state, delivery_to(ADA).unknowns) == ("unknown", 1)
    for _ in range(4):
        hours_pass()
        deliver(digest.pk)

    assert len(sink.messages_to(ADA)) == 2
    assert {message["Message-ID"] for message in sink.messages_to(ADA)} == {delivery_to(ADA).message_id}
    assert (delivery_to(ADA).state, delivery_to(ADA).unknowns) == ("unknown", 2)
    assert sorted(recipients(sink)) == [ADA, ADA, BEN, CAM]
    assert finish(digest.pk)


def test_a_repeat_is_the_same_message_to_the_byte(digest, sink):
    sink.script[ADA] = ["drop"]

    deliver(digest.pk)
    hours_pass()
    deliver(digest.pk)

    first, second = [mail.raw for mail in sink.taken if mail.recipient == ADA]
    assert first == second
    assert delivery_to(ADA).state == "accepted"
