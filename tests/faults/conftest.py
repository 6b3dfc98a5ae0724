from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from tests.factories import MilestoneFactory, RecommendationFactory, SeriesFactory, SubscriptionFactory, record
from tests.mail.conftest import sink, worker  # noqa: F401 (fixtures)
from tests.mail.messages import READERS


@pytest.fixture
def milestone():
    """In a week, with two updates to tell; its digest has been due since midnight."""
    for what in ("A bridge opened.", "A law passed."):
        record(RecommendationFactory(), what_en=what, what_es=what)
    return MilestoneFactory(
        series=SeriesFactory(send_hour=0, lead_days=[7]), day=localdate() + timedelta(days=7), name_en="Joint review"
    )


@pytest.fixture
def readers(milestone) -> list:
    """Of its series, in the order in which they are written to."""
    return [SubscriptionFactory(series=[milestone.series], email=email) for email in READERS]
