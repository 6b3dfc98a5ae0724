import pytest
from django.core.cache import cache

from tests.factories import MilestoneFactory, RecommendationFactory, SubscriptionFactory
from tests.mail.conftest import sink, worker  # noqa: F401 (fixtures)
from tests.mail.messages import READERS

from .stages import fanned_out


@pytest.fixture(autouse=True)
def _nobody_has_asked_for_anything():
    """The counts of core/limits/rate_limit.py begin anew."""
    cache.clear()


@pytest.fixture
def recommendation():
    return RecommendationFactory(code="2023-SB-1")


@pytest.fixture
def milestone():
    return MilestoneFactory()


@pytest.fixture
def digest(milestone):
    """For Ada, Ben and Cam, who are written to in this order."""
    for email in READERS:
        SubscriptionFactory(series=[milestone.series], email=email)
    return fanned_out(milestone)
