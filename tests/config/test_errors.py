"""A form that Django cannot read is an error of the sender, whatever the address, and no failure of ours."""

import pytest
from django.test import Client
from justhtml import JustHTML

from reviews.digests.subscribers.tokens import token_for
from tests.factories import SubscriptionFactory
from tests.reading import text

pytestmark = pytest.mark.django_db

LATIN = "application/x-www-form-urlencoded; charset=iso-8859-1"


@pytest.mark.parametrize(
    "address", ["/subscribe/", "/es/subscribe/", "/admin/login/", "/subscriptions/x/", "/nonsense/"]
)
def test_a_form_in_another_encoding_is_answered_as_every_error_is(address):
    response = Client(raise_request_exception=False).post(address, b"email=a%E9", content_type=LATIN)

    assert response.status_code in (400, 404)
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_one_click_in_another_encoding_ends_the_subscription_and_says_so():
    subscription = SubscriptionFactory()

    response = Client().post(
        f"/subscriptions/{token_for(subscription.key)}/unsubscribe/", "List-Unsubscribe=One-Click", content_type=LATIN
    )

    subscription.refresh_from_db()
    assert (response.status_code, subscription.state) == (200, "unsubscribed")
    assert "You will not get any more digests" in text(response)


@pytest.mark.parametrize("page", ["", "confirm/", "unsubscribe/", "erase/", "data.json"])
def test_the_address_of_a_page_behind_a_token_goes_nowhere(client, page):
    response = client.get(f"/subscriptions/{token_for(SubscriptionFactory().key)}/{page}")

    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


def language_link(response) -> str:
    [link] = JustHTML(text(response), sanitize=False).query("a.language")
    return link.attrs["href"]


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("/nonsense/", "/es/nonsense/"),
        ("/recomendaciones/?q=aduana", "/es/recomendaciones/?q=aduana"),
        ("/recommendations/2023-XX-9/", "/es/recommendations/2023-XX-9/"),
        ("/milestones/nowhere.ics", "/es/milestones/nowhere.ics"),
    ],
)
def test_the_language_link_of_a_page_that_is_not_there_leads_to_the_other_language(client, english, spanish):
    for here, there, language in [(english, spanish, "en"), (spanish, english, "es")]:
        response = client.get(here)

        assert response.status_code == 404
        assert f'<html lang="{language}">' in text(response)
        assert language_link(response) == there


def test_the_language_link_leads_to_no_other_site(client):
    assert language_link(client.get("/es//evil.example/")) == "/%2Fevil.example/"
