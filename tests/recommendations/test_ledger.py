"""The ledger: append-only, and one with the current status, whoever writes."""

import pytest

from tests.factories import RecommendationFactory, record

pytestmark = pytest.mark.django_db


def test_an_update_sets_the_status():
    recommendation = RecommendationFactory()

    update = record(recommendation, status="in_progress")

    assert (recommendation.status, recommendation.last_update) == ("in_progress", update)
    assert (update.previous_status, update.status) == ("issued", "in_progress")
