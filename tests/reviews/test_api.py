"""The milestones of the API."""

import json
from datetime import date

import pytest
from django.utils import timezone

from tests.database import sql
from tests.factories import DocumentFactory, MilestoneFactory, SeriesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client):
    def ask(address, status=200) -> dict:
        response = client.get(f"/api/v1/{address}", follow=True)
        assert response.status_code == status
        assert response["Content-Type"] == "application/json"
        assert response["Access-Control-Allow-Origin"] == "*"
        return json.loads(response.content)

    return ask


def test_a_milestone_comes_with_the_history_of_its_dates(ask):
    milestone = MilestoneFactory(
        slug="review-2030",
        series=SeriesFactory(slug="review"),
        name_en="Review",
        name_es="Revisión",
        place_en="Mexico City",
        place_es="Ciudad de México",
        note_en="A note.",
        source_url="https://example.org/",
        checked_on=date(2030, 1, 2),
        day=date(2030, 7, 1),
    )
    milestone.documents.add(DocumentFactory(slug="paper"), DocumentFactory(slug="hidden", visibility="staff"))
    sql(
        "UPDATE reviews_milestone SET state = 'postponed', precision = 'unknown', starts_on = NULL, ends_on = NULL,"
        " date_reason_en = 'An election.', date_reason_es = 'Una elección.'"
    )

    [found] = ask("milestones/")["results"]

    today = timezone.localdate().isoformat()
    lost = {"starts_on": None, "ends_on": None, "precision": "unknown", "state": "postponed"}
    first = {"starts_on": "2030-07-01", "ends_on": "2030-07-01", "precision": "day", "state": "scheduled"}
    assert found == {
        "slug": "review-2030",
        "series": "review",
        "kind": "meeting",
        "name_en": "Review",
        "name_es": "Revisión",
        **lost,
        "place_en": "Mexico City",
        "place_es": "Ciudad de México",
        "note_en": "A note.",
        "note_es": "",
        "time_zone": "America/Mexico_City",
        "source_url": "https://example.org/",
        "checked_on": "2030-01-02",
        "documents": ["paper"],
        "dates": [
            {"revision": 1, **first, "reason_en": "", "reason_es": "", "set_on": today},
            {"revision": 2, **lost, "reason_en": "An election.", "reason_es": "Una elección.", "set_on": today},
        ],
        "url_en": "https://tracker.example/milestones/review-2030/",
        "url_es": "https://tracker.example/es/milestones/review-2030/",
    }


def test_milestones_come_soonest_first_and_those_without_a_date_last(ask):
    MilestoneFactory(slug="undated", day=None, precision="unknown", state="tentative")
    MilestoneFactory(slug="later", day=date(2031, 1, 1))
    MilestoneFactory(slug="sooner", day=date(2030, 1, 1))

    assert [row["slug"] for row in ask("milestones/")["results"]] == ["sooner", "later", "undated"]
