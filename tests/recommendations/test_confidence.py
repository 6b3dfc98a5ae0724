"""How well a status is supported: the rule of recommendations/confidence.py, case by case."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.database.objects import read_sql
from core.text.dates import write_date
from recommendations.confidence import LOW_AFTER, MEDIUM_AFTER, Confidence, Grounds
from recommendations.models import Recommendation
from recommendations.models.evidence import FIRST_HAND
from tests.database import sql
from tests.factories import SOURCE, AddresseeFactory, RecommendationFactory, record, record_answer

pytestmark = pytest.mark.django_db

NEW = timezone.localdate() - timedelta(days=30)


def source(kind="press", publisher="A newspaper", url="https://example.org/1"):
    return SOURCE | {"kind": kind, "publisher": publisher, "url": url}


def confidence(recommendation, on=None) -> str:
    return Recommendation.objects.with_confidence(on or timezone.localdate()).get(pk=recommendation.pk).confidence


def recommendation_with(*evidence, basis="public_source", effective_on=NEW, status="in_progress"):
    recommendation = RecommendationFactory()
    record(recommendation, status=status, evidence=list(evidence), basis=basis, effective_on=effective_on)
    return recommendation


def test_without_any_row_it_is_low():
    assert confidence(RecommendationFactory()) == Confidence.LOW


@pytest.mark.parametrize(
    ("evidence", "basis", "expected"),
    [
        ([source("law")], "verified", "high"),
        ([source("official")], "verified", "high"),
        ([source("data")], "verified", "high"),
        ([source("press")], "verified", "medium"),
        ([], "verified", "medium"),
        ([source("law")], "public_source", "medium"),
        ([source("press"), source("press", "A magazine", "https://example.org/2")], "public_source", "medium"),
        ([source("press"), source("press", "a newspaper", "https://example.org/2")], "public_source", "low"),
        ([source("press")], "reported", "medium"),
        ([], "reported", "low"),
        ([source("correspondence")], "public_source", "low"),
        ([source("")], "public_source", "low"),
    ],
)
def test_its_grade_comes_from_kind_number_and_verification(evidence, basis, expected):
    assert confidence(recommendation_with(*evidence, basis=basis)) == expected


@pytest.mark.parametrize(
    ("kind", "days", "expected"),
    [
        ("law", MEDIUM_AFTER, "high"),
        ("law", MEDIUM_AFTER + 1, "medium"),
        ("law", LOW_AFTER, "medium"),
        ("law", LOW_AFTER + 1, "low"),
        ("press", LOW_AFTER, "medium"),
    ],
)
def test_age_lowers_what_is_open(kind, days, expected):
    today = date(2026, 11, 1)
    recommendation = recommendation_with(source(kind), basis="verified", effective_on=today - timedelta(days=days))

    assert confidence(recommendation, today) == expected


def test_what_is_closed_does_not_age():
    recommendation = recommendation_with(
        source("law"), basis="verified", effective_on=date(2023, 10, 1), status="implemented"
    )

    assert confidence(recommendation, date(2026, 11, 1)) == "high"


def test_only_the_rows_from_the_deciding_one_on_count():
    recommendation = recommendation_with(source("law"), basis="verified", status="under_consideration")
    record(recommendation, status="in_progress", evidence=[source()], basis="public_source", effective_on=NEW)

    assert confidence(recommendation) == "low"
    assert Grounds.of(recommendation).sources == 1

    record(recommendation, evidence=[source("data", "A statistics office", "https://example.org/3")], effective_on=NEW)

    assert confidence(recommendation) == "high"
    assert Grounds.of(recommendation).sources == 2


def test_a_late_row_of_another_status_parts_the_rows():
    recommendation = recommendation_with(source("law"), effective_on=date(2026, 1, 1))
    record(recommendation, evidence=[source()], basis="public_source", effective_on=date(2026, 3, 1))
    record(
        recommendation,
        status="issued",
        reason_en="It had stopped.",
        evidence=[],
        basis="public_source",
        effective_on=date(2026, 2, 1),
    )

    grounds = Grounds.of(recommendation)

    assert (recommendation.status, grounds.since, grounds.first_hand) == ("in_progress", date(2026, 3, 1), 0)


def test_two_publishers_count_where_they_report_the_same_row():
    recommendation = recommendation_with(source(publisher="A newspaper"))
    record(
        recommendation,
        evidence=[source(publisher="A magazine", url="https://example.org/2")],
        basis="public_source",
        effective_on=NEW,
    )

    assert confidence(recommendation) == "low"


def test_rows_that_are_corrected_or_not_public_do_not_count():
    recommendation = recommendation_with(source("law"), basis="verified")
    mistaken = recommendation.updates.get()
    record(recommendation, corrects=mistaken, reason_en="Another source.", evidence=[source()], basis="public_source")
    record(recommendation, visibility="staff", evidence=[source("law")], basis="verified")

    assert confidence(recommendation) == "low"


def test_it_is_never_typed():
    recommendation = recommendation_with(source())

    with pytest.raises(IntegrityError, match="comes from its ledger"), transaction.atomic():
        sql(f"UPDATE recommendations_recommendation SET evidence_grade = 'high' WHERE id = {recommendation.pk}")


def test_it_is_explained():
    recommendation = recommendation_with(source("law"), source(), effective_on=date(2025, 8, 1))

    words = Grounds.of(recommendation).explain(date(2026, 11, 1))

    assert words == (
        "Not yet verified by staff. Sources: 1, of which first-hand (law or gazette, official statement, data): 1;"
        f" rows that two publishers report: 0. Newest row: {write_date(date(2025, 8, 1))}. That is over a year ago, so confidence is medium at most."
    )
    assert Grounds.of(RecommendationFactory()).explain(date(2026, 11, 1)) == "Nothing is recorded yet."


def test_the_database_takes_the_same_kinds_for_first_hand():
    assert "IN ({})".format(", ".join(f"'{kind.value}'" for kind in FIRST_HAND)) in read_sql(
        "recommendations", "ledger_grounds"
    )


def test_past_views_have_none():
    RecommendationFactory()

    assert Recommendation.objects.with_confidence(None).get().confidence == ""


def test_when_an_addressee_was_last_heard():
    recommendation = RecommendationFactory()

    def last_heard():
        return Recommendation.objects.with_last_heard().get(pk=recommendation.pk).last_heard_on

    record(recommendation, effective_on=date(2025, 1, 1))
    AddresseeFactory(recommendation=recommendation)
    assert last_heard() is None

    record(recommendation, basis="reported", effective_on=date(2024, 1, 1))
    assert last_heard() == date(2024, 1, 1)

    record_answer(AddresseeFactory(recommendation=recommendation), "noted", effective_on=date(2024, 3, 1))
    assert last_heard() == date(2024, 3, 1)
