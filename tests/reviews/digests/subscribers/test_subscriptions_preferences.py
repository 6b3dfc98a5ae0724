"""What a reader gets, seen and changed by the link in each message; and all that is stored about them."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from mail.models import Suppression
from reviews.digests.models import Subscription
from reviews.digests.subscribers import subscriptions
from reviews.digests.subscribers.tokens import token_for
from tests.factories import MilestoneFactory, PublicGroupFactory, SeriesFactory, SubscriptionFactory
from tests.reading import text

from ..readers import main
from ..stages import fanned_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    return SeriesFactory()


@pytest.fixture
def reader(series):
    return SubscriptionFactory(email="ana@example.org", series=[series])


def address(reader, page="", prefix=""):
    return f"{prefix}/subscriptions/{token_for(reader.key)}/{page}"


def wish(*series, groups=(), language="en") -> dict:
    return {"series": [each.pk for each in series], "groups": [each.pk for each in groups], "language": language}


def what_they_get(reader) -> tuple:
    reader.refresh_from_db()
    return list(reader.series.all()), list(reader.groups.all()), reader.language


def test_the_page_shows_the_choices_and_changes_nothing(client, reader, series):
    other, group = SeriesFactory(), PublicGroupFactory()

    client.head(address(reader))
    page = main(client.get(address(reader, "?series=1&language=es")))

    assert "ana@example.org" in page
    assert f'value="{series.pk}" id="id_series_0" checked' in page
    assert f'value="{other.pk}" id="id_series_1" checked' not in page
    assert f'value="{group.pk}" id="id_groups_0" checked' not in page
    assert what_they_get(reader) == ([series], [], "en")


def test_the_choices_can_be_changed(client, reader):
    other, group = SeriesFactory(), PublicGroupFactory()

    response = client.post(address(reader), wish(other, groups=[group], language="es"), follow=True)

    assert "Saved." in main(response)
    assert "<title>Saved." in text(response)  # which a screen reader says, as the page opens
    assert what_they_get(reader) == ([other], [group], "es")
    assert reader.state == "confirmed"


def test_the_page_is_in_the_language_of_its_address(client, reader):
    assert '<html lang="es">' in text(client.get(address(reader, prefix="/es")))


def test_without_a_series_nothing_is_changed_and_the_page_says_why(client, reader, series):
    page = main(client.post(address(reader), wish(language="es")))

    assert 'role="alert"' in page
    assert '<a href="#id_series_0">Choose at least one.</a>' in page
    assert "Saved." not in page
    assert what_they_get(reader) == ([series], [], "en")


def test_the_change_needs_the_page(reader, series):
    response = Client(enforce_csrf_checks=True).post(address(reader), wish(series, language="es"))

    assert response.status_code == 403
    assert what_they_get(reader) == ([series], [], "en")


def test_a_change_does_not_bring_back_what_was_stopped_meanwhile(reader, series):
    stopped = Subscription.objects.get(pk=reader.pk)
    subscriptions.unsubscribe(stopped, timezone.now())

    subscriptions.change(reader, "es", [series], [])  # by a page that was read before

    reader.refresh_from_db()
    assert (reader.state, reader.language) == ("unsubscribed", "es")


def test_who_has_stopped_them_sees_so_and_how_to_begin_again(client, reader):
    subscriptions.unsubscribe(reader, timezone.now())

    page = main(client.get(address(reader)))

    assert "You are not getting digests: they were stopped on" in page
    assert 'href="/subscribe/"' in page
    assert "<form" not in page
    assert address(reader, "unsubscribe/") not in page
    assert address(reader, "erase/") in page


def test_who_has_not_confirmed_is_told_to(client):
    pending = SubscriptionFactory(state="pending", confirmed_at=None)

    page = main(client.get(address(pending)))

    assert "You are not getting digests yet" in page
    assert 'href="/subscribe/"' in page


def test_who_is_suppressed_is_told_whom_to_write_to(client, reader, settings):
    settings.MAIL_REPLY_TO = "The staff <staff@tracker.example>"
    assert "No mail is sent to this address" not in main(client.get(address(reader)))
    Suppression.objects.create(address="Ana@Example.org", reason="bounce")

    page = main(client.get(address(reader)))

    assert "No mail is sent to this address" in page
    assert 'href="mailto:staff@tracker.example"' in page


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["", "data.json"])
def test_nobody_else_gets_there(client, reader, series, method, page):
    token = token_for(reader.key)
    for wrong in [token[:-1], token[1:], str(reader.pk), str(reader.key), f"{token}\0"]:
        response = getattr(client, method)(f"/subscriptions/{wrong}/{page}", wish(series, language="es"))

        assert response.status_code in (400, 404, 405)
        assert "ana@example.org" not in text(response)
    assert what_they_get(reader) == ([series], [], "en")


@pytest.mark.parametrize("page", ["", "data.json", "unsubscribe/", "erase/"])
def test_these_pages_are_neither_stored_nor_listed(client, reader, page):
    response = client.get(address(reader, page))

    assert "no-store" in response["Cache-Control"]
    assert page == "data.json" or '<meta name="robots" content="noindex">' in text(response)


# Own data


@pytest.mark.django_db(transaction=True)  # a digest is frozen in a transaction of its own
def test_the_file_holds_all_that_is_stored(client, reader, series):
    group = PublicGroupFactory()
    reader.groups.add(group)
    delivery = fanned_out(MilestoneFactory(series=series)).deliveries.get()
    Suppression.objects.create(address="Ana@Example.org", reason="complaint")

    response = client.get(address(reader, "data.json"))

    assert response["Content-Disposition"] == 'attachment; filename="my-subscription.json"'
    stored = json.loads(response.content)
    assert (stored["email"], stored["state"], stored["language"]) == ("ana@example.org", "confirmed", "en")
    assert (stored["series"], stored["groups"]) == ([series.slug], [group.slug])
    assert (stored["consent"]["origin"], stored["consent"]["version"]) == ("form", "1")
    assert stored["consent"]["confirmed_at"] == "2026-01-01T00:00:00Z"
    assert [message["message_id"] for message in stored["messages"]] == [delivery.message.message_id]
    assert [each["reason"] for each in stored["suppressed"]] == ["complaint"]
