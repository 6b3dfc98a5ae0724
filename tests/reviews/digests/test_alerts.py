"""Alerts: staff are told of what does not go as it should, whatever else does not go either."""

import pytest

from reviews.digests.mail.alerts import raise_alerts
from reviews.digests.models import Outbox
from reviews.digests.pipeline.transitions import hold
from reviews.digests.tasks import tick
from tests.factories import MilestoneFactory

from .stages import NOW, planned

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _staff_can_be_told(settings):
    settings.ALERT_EMAILS = ["staff@example.org"]


def test_staff_are_told_also_when_nothing_can_be_prepared(monkeypatch, mailoutbox):
    Outbox.objects.create(pk=1, is_paused=True, reason="the server refuses us")

    def breaks(now):
        raise RuntimeError

    monkeypatch.setattr("reviews.digests.pipeline.run.plan", breaks)
    with pytest.raises(RuntimeError):
        tick()

    [message] = mailoutbox
    assert "All outgoing mail is paused" in message.subject


def test_a_line_break_in_a_name_is_none_in_the_subject(mailoutbox):
    hold(planned(MilestoneFactory(name_en="Joint\nreview")).pk)

    raise_alerts(NOW)

    [message] = mailoutbox
    assert "“Joint review, 30 days before” is held" in message.subject
