"""Delivery of a digest: to whom, until when, and when it is done. What holds for all mail is in tests/mail/."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from mail.delivery.deliver import deliver
from mail.models import Message
from reviews.digests.models import DigestItem, DigestKind, Subscription
from reviews.digests.pipeline.fan_out import fan_out
from reviews.digests.pipeline.finish import finish
from reviews.digests.pipeline.notices import notify
from reviews.digests.pipeline.run import prepare
from reviews.digests.pipeline.staff import approve, cancel, hold, release, retry
from reviews.digests.subscribers import subscriptions
from reviews.models import Milestone
from tests.database import sql
from tests.factories import MilestoneFactory, RecommendationFactory, SeriesFactory, SubscriptionFactory, record
from tests.mail.messages import ADA, BEN, CAM, hours_pass, message_to, recipients, states
from tests.parallel import beside

from .stages import NOW, fanned_out, frozen

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_reader_gets_one_message_and_the_digest_is_sent(digest, sink):
    assert deliver() == 3

    assert recipients(sink) == [ADA, BEN, CAM]
    assert states() == ["accepted"] * 3
    digest.refresh_from_db()
    assert digest.state == "sent"
    assert digest.sent_at


def test_delivering_and_preparing_again_sends_nothing(digest, sink):
    deliver()

    assert prepare(NOW) == []
    assert deliver() == 0

    assert len(sink.taken) == 3


def test_it_is_not_sent_while_a_message_of_it_may_still_leave(digest, sink):
    sink.script[BEN] = ["450 4.2.1 Busy"]

    deliver()
    assert not finish(digest.pk)

    hours_pass()
    deliver()
    digest.refresh_from_db()
    assert digest.state == "sent"


def test_what_is_left_unknown_does_not_keep_it_from_being_sent(digest, sink):
    sink.script[ADA] = ["drop"] * 2
    for _ in range(3):
        deliver()
        hours_pass()

    digest.refresh_from_db()
    assert digest.state == "sent"
    assert message_to(ADA).state == "unknown"


def test_a_message_that_was_approved_days_after_the_freeze_has_the_date_of_sending(sink):
    milestone = MilestoneFactory(series=SeriesFactory(needs_approval=True))
    SubscriptionFactory(series=[milestone.series], email=ADA)
    digest = frozen(milestone, now=NOW - timedelta(days=2))
    approve(digest.pk, NOW)
    prepare(NOW)

    deliver()

    [message] = sink.messages_to(ADA)
    assert abs(timezone.now() - message["Date"].datetime) < timedelta(minutes=1)
    assert digest.frozen_at < NOW - timedelta(days=1)


# When it is no longer wanted


@pytest.mark.parametrize(
    "change",
    [{"starts_on": date(2030, 7, 2), "ends_on": date(2030, 7, 2)}, {"state": "cancelled"}, {"state": "held"}],
    ids=["moved", "cancelled", "held"],
)
def test_nothing_more_leaves_when_the_milestone_changes_by_whomever(digest, milestone, sink, change):
    deliver(seconds=0)
    Milestone.objects.filter(pk=milestone.pk).update(**change)

    assert deliver() == 0

    assert recipients(sink) == [ADA]


def test_a_milestone_that_changes_while_its_digest_is_fanned_out_lets_nothing_leave(milestone, sink):
    SubscriptionFactory(series=[milestone.series])
    digest = frozen(milestone)
    Milestone.objects.filter(pk=milestone.pk).update(starts_on=date(2030, 7, 2), ends_on=date(2030, 7, 2))

    assert fan_out(digest.pk, NOW) == 0

    assert not Message.objects.exists()


def test_nothing_leaves_of_a_digest_that_staff_hold_until_they_release_it(digest, sink):
    hold(digest.pk)

    assert deliver() == 0
    assert not finish(digest.pk)
    assert sink.taken == []

    release(digest.pk)
    assert deliver() == 3


def test_what_staff_held_does_not_leave_for_a_date_that_has_changed(digest, milestone, sink):
    hold(digest.pk)
    Milestone.objects.filter(pk=milestone.pk).update(starts_on=date(2030, 7, 2), ends_on=date(2030, 7, 2))

    with pytest.raises(ValidationError, match="changed since"):
        release(digest.pk)
    assert deliver() == 0


def test_a_retry_reaches_those_who_have_not_stopped_the_digests_since(digest, sink):
    sink.script |= {ADA: ["550 5.2.1 Disabled"], BEN: ["550 5.2.1 Disabled"]}
    deliver()
    subscriptions.unsubscribe(Subscription.objects.get(email=BEN), timezone.now())
    digest.refresh_from_db()
    assert digest.state == "sent"

    assert retry(digest.pk, NOW) == 1
    assert deliver() == 1

    assert sorted(recipients(sink)) == [ADA, CAM]


# When its time is over


def the_day_is_over(milestone):
    """At its place, where it may not be at ours; and not because anybody has changed it."""
    day = timezone.localdate() - timedelta(days=2)
    sql("SET session_replication_role = replica")  # no trigger
    sql("UPDATE reviews_milestone SET starts_on = %s, ends_on = %s WHERE id = %s", day, day, milestone.pk)
    sql("UPDATE mail_batch SET expires_at = now() - interval '1 day'")
    sql("SET session_replication_role = origin")


def test_nothing_leaves_when_the_day_of_the_milestone_is_over(digest, milestone, sink):
    the_day_is_over(milestone)

    assert deliver() == 0

    digest.refresh_from_db()
    assert sink.tried == []
    assert (digest.state, digest.state_reason) == ("skipped", "milestone_passed")
    assert set(digest.batch.messages.values_list("state", "reason")) == {("cancelled", "expired")}


def test_a_message_is_of_no_more_use_when_the_day_ends_at_the_milestones_place(digest, milestone):
    assert digest.batch.expires_at == datetime(2030, 7, 2, 6, tzinfo=UTC)

    Milestone.objects.filter(pk=milestone.pk).update(time_zone="Asia/Tokyo")

    digest.batch.refresh_from_db()
    assert digest.batch.expires_at == datetime(2030, 7, 1, 15, tzinfo=UTC)
    assert digest.batch.state == "open"


def test_it_can_leave_while_the_day_lasts_at_the_milestones_place(sink):
    behind = MilestoneFactory(day=timezone.localdate(timezone=ZoneInfo("Etc/GMT+12")), time_zone="Etc/GMT+12")
    SubscriptionFactory(series=[behind.series])

    assert len(released(behind)) == 1
    assert deliver() == 1


def released(milestone) -> list[int]:
    """The digests that are under way of a milestone whose date is so near that staff were asked about them."""
    prepare(timezone.now())
    for digest in milestone.digests.filter(state="held"):
        release(digest.pk)
    return prepare(timezone.now())


def test_what_some_have_when_the_day_is_over_is_sent_and_the_others_never_get_it(digest, milestone, sink):
    sink.script[BEN] = ["drop"]
    sink.script[CAM] = ["450 4.2.1 Busy"]
    deliver()
    the_day_is_over(milestone)
    hours_pass()

    assert deliver() == 0

    digest.refresh_from_db()
    assert digest.state == "sent"
    assert [message_to(email).state for email in (ADA, BEN, CAM)] == ["accepted", "unknown", "cancelled"]
    assert message_to(CAM).reason == "expired"


def test_a_notice_may_leave_when_the_day_is_over(digest, milestone, sink):
    deliver()
    the_day_is_over(milestone)
    milestone.refresh_from_db()
    notice = notify(milestone, DigestKind.CANCELLATION, timezone.now())
    prepare(timezone.now())

    assert deliver() == 3
    notice.refresh_from_db()
    assert notice.state == "sent"


@pytest.mark.parametrize("answer", ["250 2.1.5 Fine", "450 4.2.1 Busy", "550 5.1.1 Unknown"])
def test_what_nobody_got_of_a_digest_that_was_cancelled_meanwhile_is_told_by_the_next(milestone, sink, answer):
    """Whether the one who was being written to at that moment gets it or not."""
    record(RecommendationFactory())
    SubscriptionFactory(series=[milestone.series], email=ADA)
    digest = fanned_out(milestone)
    sink.script[ADA] = [answer]
    original = sink.handle_RCPT

    async def meanwhile(*args):
        beside(cancel, digest.pk).result(30)
        return await original(*args)

    sink.handle_RCPT = meanwhile
    deliver()
    prepare(NOW)

    is_told = message_to(ADA).state == "accepted"
    assert is_told == answer.startswith("250")
    assert DigestItem.objects.exists() == is_told
