"""What is left of an address when a part of its query is taken away: never a bare question mark."""

import pytest
from django.utils import timezone

from tests.factories import RecommendationFactory, record
from tests.reading import text

pytestmark = pytest.mark.django_db


def test_without_its_only_filter_the_list_has_its_plain_address(client):
    assert '<a class="chip" href="/recommendations/"' in text(client.get("/recommendations/?open=true"))


def test_a_list_of_everything_is_taken_along_by_its_plain_address(client):
    RecommendationFactory()

    page = text(client.get("/recommendations/"))

    assert 'href="/recommendations/export.csv"' in page
    assert 'href="/recommendations/feed.atom"' in page


def test_changes_between_the_usual_days_are_taken_along_by_their_plain_address(client):
    record(RecommendationFactory(), effective_on=timezone.localdate())

    assert 'href="/changes/export.csv"' in text(client.get("/changes/"))
