"""The page of corrections."""

import pytest

from tests.factories import RecommendationFactory, record
from tests.reading import text

pytestmark = pytest.mark.django_db


def test_nothing_corrected_is_said(client):
    assert "Nothing has been corrected yet." in text(client.get("/corrections/"))


def test_a_correction_shows_both_rows_why_and_what_moved(client):
    recommendation = RecommendationFactory(code="2023-A-1", title_en="Modern customs")
    wrong = record(recommendation, status="implemented", what_en="It is done.")
    record(recommendation, corrects=wrong, status="in_progress", what_en="It was begun.", reason_en="Announced only.")

    page = text(client.get("/corrections/"))

    for part in ["2023-A-1", "It is done.", "It was begun.", "Announced only.", "0 days", "/figures/implemented/"]:
        assert part in page


def test_a_digest_that_carried_the_mistake_is_named(client, monkeypatch):
    wrong = record(RecommendationFactory(), status="in_progress")
    record(wrong.recommendation, corrects=wrong, status="issued", reason_en="Not so.")
    monkeypatch.setattr(
        "recommendations.pages.corrections.REPORTED_IN", [lambda updates: {updates[0]: [("A digest", "/digests/1/")]}]
    )

    assert '<a href="/digests/1/">A digest</a>' in text(client.get("/corrections/"))


def test_queries_do_not_depend_on_how_many_there_are(client, django_assert_max_num_queries):
    for _number in range(5):
        wrong = record(RecommendationFactory(), status="in_progress")
        record(wrong.recommendation, corrects=wrong, status="issued", reason_en="Not so.")

    with django_assert_max_num_queries(8):
        client.get("/corrections/")
