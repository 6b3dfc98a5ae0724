"""One click ends it (RFC 8058); looking at the page does not."""

import uuid

import pytest
from django.test import Client

import reviews.digests.pipeline.fan_out
from mail.delivery.deliver import deliver
from reviews.digests.models import Subscription
from reviews.digests.pipeline.fan_out import fan_out
from reviews.digests.subscribers.tokens import token_for
from tests.database import wait_until_somebody_waits_for_us
from tests.factories import MilestoneFactory, SeriesFactory, SubscriptionFactory
from tests.mail.messages import message_to
from tests.parallel import beside

from .readers import asks
from .stages import NOW, fanned_out, frozen

pytestmark = pytest.mark.django_db


@pytest.fixture
def subscription():
    return SubscriptionFactory()


@pytest.fixture
def mail_program():
    """It has no cookies, and knows nothing of our forms."""
    return Client(enforce_csrf_checks=True)


def address(subscription, prefix=""):
    return f"{prefix}/subscriptions/{token_for(subscription.key)}/unsubscribe/"


def one_click(client, url):
    return client.post(url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")


def state_of(subscription):
    subscription.refresh_from_db()
    return subscription.state, subscription.unsubscribed_at


def test_one_click_ends_it_without_cookies_or_redirect(subscription, mail_program):
    response = one_click(mail_program, address(subscription))

    assert response.status_code == 200
    assert not response.cookies
    state, when = state_of(subscription)
    assert state == "unsubscribed"
    assert when


def test_one_click_works_from_a_spanish_message(subscription, mail_program):
    assert one_click(mail_program, address(subscription, "/es")).status_code == 200

    assert state_of(subscription)[0] == "unsubscribed"


def test_one_click_may_come_as_multipart(subscription, mail_program):
    response = mail_program.post(address(subscription), {"List-Unsubscribe": "One-Click"})

    assert response.content == b"Unsubscribed.\n"
    assert state_of(subscription)[0] == "unsubscribed"


def test_a_second_click_changes_nothing(subscription, mail_program):
    one_click(mail_program, address(subscription))
    before = state_of(subscription)

    assert one_click(mail_program, address(subscription)).status_code == 200

    assert state_of(subscription) == before


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_looking_changes_nothing_however_often(subscription, mail_program, prefix):
    for method in (mail_program.get, mail_program.head):
        for _ in range(5):
            assert method(address(subscription, prefix)).status_code == 200

    assert state_of(subscription) == ("confirmed", None)


def test_the_page_has_a_button_that_ends_it(subscription, mail_program):
    page = mail_program.get(address(subscription)).content.decode()
    assert '<form method="post"' in page

    response = mail_program.post(address(subscription))

    assert response.status_code == 200
    assert state_of(subscription)[0] == "unsubscribed"


def test_the_page_of_one_that_has_ended_offers_to_begin_again(subscription, mail_program):
    one_click(mail_program, address(subscription))

    page = mail_program.get(address(subscription)).content.decode()

    assert "<form" not in page.partition("<main")[2]
    assert 'href="/subscribe/"' in page


def test_an_email_about_it_that_waits_is_not_sent_after_it(mail_program, sink):
    asks([SeriesFactory()])
    pending = Subscription.objects.get()

    one_click(mail_program, address(pending))

    assert deliver() == 0
    assert not sink.tried


@pytest.mark.django_db(transaction=True)
def test_no_digest_that_waits_is_sent_after_it(subscription, mail_program, sink):
    milestone = MilestoneFactory()
    subscription.series.add(milestone.series)
    digest = fanned_out(milestone)

    one_click(mail_program, address(subscription))

    assert deliver() == 0
    digest.refresh_from_db()
    assert digest.state == "sent"
    assert message_to(subscription.email).reason == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_who_unsubscribes_while_the_digest_is_fanned_out_gets_nothing(subscription, mail_program, sink, monkeypatch):
    """It waits for the fan-out, and finds what that has queued."""
    milestone = MilestoneFactory()
    subscription.series.add(milestone.series)
    digest = frozen(milestone)
    original, clicks = reviews.digests.pipeline.fan_out.enqueue_many, []

    def meanwhile(*args, **kwargs):
        clicks.append(beside(one_click, mail_program, address(subscription)))
        wait_until_somebody_waits_for_us()
        return original(*args, **kwargs)

    monkeypatch.setattr("reviews.digests.pipeline.fan_out.enqueue_many", meanwhile)

    assert fan_out(digest.pk, NOW) == 1
    assert clicks[0].result(30).status_code == 200
    assert deliver() == 0


def test_a_subscription_that_waits_for_confirmation_can_be_ended_too(mail_program):
    pending = SubscriptionFactory(state="pending", confirmed_at=None)

    one_click(mail_program, address(pending))

    assert state_of(pending)[0] == "unsubscribed"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "nonsense",
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: "A" + token[1:] if token[0] != "A" else "B" + token[1:],
        lambda token: token.split(".")[0],
    ],
    ids=["nonsense", "signature", "key", "unsigned"],
)
def test_a_bad_token_is_not_found(subscription, mail_program, method, spoil):
    token = spoil(token_for(subscription.key))

    assert getattr(mail_program, method)(f"/subscriptions/{token}/unsubscribe/").status_code == 404
    assert state_of(subscription) == ("confirmed", None)


def test_a_link_whose_subscription_is_gone_says_that_it_has_ended(mail_program):
    erased = f"/subscriptions/{token_for(uuid.uuid4())}/unsubscribe/"

    assert mail_program.get(erased).status_code == 200
    assert one_click(mail_program, erased).status_code == 200


def test_the_token_says_nothing_of_the_reader(subscription):
    token = token_for(subscription.key)

    assert subscription.email not in token
    assert token == token_for(subscription.key)
    assert token != token_for(SubscriptionFactory().key)
