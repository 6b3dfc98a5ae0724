"""Delivery: each reader is written to once, whatever the mail server says, and not at all when it is not wanted."""

from datetime import date, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from reviews.digests.deliver import LEASE, deliver, finish, give_up_leases
from reviews.digests.life import cancel, notify, release
from reviews.digests.models import Delivery, DigestKind, DigestNews, Subscription, Suppression
from reviews.digests.run import prepare
from tests.database import sql
from tests.factories import MilestoneFactory, RecommendationFactory, SubscriptionFactory, record

from .stages import NOW, beside, expanded, hours_pass

pytestmark = pytest.mark.django_db(transaction=True)

ADA, BEN, CAM = "ada@example.org", "ben@example.org", "cam@example.org"


@pytest.fixture
def milestone():
    return MilestoneFactory()


@pytest.fixture
def digest(milestone):
    """For Ada, Ben and Cam, who are written to in this order."""
    for _ in range(3):
        SubscriptionFactory(series=[milestone.series])
    digest = expanded(milestone)
    for email, delivery in zip((ADA, BEN, CAM), digest.deliveries.order_by("pk"), strict=True):
        Subscription.objects.filter(pk=delivery.subscription_id).update(email=email)
    return digest


def delivery_to(email) -> Delivery:
    return Delivery.objects.get(subscription__email=email)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def recipients(sink) -> list[str]:
    return [mail.recipient for mail in sink.taken]


# When all goes well


def test_each_reader_gets_one_message_and_the_digest_is_sent(digest, sink):
    assert deliver(digest.pk) == 3
    assert finish(digest.pk)

    assert recipients(sink) == [ADA, BEN, CAM]
    assert [mail.message_id for mail in sink.taken] == [delivery_to(email).message_id for email in (ADA, BEN, CAM)]
    assert states() == ["accepted"] * 3
    digest.refresh_from_db()
    assert digest.state == "sent"
    assert digest.sent_at


def test_one_connection_serves_all(digest, sink):
    deliver(digest.pk)

    assert len(sink.connections) == 1


def test_delivering_and_preparing_again_sends_nothing(digest, sink):
    deliver(digest.pk)
    finish(digest.pk)

    assert prepare(NOW) == []
    assert deliver(digest.pk) == 0

    assert len(sink.taken) == 3


def test_two_at_once_never_send_twice(milestone, sink):
    for _ in range(40):
        SubscriptionFactory(series=[milestone.series])
    digest = expanded(milestone)
    start = Barrier(2)

    def deliver_together():
        start.wait(30)
        return deliver(digest.pk)

    counts = [future.result(60) for future in [beside(deliver_together), beside(deliver_together)]]

    assert sum(counts) == 40
    assert sorted(recipients(sink)) == sorted(Subscription.objects.values_list("email", flat=True))
    assert finish(digest.pk)


def test_a_lane_ends_at_its_time_and_the_next_one_goes_on(digest, sink):
    assert deliver(digest.pk, until=timezone.now()) == 1
    assert not finish(digest.pk)

    assert deliver(digest.pk) == 2

    assert recipients(sink) == [ADA, BEN, CAM]


def test_what_was_accepted_has_the_servers_word(digest, sink):
    deliver(digest.pk)

    delivery = delivery_to(ADA)
    assert (delivery.smtp_code, delivery.attempts) == (250, 1)
    assert delivery.finished_at


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


# Leases


def claim(delivery, lease_until):
    """As a worker that is sending it would have it."""
    sql(
        "UPDATE digests_delivery SET state = 'sending', attempts = 1, lease = gen_random_uuid(), lease_until = %s"
        " WHERE id = %s",
        lease_until,
        delivery.pk,
    )


def test_what_another_worker_is_sending_is_left_to_it(digest, sink):
    claim(delivery_to(ADA), timezone.now() + LEASE)

    deliver(digest.pk)

    assert give_up_leases(timezone.now()) == 0
    assert recipients(sink) == [BEN, CAM]
    assert not finish(digest.pk)


def test_what_a_lost_worker_was_sending_is_sent_once_more(digest, sink):
    now = timezone.now()
    claim(delivery_to(ADA), now - timedelta(seconds=1))

    assert give_up_leases(now) == 1
    assert (delivery_to(ADA).state, delivery_to(ADA).unknowns) == ("unknown", 1)
    deliver(digest.pk)

    assert sorted(recipients(sink)) == [ADA, BEN, CAM]
    assert finish(digest.pk)


def test_what_two_workers_were_lost_over_is_left_to_staff(digest, sink):
    for _ in range(2):
        claim(delivery_to(ADA), timezone.now() - timedelta(seconds=1))
        give_up_leases(timezone.now())

    deliver(digest.pk)

    assert recipients(sink) == [BEN, CAM]
    assert delivery_to(ADA).state == "unknown"
    assert finish(digest.pk)


def test_a_worker_that_was_given_up_sends_nothing_when_it_wakes(digest, sink, monkeypatch):
    monkeypatch.setattr("reviews.digests.deliver.LEASE", timedelta(seconds=-1))

    deliver(digest.pk)

    assert sink.tried == [ADA]
    assert sink.taken == []
    assert delivery_to(ADA).unknowns == 1


def test_a_worker_whose_delivery_another_has_changes_nothing(digest, sink):
    """The other takes it over while the first is at the mail server; it is the other's word that stays."""
    original = sink.handle_DATA

    async def meanwhile(server, session, envelope):
        if envelope.rcpt_tos == [ADA]:
            beside(claim, delivery_to_ada, timezone.now() + LEASE).result(30)
        return await original(server, session, envelope)

    delivery_to_ada = delivery_to(ADA)
    sink.handle_DATA = meanwhile

    deliver(digest.pk)

    assert (delivery_to(ADA).state, delivery_to(ADA).smtp_code) == ("sending", None)
    assert states() == ["sending", "accepted", "accepted"]


# When it is no longer wanted


def test_who_unsubscribes_before_it_is_sent_gets_nothing(digest, sink):
    Subscription.objects.filter(email=BEN).update(state="unsubscribed", unsubscribed_at=timezone.now())

    deliver(digest.pk)

    assert recipients(sink) == [ADA, CAM]
    assert finish(digest.pk)
    assert delivery_to(BEN).state == "cancelled"


def test_who_unsubscribes_while_the_one_before_is_sent_gets_nothing(digest, sink):
    original = sink.handle_RCPT

    async def meanwhile(server, session, envelope, address, options):
        if address == ADA:
            beside(
                lambda: Subscription.objects.filter(email=BEN).update(
                    state="unsubscribed", unsubscribed_at=timezone.now()
                )
            ).result(30)
        return await original(server, session, envelope, address, options)

    sink.handle_RCPT = meanwhile

    deliver(digest.pk)

    assert recipients(sink) == [ADA, CAM]


def test_who_unsubscribes_between_two_attempts_gets_nothing(digest, sink):
    sink.script[BEN] = ["450 4.2.1 Busy"]
    deliver(digest.pk)

    Subscription.objects.filter(email=BEN).update(state="unsubscribed", unsubscribed_at=timezone.now())
    hours_pass()
    deliver(digest.pk)

    assert recipients(sink) == [ADA, CAM]
    assert finish(digest.pk)


def test_an_address_that_is_suppressed_meanwhile_gets_nothing_in_whatever_case(digest, sink):
    Suppression.objects.create(email="BEN@Example.org", reason="complaint")

    deliver(digest.pk)

    assert recipients(sink) == [ADA, CAM]
    assert finish(digest.pk)


@pytest.mark.parametrize(
    "change",
    [{"starts_on": date(2030, 7, 2), "ends_on": date(2030, 7, 2)}, {"state": "cancelled"}, {"state": "held"}],
    ids=["moved", "cancelled", "held"],
)
def test_nothing_more_leaves_when_the_milestone_changes(digest, milestone, sink, change):
    deliver(digest.pk, until=timezone.now())
    for name, value in change.items():
        setattr(milestone, name, value)
    milestone.save()

    assert deliver(digest.pk) == 0

    assert recipients(sink) == [ADA]


def test_nothing_leaves_of_a_digest_that_staff_hold(digest, sink):
    sql("UPDATE digests_digest SET state = 'held' WHERE id = %s", digest.pk)

    assert deliver(digest.pk) == 0
    assert not finish(digest.pk)

    assert sink.taken == []


# When its time is over


def the_day_is_over(milestone):
    """At its place, where it may not be at ours."""
    day = timezone.localdate() - timedelta(days=2)
    sql("UPDATE reviews_milestone SET starts_on = %s, ends_on = %s WHERE id = %s", day, day, milestone.pk)
    sql("UPDATE digests_digest SET milestone_revision = milestone_revision + 1 WHERE milestone_id = %s", milestone.pk)


def test_nothing_leaves_when_the_day_of_the_milestone_is_over(digest, milestone, sink):
    the_day_is_over(milestone)

    assert deliver(digest.pk) == 0
    assert not finish(digest.pk)

    digest.refresh_from_db()
    assert sink.tried == []
    assert (digest.state, digest.state_reason) == ("skipped", "milestone_passed")
    assert set(digest.deliveries.values_list("state", "note")) == {("cancelled", "milestone_passed")}


def test_it_can_leave_while_the_day_lasts_at_the_milestones_place(sink):
    behind = MilestoneFactory(day=timezone.localdate(timezone=ZoneInfo("Etc/GMT+12")), time_zone="Etc/GMT+12")
    SubscriptionFactory(series=[behind.series])

    assert [deliver(pk) for pk in released(behind)] == [1]


def released(milestone) -> list[int]:
    """The digests that are under way of a milestone whose date is so near that staff were asked about them."""
    prepare(timezone.now())
    for digest in milestone.digests.filter(state="held"):
        release(digest.pk, timezone.now())
    return prepare(timezone.now())


def test_what_some_have_when_the_day_is_over_is_sent_and_the_others_never_get_it(digest, milestone, sink):
    sink.script[BEN] = ["drop"]
    sink.script[CAM] = ["450 4.2.1 Busy"]
    deliver(digest.pk)
    the_day_is_over(milestone)
    hours_pass()

    assert deliver(digest.pk) == 0
    assert finish(digest.pk)

    assert [delivery_to(email).state for email in (ADA, BEN, CAM)] == ["accepted", "unknown", "cancelled"]
    assert delivery_to(CAM).note == "milestone_passed"


def test_a_notice_may_leave_when_the_day_is_over(digest, milestone, sink):
    deliver(digest.pk)
    finish(digest.pk)
    the_day_is_over(milestone)
    milestone.refresh_from_db()
    notice = notify(milestone, DigestKind.CANCELLATION, timezone.now())
    prepare(timezone.now())

    assert deliver(notice.pk) == 3
    assert finish(notice.pk)


@pytest.mark.parametrize("answer", ["250 2.1.5 Fine", "450 4.2.1 Busy", "550 5.1.1 Unknown"])
def test_what_nobody_got_of_a_digest_that_was_cancelled_meanwhile_is_told_by_the_next(milestone, sink, answer):
    """Whether the one who was being written to at that moment gets it or not."""
    record(RecommendationFactory())
    SubscriptionFactory(series=[milestone.series], email=ADA)
    digest = expanded(milestone)
    sink.script[ADA] = [answer]
    original = sink.handle_RCPT

    async def meanwhile(*args):
        beside(cancel, digest.pk).result(30)
        return await original(*args)

    sink.handle_RCPT = meanwhile
    deliver(digest.pk)
    prepare(NOW)

    is_told = delivery_to(ADA).state == "accepted"
    assert is_told == answer.startswith("250")
    assert DigestNews.objects.exists() == is_told
