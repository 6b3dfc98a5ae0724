"""What holds for the messages of every kind of mail, whoever sends it. A new kind is to be added in `messages`."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.core.mail import send_mail
from django.utils import timezone

from mail import control
from mail.delivery.deliver import deliver
from mail.message.kinds import LABELS
from mail.models import Message
from mail.watch.alerts import raise_alerts
from reviews.digests.desk.preview import send_test
from reviews.digests.models import DigestKind
from reviews.digests.pipeline.notices import notify
from reviews.digests.pipeline.run import prepare
from reviews.digests.subscribers.subscription_email import send_confirmations, send_preferences_link
from reviews.models import Milestone
from tests.factories import MilestoneFactory, RecommendationFactory, SubscriptionFactory, record

from .stages import NOW, fanned_out

pytestmark = pytest.mark.django_db(transaction=True)

READER, STAFF = "ana@example.org", "staff@example.org"
OF_TESTS = {"letter", "urgent", "defiant"}  # tests/mail/messages.py


@pytest.fixture
def messages(sink, settings) -> dict:
    """One message of each kind, by its name, as its recipient gets it."""
    settings.ALERT_EMAILS = [STAFF]
    settings.EMAIL_BACKEND = "mail.delivery.backend.EmailBackend"
    record(RecommendationFactory(), what_en="Señal.", what_es="Señal.")
    milestone = MilestoneFactory()
    reader = SubscriptionFactory(series=[milestone.series], email=READER)
    fanned_out(milestone)
    deliver()
    Milestone.objects.filter(pk=milestone.pk).update(state="cancelled")
    milestone.refresh_from_db()
    notify(milestone, DigestKind.CANCELLATION, NOW)
    prepare(NOW)
    send_confirmations(
        [SubscriptionFactory(email="eva@example.org", state="pending", confirmed_at=None)], timezone.now()
    )
    send_preferences_link(reader)
    send_test({"subject": "Señal", "text": "Words.", "html": "<p>Words.</p>"}, "en", STAFF)
    send_mail("Señal", "Words.", None, [STAFF])
    deliver()
    control.pause("ana")
    raise_alerts(timezone.now())
    deliver()
    kinds = dict(Message.objects.values_list("message_id", "kind"))
    return {kinds[mail.message_id]: mail for mail in sink.taken}


def test_what_holds_for_every_kind(messages):
    assert messages.keys() == LABELS.keys() - OF_TESTS
    wrong = {}
    for kind, mail in messages.items():
        message, to_readers = mail.message, kind in ("digest", "notice")
        names = [name.lower() for name in message]
        bodies = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        problems = {
            "is not to one recipient": message["To"] != mail.recipient or "Cc" in message,
            "has a header twice": len(names) != len(set(names)),
            "has no identity of its own": not re.fullmatch(
                rf"<{kind}\.[0-9a-f-]{{36}}@tracker\.example>", mail.message_id
            ),
            "has not the date of sending": abs(timezone.now() - parsedate_to_datetime(message["Date"]))
            > timedelta(minutes=5),
            "does not say that it is automatic": message["Auto-Submitted"] != "auto-generated",
            "asks for out-of-office notes": message["X-Auto-Response-Suppress"] != "All",
            "comes from nobody": not message["From"].addresses[0].addr_spec,
            "is not ASCII in short lines": not mail.raw.isascii() or max(map(len, mail.raw.splitlines())) > 998,
            "is broken": bool(message.defects),
            "has something unresolved": any(re.search(r"\{\{|\{%|%\(|@@|\bNone\b", body) for body in bodies),
            "cannot be ended by one click": to_readers
            and message["List-Unsubscribe-Post"] != "List-Unsubscribe=One-Click",
            "can be ended though nobody has subscribed to it": not to_readers and "List-Unsubscribe" in message,
        }
        if found := [problem for problem, is_so in problems.items() if is_so]:
            wrong[kind] = found

    assert wrong == {}
