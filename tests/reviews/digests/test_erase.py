"""Erasing: the reader is forgotten, in every table; how many messages went out is kept."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from mail.delivery.deliver import deliver
from mail.models import Suppression
from reviews.digests.models import Delivery, Subscription
from reviews.digests.subscribers import subscriptions
from reviews.digests.subscribers.tokens import token_for
from tests.database import in_another_connection, sql
from tests.factories import MilestoneFactory, PublicGroupFactory, SeriesFactory, SubscriptionFactory

from .readers import asks, heading, letters, main
from .stages import fanned_out

pytestmark = pytest.mark.django_db

EMAIL = "ana.unmistakable@example.org"


def address(reader):
    return f"/subscriptions/{token_for(reader.key)}/erase/"


def where_it_stands(text) -> set[str]:
    """The columns of the whole database in which a text stands, however it is written."""
    columns = sql(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns JOIN information_schema.tables"
        " USING (table_schema, table_name)"
        " WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'"
    )
    found = set()
    for schema, table, column in columns:
        [[holds]] = sql(
            f'SELECT EXISTS (SELECT FROM "{schema}"."{table}" WHERE position(%s in lower("{column}"::text)) > 0)', text
        )
        found |= {f"{table}.{column}"} if holds else set()
    return found


@pytest.mark.django_db(transaction=True)
def test_nothing_of_the_reader_is_left_in_any_table(as_staff, sink):
    milestone = MilestoneFactory()
    asks([milestone.series], email=EMAIL, groups=[PublicGroupFactory().pk])
    assert letters(sink, EMAIL)
    reader = Subscription.objects.get()
    subscriptions.confirm(reader, timezone.now())
    as_staff.post(f"/admin/digests/subscription/{reader.pk}/change/", {"email": EMAIL.upper()})
    LogEntry.objects.log_actions(
        as_staff.session["_auth_user_id"], Subscription.objects.all(), 2, "Changed.", single_object=True
    )
    fanned_out(milestone)
    deliver()
    Suppression.objects.create(address=EMAIL.upper(), reason="complaint")
    assert where_it_stands(EMAIL) == {
        "digests_subscription.email",
        "mail_message.address",
        "mail_suppression.address",
    }

    Client().post(address(reader))

    assert where_it_stands(EMAIL) == set()
    assert sql("SELECT count(*) FROM digests_subscription_series") == [(0,)]
    assert sql("SELECT count(*) FROM digests_subscription_groups") == [(0,)]
    delivery = Delivery.objects.get()
    assert (delivery.message.state, delivery.subscription) == ("accepted", None)


@pytest.mark.django_db(transaction=True)
def test_what_has_not_left_does_not_leave_and_the_digest_ends_without_it(sink):
    milestone = MilestoneFactory()
    reader, other = (SubscriptionFactory(series=[milestone.series]) for _ in range(2))
    digest = fanned_out(milestone)

    subscriptions.erase(reader)

    assert deliver() == 1
    assert sink.tried == [other.email]
    digest.refresh_from_db()
    assert digest.state == "sent"
    erased = Delivery.objects.get(subscription=None)
    assert (erased.message.state, erased.message.reason) == ("cancelled", "withdrawn")
    assert erased.message.finished_at


def test_looking_at_the_page_erases_nothing(client):
    reader = SubscriptionFactory()

    for _ in range(5):
        client.head(address(reader))
        page = main(client.get(address(reader)))

    assert '<form method="post">' in page
    assert Subscription.objects.exists()


def test_the_button_needs_the_page():
    reader = SubscriptionFactory()

    assert Client(enforce_csrf_checks=True).post(address(reader)).status_code == 403
    assert Subscription.objects.exists()


def test_pressed_again_it_says_the_same(client):
    reader = SubscriptionFactory()

    answers = [client.post(address(reader)), client.post(address(reader)), client.get(address(reader))]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert [heading(answer) for answer in answers] == ["Everything has been erased"] * 3


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_was_made_up_erases_nobody(client, method):
    reader = SubscriptionFactory()

    response = getattr(client, method)(address(reader).replace("/erase/", "x/erase/"))

    assert response.status_code == 404
    assert Subscription.objects.exists()


def test_others_are_left_alone(client):
    reader, other = SubscriptionFactory(), SubscriptionFactory(series=[SeriesFactory()])
    Suppression.objects.create(address=other.email, reason="bounce")

    client.post(address(reader))

    assert Subscription.objects.get().series.count() == 1
    assert Suppression.objects.get().address == other.email


def test_who_was_erased_can_ask_anew(client, sink):
    reader = SubscriptionFactory(email=EMAIL)
    client.post(address(reader))

    asks([SeriesFactory()], email=EMAIL)

    assert Subscription.objects.get().key != reader.key
    assert len(letters(sink, EMAIL)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_erase_once():
    reader = SubscriptionFactory(series=[SeriesFactory()])
    clicks = [Subscription.objects.get(pk=reader.pk) for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda click: in_another_connection(subscriptions.erase, click), clicks))

    assert not Subscription.objects.exists()
