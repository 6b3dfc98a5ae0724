"""One click ends it (RFC 8058); looking at the page does not."""

import uuid

import pytest
from django.test import Client

from reviews.digests.mail.subscription_email import send_letters
from reviews.digests.mail.tokens import token_for
from tests.factories import SubscriptionFactory

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


def test_a_letter_that_waits_is_not_sent_after_it(mail_program, sink):
    pending = SubscriptionFactory(state="pending", confirmed_at=None, letter="confirm")

    one_click(mail_program, address(pending))

    assert send_letters() == 0
    assert not sink.tried


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
