"""People change their mind, dates move, schedulers sleep and templates break while digests are under way."""

from datetime import timedelta

import pytest
from django.template import TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import get_language

from mail.delivery.deliver import deliver
from mail.watch.alerts import raise_alerts
from reviews.digests.models import Digest
from reviews.digests.pipeline.freeze import freeze
from reviews.digests.pipeline.plan import plan
from reviews.digests.pipeline.run import prepare
from reviews.digests.pipeline.staff import release
from reviews.digests.subscribers.tokens import token_for
from reviews.models import Milestone
from tests.factories import MilestoneFactory, SubscriptionFactory
from tests.mail.messages import ADA, BEN, READERS, message_to
from tests.parallel import beside

from .reckoning import reckon
from .steps import all_is_sent, fanned_out, later, send_what_is_due

pytestmark = pytest.mark.django_db(transaction=True)


# Readers


def test_who_unsubscribes_between_fan_out_and_claim_gets_nothing(readers, sink):
    fanned_out()

    Client().post(f"/subscriptions/{token_for(readers[1].key)}/unsubscribe/", {"List-Unsubscribe": "One-Click"})
    send_what_is_due()

    assert all_is_sent()
    assert message_to(BEN).state == "cancelled"
    reckon(sink, nothing_for=[BEN])


# Milestones


def planned():
    plan(timezone.now())


def frozen():
    planned()
    assert freeze(Digest.objects.get().pk, timezone.now())


def half_sent():
    fanned_out()
    assert deliver(seconds=0) == 1


def move(milestone):
    """To a day earlier, so that its digest is due as before; known so long that no digest for it comes too late."""
    day = milestone.starts_on - timedelta(days=1)
    Milestone.objects.filter(pk=milestone.pk).update(starts_on=day, ends_on=day)
    milestone.dates.update(set_on=day - timedelta(days=90))


@pytest.mark.parametrize(
    ("stage", "editions"),
    [(planned, 1), (frozen, 2), (fanned_out, 2), (half_sent, 2)],
    ids=["planned", "frozen", "fanned_out", "half-sent"],
)
def test_the_milestone_moves_and_who_has_no_digest_yet_gets_one_with_the_new_date(
    milestone, readers, sink, stage, editions
):
    stage()

    move(milestone)
    for _ in range(3):
        later()

    newest = Digest.objects.latest("edition")
    assert (newest.edition, newest.state) == (editions, "sent")
    assert newest.content["milestone"]["starts_on"] == str(milestone.starts_on - timedelta(days=1))
    assert len(sink.taken) == 3
    reckon(sink)


@pytest.mark.parametrize(
    ("stage", "reached"),
    [(planned, []), (frozen, []), (fanned_out, []), (half_sent, [ADA])],
    ids=["planned", "frozen", "fanned_out", "half-sent"],
)
def test_the_milestone_is_cancelled_and_nothing_more_leaves(milestone, readers, sink, stage, reached):
    stage()

    Milestone.objects.filter(pk=milestone.pk).update(state="cancelled")
    for _ in range(3):
        later()

    assert Digest.objects.get().state == "cancelled"
    reckon(sink, nothing_for=set(READERS) - set(reached))


@pytest.mark.parametrize("answer", ["250 2.1.5 Fine", "450 4.2.1 Busy"])
def test_who_is_being_written_to_when_the_milestone_moves_gets_it_once(milestone, readers, sink, answer):
    """Whether the server takes that message or not."""
    original = sink.handle_RCPT
    sink.script[ADA] = [answer]

    async def meanwhile(*args):
        if not sink.tried:
            beside(move, milestone).result(30)
            beside(prepare, timezone.now()).result(30)
        return await original(*args)

    fanned_out()
    sink.handle_RCPT = meanwhile
    for _ in range(4):
        later()

    assert Digest.objects.count() == 2
    assert len(sink.taken) == 3
    reckon(sink)


# The scheduler


@pytest.mark.parametrize(
    ("days", "states"),
    [
        (2, {30: "sent", 7: "planned", 1: "planned"}),
        (24, {30: "skipped", 7: "sent", 1: "planned"}),
        (31, {30: "skipped", 7: "skipped", 1: "skipped"}),
    ],
    ids=["past-due", "past-the-next-lead-time", "past-the-milestone"],
)
def test_a_scheduler_that_was_down_sends_what_is_of_use_still(milestone, readers, sink, days, states):
    coming_in_thirty_days(milestone)
    planned()

    for _ in range(2):
        send_what_is_due(timezone.now() + timedelta(days=days))

    assert dict(milestone.digests.values_list("lead_days", "state")) == states
    reckon(sink, nothing_for=[] if "sent" in states.values() else READERS)


def test_staff_are_told_once_of_a_digest_that_was_not_sent_before_its_milestone(milestone, readers, sink, settings):
    settings.ALERT_EMAILS = ["staff@example.org"]
    coming_in_thirty_days(milestone)
    planned()
    after = timezone.now() + timedelta(days=31)

    for _ in range(2):
        send_what_is_due(after)
        raise_alerts(after)
    deliver()

    alerts = [message.get_content() for message in sink.messages_to("staff@example.org")]
    assert len(alerts) == len(sink.taken) == 3
    assert all("Joint review" in alert and "has passed" in alert for alert in alerts)


def coming_in_thirty_days(milestone):
    milestone.series.lead_days = [30, 7, 1]
    milestone.series.save()
    milestone.starts_on = milestone.ends_on = localdate() + timedelta(days=30)
    milestone.save()


# Templates


def test_a_template_that_breaks_in_one_language_holds_that_digest_whole_and_no_other(
    milestone, readers, sink, monkeypatch
):
    SubscriptionFactory(series=[milestone.series], email="eva@example.org", language="es")
    other = MilestoneFactory(series__send_hour=0, series__lead_days=[7], day=milestone.starts_on)
    SubscriptionFactory(series=[other.series], email="other@example.org", language="es")

    def breaks(template, context):
        if get_language() == "es" and context["milestone"] == milestone.name_es:
            raise TemplateSyntaxError
        return render_to_string(template, context)

    with monkeypatch.context() as patch:
        patch.setattr("reviews.digests.public.render.render_to_string", breaks)
        for _ in range(2):
            send_what_is_due()

    digest = milestone.digests.get()
    assert (digest.state, digest.state_reason, digest.frozen_at) == ("held", "error", None)
    assert other.digests.get().state == "sent"
    reckon(sink, nothing_for=[*READERS, "eva@example.org"])

    release(digest.pk)
    send_what_is_due()
    reckon(sink)
