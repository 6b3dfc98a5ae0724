"""The rules of the answers, tried past Django: the database itself holds them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from recommendations.models import Addressee, Answer
from tests.database import (
    check_what_waits_for_the_commit,
    in_another_connection,
    insert,
    refused,
    sql,
    wait_until_somebody_waits_for_us,
)
from tests.factories import AddresseeFactory, OrganizationFactory, RecommendationFactory, record_answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def addressee():
    return AddresseeFactory()


def insert_answer(addressee, **columns) -> int:
    """Write an answer of it, an unremarkable one but for the columns given."""
    row = {
        "addressee_id": addressee.pk,
        "kind": "accepted",
        "effective_on": date(2024, 5, 1),
        "precision": "day",
        "said_en": "We agree.",
        "said_es": "",
        "source_title": "A letter",
        "source_publisher": "An agency",
        "source_url": "https://example.org/",
        "reason_en": "",
        "reason_es": "",
        "visibility": "public",
        "recorded_at": timezone.now(),
    }
    return insert("recommendations_answer", **row | columns)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE recommendations_answer SET kind = 'noted'",
        "UPDATE recommendations_answer SET said_en = 'Nothing.'",
        "UPDATE recommendations_answer SET effective_on = '2024-01-01'",
        "UPDATE recommendations_answer SET id = id + 1000",
        "DELETE FROM recommendations_answer",
    ],
)
def test_an_answer_is_never_changed_or_removed(addressee, change):
    record_answer(addressee)

    with refused("ledger_rows_never_change"):
        sql(change)


@pytest.mark.parametrize("table", ["recommendations_answer", "recommendations_addressee"])
def test_the_answers_are_never_emptied(addressee, table):
    record_answer(addressee)
    check_what_waits_for_the_commit()

    with refused("ledger_is_never_emptied"):
        sql(f"TRUNCATE {table} CASCADE")


def test_who_has_answered_stays(addressee):
    record_answer(addressee)

    with refused("addressee_id"):
        sql("DELETE FROM recommendations_addressee")
    for column, other in [("organization_id", OrganizationFactory()), ("recommendation_id", RecommendationFactory())]:
        with refused("answers_stay_with_their_addressee"):
            sql(f"UPDATE recommendations_addressee SET {column} = %s", other.pk)


def test_who_has_not_answered_may_become_another(addressee):
    sql("UPDATE recommendations_addressee SET organization_id = %s", OrganizationFactory(slug="anam").pk)

    assert Addressee.objects.get().organization.slug == "anam"


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"kind": "shrugged"}, "answer_kind_is_known"),
        ({"visibility": "friends"}, "answer_visibility_is_known"),
        ({"precision": "month", "effective_on": date(2024, 5, 2)}, "answer_date_starts_its_period"),
        ({"said_en": ""}, "answer_has_words_and_source"),
        ({"source_title": ""}, "answer_has_words_and_source"),
        ({"source_url": ""}, "answer_has_words_and_source"),
        ({"kind": "retracted"}, "only_a_correction_retracts"),
        ({"effective_on": timezone.localdate() + timedelta(1)}, "answer_is_not_in_the_future"),
        ({"effective_on": date(2023, 9, 17)}, "answer_follows_publication"),
    ],
)
def test_an_answer_says_what_it_must(addressee, columns, rule):
    with refused(rule):
        insert_answer(addressee, **columns)


def test_a_correction_is_of_the_same_addressee_and_readers_and_says_why(addressee):
    earlier = insert_answer(addressee)
    other = AddresseeFactory(recommendation=addressee.recommendation)

    with refused("corrected_answer_has_a_reason"):
        insert_answer(addressee, corrects_id=earlier)
    with refused("correction_matches_what_it_corrects"):
        insert_answer(other, corrects_id=earlier, reason_en="A misreading.")
    with refused("correction_matches_what_it_corrects"):
        insert_answer(addressee, corrects_id=earlier, reason_en="A misreading.", visibility="staff")
    insert_answer(addressee, corrects_id=earlier, reason_en="A misreading.")
    with refused("corrects_id"):
        insert_answer(addressee, corrects_id=earlier, reason_en="A misreading.")


def test_a_writer_has_no_say_in_the_time_of_recording(addressee):
    answer = Answer.objects.get(pk=insert_answer(addressee, recorded_at=timezone.now() - timedelta(days=400)))

    assert timezone.now() - answer.recorded_at < timedelta(minutes=1)


def test_a_document_is_not_published_after_it_was_answered(addressee):
    insert_answer(addressee)

    with refused("update_follows_publication"):
        sql("UPDATE recommendations_document SET published_on = '2024-05-02'")


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_are_taken_one_after_the_other():
    addressee = AddresseeFactory()

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            first = insert_answer(addressee)
            second = pool.submit(in_another_connection, insert_answer, addressee)
            wait_until_somebody_waits_for_us()
        assert second.result() > first
