"""Delivery: each reader is written to once, and not at all when it is not wanted."""

from datetime import date, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from reviews.digests.models import DigestKind, DigestNews, Subscription, Suppression
from reviews.digests.pipeline.deliver import LEASE, deliver, finish, give_up_leases
from reviews.digests.pipeline.run import prepare
from reviews.digests.pipeline.transitions import cancel, notify, release
from tests.database import sql
from tests.factories import MilestoneFactory, RecommendationFactory, SubscriptionFactory, record
from tests.parallel import beside

from .deliveries import ADA, BEN, CAM, delivery_to, recipients, states
from .stages import NOW, expanded, hours_pass

pytestmark = pytest.mark.django_db(transaction=True)


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
    monkeypatch.setattr("reviews.digests.pipeline.deliver.LEASE", timedelta(seconds=-1))

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
