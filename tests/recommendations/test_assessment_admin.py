"""How staff keep an assessment: on its own short page, with a tick for their review."""

import pytest
from django.urls import reverse
from django.utils import timezone

from recommendations.models import Assessment
from tests.factories import AssessmentFactory, RecommendationFactory, record
from tests.reading import text

pytestmark = pytest.mark.django_db

TEXTS = {
    f"{name}_{language}": "A sentence."
    for name in ["because", "remains", "moves_up", "moves_down", "testability_reason"]
    for language in ["en", "es"]
}


def page_of(assessment) -> str:
    return reverse("admin:recommendations_assessment_change", args=[assessment.pk])


def form_of(assessment) -> dict:
    return {name: getattr(assessment, name) for name in [*TEXTS, "testability"]}


def test_the_page_shows_what_is_judged(editor):
    assessment = AssessmentFactory(recommendation__success_test_en="Implemented when the bridge is open.")
    record(assessment.recommendation, status="in_progress", what_en="They began to build.")

    page = text(editor.get(page_of(assessment)))

    assert "Implemented when the bridge is open." in page
    assert "They began to build." in page
    assert "Not yet reviewed by staff." in page


def test_one_is_written_for_a_recommendation_that_has_none(editor):
    recommendation = RecommendationFactory()
    address = reverse("admin:recommendations_assessment_add") + f"?recommendation={recommendation.pk}"
    assert editor.get(address).status_code == 200

    editor.post(address, TEXTS | {"recommendation": recommendation.pk, "testability": "not"})

    assert recommendation.assessment.testability == "not"
    assert recommendation.assessment.reviewed_on is None


def test_a_tick_says_who_reviewed_it_and_when(editor):
    assessment = AssessmentFactory()

    editor.post(page_of(assessment), form_of(assessment) | {"is_reviewed": "on"})

    assessment.refresh_from_db()
    assert assessment.reviewed_on == timezone.localdate()
    assert assessment.reviewed_by.email == "ed@example.org"


def test_a_change_without_the_tick_takes_the_review_back(editor):
    assessment = AssessmentFactory()
    editor.post(page_of(assessment), form_of(assessment) | {"is_reviewed": "on"})

    editor.post(page_of(assessment), form_of(assessment))
    assert Assessment.objects.get().reviewed_on is not None

    editor.post(page_of(assessment), form_of(assessment) | {"because_en": "Another reason."})
    assert (Assessment.objects.get().reviewed_on, Assessment.objects.get().because_en) == (None, "Another reason.")


def test_the_form_of_the_recommendation_leads_to_it(editor):
    assessment, without = AssessmentFactory(), RecommendationFactory()

    def form(recommendation):
        return text(editor.get(reverse("admin:recommendations_recommendation_change", args=[recommendation.pk])))

    assert page_of(assessment) in form(assessment.recommendation)
    assert f"assessment/add/?recommendation={without.pk}" in form(without)
