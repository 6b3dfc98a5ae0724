"""E-mails about a subscription itself: what each says, and that it stops when it is of no more use."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from mail.delivery.deliver import deliver
from mail.delivery.queue import sweep
from mail.models import Message
from reviews.digests.models import Subscription
from reviews.digests.subscribers.subscription_email import send_confirmations, send_preferences_link
from reviews.digests.subscribers.subscriptions import confirm
from tests.factories import SeriesFactory, SubscriptionFactory, WorkingGroupFactory
from tests.mail.messages import hours_pass

from .readers import ADDRESS, body, link

pytestmark = pytest.mark.django_db


@pytest.fixture
def choices():
    return {
        "series": [SeriesFactory(name_en="The dialogue", name_es="El diálogo")],
        "groups": [WorkingGroupFactory(name_en="Borders", name_es="Fronteras")],
    }


def asked(**fields) -> Subscription:
    """A subscription whose reader is to be asked to confirm it."""
    subscription = SubscriptionFactory(**{"email": ADDRESS, "state": "pending", "confirmed_at": None} | fields)
    send_confirmations([subscription], timezone.now())
    return subscription


def shown(**fields) -> Subscription:
    """A subscription whose reader is to be told how to change it."""
    subscription = SubscriptionFactory(**{"email": ADDRESS} | fields)
    send_preferences_link(subscription)
    return subscription


def email(sink, address=ADDRESS):
    """The one e-mail that comes to an address."""
    deliver()
    [message] = sink.messages_to(address)
    return message


@pytest.mark.parametrize(
    ("language", "series", "group", "prefix"),
    [("en", "The dialogue", "Borders", ""), ("es", "El diálogo", "Fronteras", "/es")],
)
def test_it_says_the_choices_in_the_readers_language(sink, choices, language, series, group, prefix):
    asked(language=language, **choices)

    message = email(sink)

    html = message.get_body(["html"]).get_content()
    assert message["Content-Language"] == language
    assert f'<html lang="{language}">' in html
    for part in (body(message), html):
        assert series in part
        assert group in part
        assert f"https://tracker.example{prefix}/subscriptions/" in part
    assert link(message).startswith(f"{prefix}/subscriptions/")


def test_without_groups_it_names_none(sink, choices):
    asked(**choices)
    asked(email="eva@example.org", series=choices["series"])

    assert "About these groups" in body(email(sink))
    assert "About these groups" not in body(email(sink, "eva@example.org"))


@pytest.mark.parametrize("waiting", [asked, shown])
def test_all_links_of_the_html_are_in_the_text(sink, choices, waiting):
    waiting(**choices)

    message = email(sink)

    links = re.findall(r'href="([^"]+)"', message.get_body(["html"]).get_content())
    assert len(links) == 2
    assert all(link in body(message) for link in links)


def test_whom_staff_have_entered_is_not_told_that_they_asked(sink):
    asked()
    assert "Someone, most likely you, asked" in body(email(sink))
    for origin in ["import", "staff"]:
        asked(email=f"{origin}@example.org", consent_origin=origin)
        words = body(email(sink, f"{origin}@example.org"))
        assert "asked" not in words
        assert "if you want them" in words


def test_many_are_asked_at_once_each_with_a_link_of_their_own(sink, choices):
    subscriptions = [
        SubscriptionFactory(email=f"reader{number}@example.org", state="pending", confirmed_at=None, **choices)
        for number in range(5)
    ]

    send_confirmations(subscriptions, timezone.now())

    assert deliver() == 5
    assert len({link(mail.message) for mail in sink.taken}) == 5


def test_one_that_waits_is_replaced_by_one_that_says_the_choices_of_now(sink, choices):
    subscription = asked(**choices)
    subscription.series.set([SeriesFactory(name_en="Another")])

    send_confirmations([Subscription.objects.get()], timezone.now())

    assert "Another" in body(email(sink))


def test_a_confirmation_is_not_asked_for_any_more_once_it_is_given(sink):
    sink.script[ADDRESS] = ["450 4.2.1 Later"]
    subscription = asked()
    deliver()

    confirm(subscription, timezone.now())
    hours_pass()

    assert deliver() == 0


def test_an_email_whose_link_would_lead_nowhere_is_given_up(sink):
    sink.script[ADDRESS] = ["450 4.2.1 Later"]
    asked()
    deliver()
    Message.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    hours_pass()
    sweep()

    assert deliver() == 0
    assert Message.objects.get().state == "cancelled"


def test_an_address_from_the_time_when_the_form_took_it_stops_no_other(sink):
    asked(email='"p1\x0bx"@example.org')
    asked()

    assert deliver() == 1
    assert sink.tried == [ADDRESS]
