"""Why a recommendation stands where it does: the line under its status, what would move it, and the rules behind it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from recommendations import confidence
from recommendations.models import Testability
from recommendations.models.status import NEIGHBORS, Status
from tests.factories import SOURCE, AssessmentFactory, RecommendationFactory, UserFactory, record
from tests.reading import in_order, text

pytestmark = pytest.mark.django_db

BECAUSE = "Work began on May 1, 2024."


@pytest.fixture
def recommendation():
    recommendation = RecommendationFactory(code="2023-SB-1", summary_en="Build the bridge.")
    record(recommendation, status="in_progress", evidence=[SOURCE | {"kind": "law"}])
    return recommendation


@pytest.fixture
def read(client):
    def read(query="", prefix=""):
        return text(client.get(f"{prefix}/recommendations/2023-SB-1/{query}"))

    return read


def test_the_reason_stands_under_the_status_before_all_else(recommendation, read):
    AssessmentFactory(recommendation=recommendation)

    assert in_order(read(), 'class="big"', BECAUSE, '<p class="lead">Build the bridge.')


def test_what_remains_and_what_would_move_it_follow(recommendation, read):
    AssessmentFactory(recommendation=recommendation)

    page = read()

    for words in ["Half of it.", "The other half.", "The end of the work.", "Measurable", "It can be counted."]:
        assert words in page


def test_it_is_said_who_wrote_it(recommendation, read):
    assessment = AssessmentFactory(recommendation=recommendation)
    assert "Written from the sources; not yet reviewed by staff." in read()

    assessment.reviewed_on, assessment.reviewed_by = date(2026, 11, 1), UserFactory(username="A Name")
    assessment.save()

    page = read()
    assert "Reviewed by staff on 1 November 2026." in page or "Reviewed by staff on November 1, 2026." in page
    assert "A Name" not in page  # no page names an account


def test_spanish_pages_say_it_in_spanish(recommendation, read):
    AssessmentFactory(recommendation=recommendation)

    assert "La obra empezó el 1 de mayo de 2024." in read(prefix="/es")


def test_confidence_is_there_with_its_reason_even_without_an_assessment(recommendation, read):
    page = read()

    assert "<b>Low.</b>" in page  # its newest row is more than two years old
    assert "Sources: 1, of which firsthand (law or gazette, official statement, data): 1;" in page
    assert 'href="/status-definitions/#confidence"' in page
    assert BECAUSE not in page


def test_it_says_when_an_addressee_was_last_heard(recommendation, read):
    assert "Not yet, as far as is recorded." in read()

    record(recommendation, basis="reported", effective_on=date(2024, 7, 9))

    assert "Not yet, as far as is recorded." not in read()


def test_a_past_view_has_none_of_it(recommendation, read):
    AssessmentFactory(recommendation=recommendation)
    yesterday, today = timezone.localdate() - timedelta(days=1), timezone.localdate()

    assert BECAUSE not in read(f"?as_of={yesterday}")
    assert "What remains" not in read(f"?as_of={yesterday}")
    assert BECAUSE in read(f"?as_of={today}")


def test_staff_are_led_to_the_form(recommendation, editor):
    assessment = AssessmentFactory(recommendation=recommendation)

    page = text(editor.get("/recommendations/2023-SB-1/"))

    assert f"/admin/recommendations/assessment/{assessment.pk}/change/" in page


def test_evidence_says_of_what_kind_it_is_and_quotes(recommendation, read):
    quoted = {"kind": "official", "quotation": "Se abre la ventanilla.", "quotation_language": "es"}
    record(recommendation, evidence=[SOURCE | quoted])

    page = read()

    assert "Law or gazette" in page
    assert "Official statement" in page
    assert '<q lang="es">Se abre la ventanilla.</q>' in page


def test_neighboring_statuses_are_told_apart(client):
    page = text(client.get("/status-definitions/"))

    assert "Silence is not refusal." in page
    told_apart = {status for first, second, _difference in NEIGHBORS for status in (first, second)}
    assert told_apart == set(Status)


def test_the_rules_of_confidence_and_testability_are_given_there(client):
    page = text(client.get("/status-definitions/"))

    assert all(str(rule) in page for rule in confidence.RULES)
    assert all(str(testability.definition) in page for testability in Testability)
