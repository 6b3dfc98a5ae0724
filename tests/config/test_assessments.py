"""The assessments in fixtures/: one for each recommendation, in both languages, short, and not yet reviewed."""

import pytest
from django.core.management import call_command

from recommendations.models import Assessment, Evidence, Recommendation, Testability

pytestmark = pytest.mark.django_db

TEXTS = ["because", "remains", "moves_up", "moves_down", "testability_reason"]


@pytest.fixture
def assessments():
    call_command("load_data", verbosity=0)
    return list(Assessment.objects.select_related("recommendation"))


def test_each_recommendation_has_one(assessments):
    codes = {assessment.recommendation.code for assessment in assessments}

    assert codes == set(Recommendation.objects.values_list("code", flat=True))
    assert len(assessments) == 41
    assert {assessment.testability for assessment in assessments} <= set(Testability.values)


def test_they_are_short_sentences_in_both_languages(assessments):
    for assessment in assessments:
        for name in TEXTS:
            english, spanish = (getattr(assessment, f"{name}_{language}") for language in ("en", "es"))
            assert english[-1] == spanish[-1] == ".", assessment
            assert english != spanish
        assert max(len(assessment.because_en), len(assessment.because_es)) <= 220, assessment


def test_nobody_is_said_to_have_reviewed_them(assessments):
    assert not any(assessment.reviewed_on or assessment.reviewed_by for assessment in assessments)


def test_each_source_says_of_what_kind_it_is(assessments):
    assert not Evidence.objects.filter(kind="").exists()


def test_nothing_is_high_before_staff_have_verified_it(assessments):
    assert set(Recommendation.objects.values_list("evidence_grade", flat=True)) == {"medium", "low"}
