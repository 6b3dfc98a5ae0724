"""Sources of the ledger's rows: never changed, but what they left open is filled in once."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from recommendations.models import Evidence, Recommendation
from tests.database import sql
from tests.factories import SOURCE, RecommendationFactory, record

pytestmark = pytest.mark.django_db

QUOTED = {"quotation": "Se creó una ventanilla única.", "quotation_language": "es"}


def evidence(**fields) -> Evidence:
    return record(RecommendationFactory(), evidence=[SOURCE | fields]).evidence.get()


def write(source, columns):
    sql(f"UPDATE recommendations_evidence SET {columns} WHERE id = {source.pk}")


def test_a_kind_and_a_quotation_are_stored_with_the_row():
    source = evidence(kind="law", **QUOTED)

    assert (source.kind, source.quotation, source.quotation_language) == ("law", *QUOTED.values())


def test_what_was_left_open_is_filled_in_once():
    source = evidence()

    write(source, "kind = 'official'")
    write(source, "quotation = 'We work together.', quotation_language = 'en'")

    source.refresh_from_db()
    assert (source.kind, source.quotation) == ("official", "We work together.")
    for change in ["kind = 'law'", "kind = ''", "quotation = 'We do not.'", "quotation_language = 'es'"]:
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            write(source, change)


def test_a_row_that_is_older_than_a_column_is_filled_in_too():
    source = evidence()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE recommendations_evidence ADD COLUMN added_later text NOT NULL DEFAULT ''")

    write(source, "kind = 'law'")

    source.refresh_from_db()
    assert source.kind == "law"
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        write(source, "added_later = 'Other'")


@pytest.mark.parametrize(
    "change", ["title = 'Other'", "published_on = '2024-01-01'", "kind = 'law', url = 'https://example.org/2'"]
)
def test_nothing_else_changes_with_it(change):
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        write(evidence(), change)


def test_nothing_is_removed():
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        sql(f"DELETE FROM recommendations_evidence WHERE id = {evidence().pk}")


def test_a_kind_that_is_filled_in_counts_at_once():
    recommendation = RecommendationFactory()
    update = record(recommendation, status="in_progress", basis="public_source", effective_on=date(2026, 1, 1))
    assert Recommendation.objects.get().evidence_grade == "low"

    write(update.evidence.get(), "kind = 'law'")

    assert Recommendation.objects.get().evidence_grade == "medium"


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "rumor"},
        {"quotation": "Without its language."},
        {"quotation_language": "en"},
        {"quotation": "word " * 20, "quotation_language": "en"},
    ],
)
def test_what_cannot_be_is_refused(fields):
    with pytest.raises(ValidationError):
        evidence(**fields)


def test_nineteen_words_may_be_quoted():
    assert evidence(quotation=("word " * 19).strip(), quotation_language="en").pk
