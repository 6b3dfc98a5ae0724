"""What the mail server says of an address or of us, and what follows; with and without command pipelining."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mail.delivery.deliver import deliver
from mail.models import MailControl, Message, Suppression
from tests.mail.messages import ADA, BEN, CAM, DEFIANT, READERS, hours_pass, message_to, queued, recipients, states

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True, params=[True, False], ids=["pipelining", "one-by-one"])
def _both_ways(request, sink):
    sink.pipelines = request.param


@pytest.fixture
def letters(sink):
    return queued(*READERS)


def test_the_envelope_goes_in_one_write_where_the_server_takes_that(letters, sink):
    assert deliver() == 3

    for address, envelope in zip(READERS, sink.envelopes, strict=True):
        assert envelope.startswith(b"MAIL FROM:<")
        in_one = f"RCPT TO:<{address}>\r\nDATA\r\n".encode()
        assert envelope.endswith(in_one) == sink.pipelines


# What the server says of one address


def test_a_mailbox_that_is_busy_gets_it_later(letters, sink):
    sink.script[BEN] = ["450 4.2.1 Busy", "250"]

    assert deliver() == 2
    assert (states(), message_to(BEN).smtp_code) == (["accepted", "deferred", "accepted"], 450)
    assert message_to(BEN).next_attempt_at > timezone.now()

    assert deliver() == 0  # not yet
    hours_pass()
    assert deliver() == 1
    assert recipients(sink) == [ADA, CAM, BEN]


def test_the_pauses_grow_and_come_to_an_end(sink):
    queued(ADA)
    sink.script[ADA] = ["450 4.2.1 Busy"] * 100
    pauses = []

    while message_to(ADA).state != "failed":
        deliver()
        pauses.append(message_to(ADA).next_attempt_at - timezone.now())
        hours_pass()

    assert 10 <= len(pauses) <= 25
    assert timedelta(minutes=1) < pauses[0] < timedelta(minutes=3) < pauses[3]
    assert max(pauses) < timedelta(hours=5)
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("answer", ["450 4.2.1 Busy", "DATA 451 4.3.0 Wait", "END 452 4.3.1 Full"])
def test_a_message_that_is_put_off_keeps_its_message_id_and_the_others_have_theirs(letters, sink, answer):
    sink.script[ADA] = [answer]
    before = message_to(ADA).message_id

    deliver()
    assert recipients(sink) == [BEN, CAM]
    hours_pass()
    deliver()

    [message] = sink.messages_to(ADA)
    assert message["Message-ID"] == before


@pytest.mark.parametrize("takes_any_data", [False, True])
def test_an_address_that_does_not_exist_is_suppressed(letters, sink, takes_any_data):
    sink.takes_any_data = takes_any_data
    sink.script[BEN] = ["550 5.1.1 No such user"]

    assert deliver() == 2

    assert states() == ["accepted", "failed", "accepted"]
    assert (message_to(BEN).reason, message_to(BEN).enhanced_code) == ("address_refused", "5.1.1")
    suppression = Suppression.objects.get()
    assert (suppression.address, suppression.reason) == (BEN, "bounce")


@pytest.mark.parametrize(
    "answer", ["550 5.2.1 Disabled", "552 5.2.2 Full", "550 No", "END 554 5.6.0 Bad", "DATA 554 5.5.0 No"]
)
def test_another_final_refusal_ends_this_message_and_suppresses_nobody(letters, sink, answer):
    sink.script[BEN] = [answer]

    deliver()

    assert states() == ["accepted", "failed", "accepted"]
    assert not Suppression.objects.exists()


def test_a_refusal_counts_also_where_the_connection_breaks_right_after_it(letters, sink):
    sink.script[ADA] = ["550 5.1.1 Unknown"]
    sink.script["RSET"] = ["drop"]

    assert deliver() == 0
    assert states() == ["failed", "queued", "queued"]
    assert Suppression.objects.get().address == ADA

    hours_pass()
    assert deliver() == 2


def test_no_log_names_an_address(letters, sink, caplog):
    sink.script[ADA] = [f"450 4.2.1 {ADA} is busy"]
    sink.script[BEN] = [f"550 5.1.1 {BEN} does not exist"]
    sink.script[CAM] = [f"END 554 5.6.0 {CAM} has a filter"]

    with caplog.at_level("DEBUG"):
        deliver()

    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # that is the sink's
    assert any("is failed: address_refused 550 5.1.1" in line for line in ours)
    assert not [line for line in ours if "example.org" in line]


@pytest.mark.parametrize(
    "address", ['"p1\x0bx"@example.org', '"=?utf-8?q?=0D=0ABcc:x@y.z?="@e.org', "ñandú@example.org"]
)
def test_an_address_that_no_message_can_be_made_for_stops_no_other(sink, address):
    queued(address, ADA)

    assert deliver() == 1
    hours_pass()
    assert deliver() == 0

    assert sink.tried == [ADA]
    assert (message_to(address).state, message_to(address).reason) == ("failed", "unusable")


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
def test_a_refusal_on_our_account_stops_everything_and_suppresses_nobody(letters, sink, whose, answer):
    sink.script[whose] = [answer]

    assert deliver() == 0
    hours_pass()
    assert deliver() == 0

    assert sink.taken == []
    assert set(sink.tried) <= {ADA}
    assert set(states()) == {"queued"}
    assert not Suppression.objects.exists()
    assert MailControl.objects.get().why_paused.startswith("the mail server refuses us (55")


def test_a_wrong_password_stops_everything(letters, sink, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tracker", "wrong"
    sink.script["AUTH"] = ["535 5.7.8 Wrong"] * 9

    assert deliver() == 0
    sink.script.clear()
    assert deliver() == 0

    assert sink.taken == []
    assert set(states()) == {"queued"}


def test_a_right_password_is_used(letters, sink, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tracker", "right"

    assert deliver() == 3


def test_what_leaves_while_mail_is_paused_asks_a_server_that_refuses_us_ever_less_often(sink):
    queued(ADA, kind=DEFIANT)
    sink.script["MAIL"] = ["550 5.7.1 Not yours"] * 5

    for _ in range(3):
        deliver()
    assert len(sink.script["MAIL"]) == 4

    hours_pass()
    deliver()
    assert len(sink.script["MAIL"]) == 3
    assert states() == ["queued"]


@pytest.mark.parametrize("whose", [ADA, "MAIL"])
def test_a_server_that_closes_is_left_alone_for_a_while(letters, sink, whose):
    sink.script[whose] = ["421 4.3.2 Closing"]

    assert deliver() == 0
    assert deliver() == 0
    assert set(sink.tried) <= {ADA}
    assert states() == ["deferred", "queued", "queued"]

    hours_pass()
    assert deliver() == 3


def test_a_server_that_is_not_there_loses_nothing(letters, sink, settings):
    settings.EMAIL_PORT = 1  # nobody listens

    assert deliver() == 0

    settings.EMAIL_PORT = sink.port
    hours_pass()
    assert deliver() == 3


# When nobody knows


def test_a_message_of_unknown_outcome_is_sent_once_more_with_the_same_message_id_and_then_left(letters, sink):
    sink.script[ADA] = ["drop", "drop", "250"]

    deliver()
    assert (message_to(ADA).state, message_to(ADA).unknowns) == ("unknown", 1)
    for _ in range(4):
        hours_pass()
        deliver()

    assert len(sink.messages_to(ADA)) == 2
    assert {message["Message-ID"] for message in sink.messages_to(ADA)} == {message_to(ADA).message_id}
    assert (message_to(ADA).state, message_to(ADA).unknowns) == ("unknown", 2)
    assert sorted(recipients(sink)) == [ADA, ADA, BEN, CAM]


def test_a_repeat_is_the_same_message_to_the_byte(letters, sink):
    sink.script[ADA] = ["drop"]

    deliver()
    hours_pass()
    deliver()

    first, second = [mail.raw for mail in sink.taken if mail.recipient == ADA]
    assert first == second
    assert message_to(ADA).state == "accepted"
    assert not Message.objects.unknown().exists()
