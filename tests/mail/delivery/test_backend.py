"""Django's send_mail() goes through the queue."""

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import transaction

from mail.delivery.deliver import deliver
from mail.models import MailControl, Message
from tests.mail.messages import ADA, BEN, recipients

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _as_configured(settings):
    """pytest-django has put Django's backend for tests in its place."""
    settings.EMAIL_BACKEND = "mail.delivery.backend.EmailBackend"


def test_a_message_is_queued_and_sent_by_a_worker(sink):
    assert send_mail("Your new password", "It is 8 letters long: ñandúñan.", None, [ADA]) == 1
    assert sink.taken == []

    assert deliver() == 1

    [message] = sink.messages_to(ADA)
    assert (message["To"], message["Subject"]) == (ADA, "Your new password")
    assert message.get_content().strip() == "It is 8 letters long: ñandúñan."
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert [message[name] for name in ("Message-ID", "Date")] != [None, None]
    assert sink.taken[0].raw.isascii()


def test_each_recipient_has_a_message_of_their_own(sink):
    EmailMultiAlternatives(
        "News", ".Text.", to=[f"Ada <{ADA}>"], bcc=[BEN], alternatives=[("<p>HTML, señor.", "text/html")]
    ).send()

    assert deliver() == 2

    assert recipients(sink) == [ADA, BEN]
    for mail in sink.taken:
        assert mail.message["To"] == mail.recipient
        assert mail.message.get_body(["html"]).get_content().strip() == "<p>HTML, señor."
        assert mail.message.get_body(["plain"]).get_content().strip() == ".Text."


def test_it_is_held_to_the_same_rules(sink):
    MailControl.objects.create(pk=1, is_paused=True)
    send_mail("A subject", "Words.", None, [ADA])

    assert deliver() == 0


def test_what_is_sent_in_a_transaction_that_fails_never_leaves(sink):
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        send_mail("A subject", "Words.", None, [ADA])
        raise ZeroDivisionError

    assert not Message.objects.exists()
    assert deliver() == 0


def test_a_message_to_nobody_is_none(sink):
    assert EmailMultiAlternatives("A subject", "Words.").send() == 0
