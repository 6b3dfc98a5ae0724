"""What corrections changed, and which figures the mistakes had moved."""

from datetime import date

import pytest

from recommendations.figures.corrections import corrections
from recommendations.models import Recommendation
from tests.database import as_if_recorded
from tests.factories import RecommendationFactory, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def recommendation():
    return RecommendationFactory()


def moved() -> list[tuple[list[str], list[str]]]:
    """The slugs of the figures that each correction moved now, and on past days only."""
    return [
        ([figure.slug for figure in found.moved_now], [figure.slug for figure in found.moved_before])
        for found in corrections(Recommendation.objects.all())
    ]


def test_a_status_that_was_wrong_had_moved_the_figures_that_count_it(recommendation):
    wrong = record(recommendation, status="implemented")
    as_if_recorded(wrong, days_ago=12)
    record(recommendation, status="in_progress", corrects=wrong, reason_en="It was announced only.")

    [found] = corrections(Recommendation.objects.all())
    assert (found.row.corrects, found.days_until_corrected) == (wrong, 12)
    assert moved() == [(["implemented", "open"], [])]


def test_a_date_that_was_wrong_moved_past_days_only(recommendation):
    wrong = record(recommendation, status="in_progress", effective_on=date(2024, 5, 1))
    record(recommendation, status="in_progress", effective_on=date(2024, 3, 1), corrects=wrong, reason_en="A typo.")

    assert moved() == [([], ["moved"])]


def test_words_that_were_wrong_moved_nothing(recommendation):
    wrong = record(recommendation)
    record(recommendation, what_en="Something else.", corrects=wrong, reason_en="A typo.")

    assert moved() == [([], [])]


def test_what_was_corrected_after_more_had_happened_moved_past_days_only(recommendation):
    wrong = record(recommendation, status="partially_implemented", effective_on=date(2024, 1, 1))
    record(recommendation, status="in_progress", effective_on=date(2024, 6, 1), reason_en="Undone.")
    record(recommendation, status="issued", effective_on=date(2024, 1, 1), corrects=wrong, reason_en="Not so.")

    assert moved() == [([], ["moved"])]


def test_a_confirmation_is_no_correction(recommendation):
    first = record(recommendation, basis="public_source")
    record(recommendation, corrects=first, reason_en="Checked.")

    assert corrections(Recommendation.objects.all()) == []


def test_what_is_not_public_is_not_among_them(recommendation):
    note = record(recommendation, visibility="staff")
    record(recommendation, visibility="staff", corrects=note, reason_en="A typo.")

    assert corrections(Recommendation.objects.all()) == []
