"""Alerts: staff are told of digests that do not go as they should."""

import pytest

from mail.delivery.deliver import deliver
from mail.models import Message
from mail.watch.alerts import raise_alerts
from reviews.digests.pipeline.staff import hold
from tests.factories import MilestoneFactory, SubscriptionFactory

from .stages import NOW, fanned_out, planned

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _staff_can_be_told(settings):
    settings.ALERT_EMAILS = ["staff@example.org"]


def alerts(sink) -> list[str]:
    """What staff are told by e-mail, by its subjects."""
    raise_alerts(NOW)
    deliver()
    return [message["Subject"] for message in sink.messages_to("staff@example.org")]


def test_a_line_break_in_a_name_is_none_in_the_subject(sink):
    hold(planned(MilestoneFactory(name_en="Joint\nreview")).pk)

    [subject] = alerts(sink)
    assert "“Joint review, 30 days before” is held" in subject


def test_staff_are_told_of_what_is_left_unknown(sink):
    milestone = MilestoneFactory()
    SubscriptionFactory(series=[milestone.series])
    fanned_out(milestone)
    Message.objects.update(state="unknown", unknowns=2)

    [subject] = alerts(sink)
    assert "it is unknown whether they were sent" in subject
