"""Confidence and testability in the list: facets, order and files, of now only."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.utils import timezone

from recommendations.models import Recommendation
from tests.factories import SOURCE, AssessmentFactory, record
from tests.reading import choices, chosen, codes, text, total

pytestmark = pytest.mark.django_db

YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def assessed(library):
    """The library, with one status of high confidence, two of medium and one of low, and two assessments."""
    by_code = {recommendation.code: recommendation for recommendation in Recommendation.objects.all()}
    record(by_code["2023-DE-1"], evidence=[SOURCE | {"kind": "law"}], effective_on=YESTERDAY)
    AssessmentFactory(recommendation=by_code["2023-DE-1"], testability="partly")
    AssessmentFactory(recommendation=by_code["2025-AMITI-1"], testability="measurable")
    return library


def test_confidence_is_a_facet_with_counts(assessed, read):
    response = read("confidence=high")

    # What staff have verified without a first-hand source is medium; of the last one nothing is recorded.
    assert choices(response, "confidence") == {"high": 1, "medium": 2, "low": 1}
    assert chosen(response, "confidence") == ["high"]
    assert codes(response) == ["2023-DE-1"]


def test_testability_is_a_facet_with_counts(assessed, read):
    response = read("testability=partly")

    assert choices(response, "testability") == {"partly": 1, "measurable": 1}
    assert codes(response) == ["2023-DE-1"]
    assert choices(read("group=smart-borders"), "testability") == {}


def test_each_count_is_the_number_of_rows_that_choosing_it_gives(assessed, read):
    for query in ["document=paper", "q=2023"]:
        response = read(query)
        for name in ["confidence", "testability"]:
            for value, count in choices(response, name).items():
                assert total(read(f"{query}&{name}={value}")) == count, (query, name, value)


def test_the_list_is_sorted_by_confidence(assessed, read):
    assert codes(read("sort=confidence")) == ["2023-DE-1", "2025-AMITI-1", "2023-SB-1", "2023-SB-2"]


def test_a_past_view_offers_neither(assessed, read):
    response = read("as_of=2024-05-31")

    assert choices(response, "confidence") == choices(response, "testability") == {}


def test_a_past_day_and_confidence_are_refused_together(assessed, client):
    response = client.get("/recommendations/export.csv?as_of=2024-05-31&confidence=high")

    assert response.status_code == 400
    assert "known only for today" in text(response)


def rows(client, query=""):
    return {
        row["code"]: row
        for row in csv.DictReader(StringIO(text(client.get(f"/recommendations/export.csv{query}")).lstrip("\ufeff")))
    }


def test_files_have_them_for_now(assessed, client):
    row = rows(client)["2023-DE-1"]

    assert (row["confidence"], row["testability"]) == ("High", "Partly measurable")
    assert row["because"] == "Work began on May 1, 2024."
    assert rows(client)["2023-SB-1"]["because"] == ""


def test_files_of_a_past_day_have_them_not(assessed, client):
    row = rows(client, "?as_of=2025-12-31")["2023-DE-1"]

    assert {row[name] for name in ["because", "remains", "confidence", "testability", "last_heard_on"]} == {""}


def test_json_says_when_an_addressee_was_heard(assessed, client):
    record(Recommendation.objects.get(code="2023-DE-1"), basis="reported", effective_on=YESTERDAY)

    found = {row["code"]: row for row in json.loads(text(client.get("/recommendations/export.json")))}

    assert found["2023-DE-1"]["last_heard_on"] == YESTERDAY.isoformat()
    assert found["2023-SB-1"]["last_heard_on"] is None
