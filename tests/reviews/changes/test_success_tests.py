"""Changed success tests on the page of what changed, and in its files."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import DocumentFactory, RecommendationFactory
from tests.history import change_test, days_ago
from tests.reading import text

pytestmark = pytest.mark.django_db


def ago(days) -> str:
    return (timezone.localdate() - timedelta(days=days)).isoformat()


@pytest.fixture
def changed():
    recommendation = RecommendationFactory(code="2023-SB-2", success_test_en="Done when signed.")
    change_test(recommendation, "Done when published.")
    days_ago(5)
    return recommendation


def rows(client, **query) -> list[dict]:
    return json.loads(text(client.get("/changes/export.json", query)))


def test_a_changed_test_is_shown_in_the_days_in_which_it_changed(client, changed):
    shown = {
        (since, until): "1 success test changed"
        in text(client.get("/changes/", {"since": ago(since), "until": ago(until)}))
        for since, until in [(10, 0), (6, 5), (5, 0), (10, 6)]
    }

    assert shown == {(10, 0): True, (6, 5): True, (5, 0): False, (10, 6): False}


def test_it_is_in_the_files_with_its_reason(client, changed):
    [row] = rows(client, since=ago(10))

    assert (row["code"], row["change"]) == ("2023-SB-2", "Success test changed")
    assert row["what_happened"] == [
        "The success test was changed. Before: “Done when signed.” Now: “Done when published.”",
        "Reason: It could not be measured.",
    ]


def test_other_groups_are_left_out(client, changed):
    other = RecommendationFactory()

    assert rows(client, since=ago(10), group=other.group.slug) == []
    assert len(rows(client, since=ago(10), group=changed.group.slug)) == 1


def test_what_is_not_public_is_left_out(client):
    recommendation = RecommendationFactory(document=DocumentFactory(visibility="staff"), success_test_en="A draft.")
    change_test(recommendation, "Another draft.")
    days_ago(5)

    assert rows(client, since=ago(10)) == []
    assert "draft" not in text(client.get("/changes/", {"since": ago(10)}))
