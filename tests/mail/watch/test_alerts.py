"""Alerts: staff are told of what does not go as it should, once, whatever else does not go either."""

import pytest
from django.utils import timezone

from mail import control
from mail.delivery.deliver import deliver
from mail.models import Message
from mail.tasks import tick
from mail.watch.alerts import raise_alerts
from tests.mail.messages import ADA, queued

pytestmark = pytest.mark.django_db(transaction=True)

STAFF = "staff@example.org"


@pytest.fixture(autouse=True)
def _staff_can_be_told(settings):
    settings.ALERT_EMAILS = [STAFF]


def test_an_alert_leaves_though_mail_is_paused(sink):
    control.pause("ana")

    raise_alerts(timezone.now())
    assert deliver() == 1

    [message] = sink.messages_to(STAFF)
    assert message["Subject"] == "Recommendations tracker: All outgoing mail is paused: by staff (ana)."
    assert "https://tracker.example/admin/" in message.get_content()


def test_an_alert_is_sent_once_and_again_only_after_it_was_over():
    def alerts() -> int:
        raise_alerts(timezone.now())
        return Message.objects.filter(kind="alert").count()

    control.pause("ana")
    assert [alerts(), alerts()] == [1, 1]

    control.resume()
    assert alerts() == 1
    control.pause("ana")
    assert alerts() == 2


def test_staff_are_told_also_when_nothing_else_can_be_done(monkeypatch):
    control.pause("ana")

    def breaks():
        raise RuntimeError

    monkeypatch.setattr("mail.tasks.sweep", breaks)
    with pytest.raises(RuntimeError):
        tick()

    assert Message.objects.get().kind == "alert"


def test_staff_are_told_of_a_message_of_which_nobody_knows(sink):
    queued(ADA)
    Message.objects.update(state="unknown", unknowns=2)

    raise_alerts(timezone.now())

    assert Message.objects.filter(kind="alert").count() == 1


def test_nobody_is_told_where_nobody_is_named(settings):
    settings.ALERT_EMAILS = []
    control.pause("ana")

    raise_alerts(timezone.now())

    assert not Message.objects.exists()
