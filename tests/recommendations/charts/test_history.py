"""Status over time: what stood where on every day, in one go."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations.charts.history import Point, one_a_period, status_over_time
from recommendations.models import Recommendation
from recommendations.models.status import Status
from tests.factories import DocumentFactory, RecommendationFactory, record
from tests.recommendations.ledger.plain_ledger import PlainLedger, drafts

pytestmark = pytest.mark.django_db

PUBLISHED = date(2023, 9, 18)
LATER = date(2024, 3, 15)
UNTIL = date(2026, 1, 1)


def history(until=UNTIL) -> list[tuple]:
    """The points of all recommendations: (day, {status: count}) without the statuses at which none stands."""
    points = status_over_time(Recommendation.objects.all(), until)
    return [(point.day, {status: count for status, count in point.counts.items() if count}) for point in points]


def counts_on(points, day) -> dict:
    """What the points say of a day: the latest one that is not after it."""
    earlier = [point.counts for point in points if point.day <= day]
    return earlier[-1] if earlier else dict.fromkeys(Status.values, 0)


@settings(deadline=None, max_examples=25)
@given(of_one=drafts(), of_other=drafts(), until=st.dates(PUBLISHED, timezone.localdate()))
def test_every_day_says_what_the_view_as_of_that_day_counts(of_one, of_other, until):
    models = [
        PlainLedger(RecommendationFactory(document=DocumentFactory(published_on=day)), RecommendationFactory())
        for day in (PUBLISHED, LATER)
    ]
    for model, its_drafts in zip(models, (of_one, of_other), strict=True):
        published = model.recommendation.document.published_on
        for draft in its_drafts:
            model.record(draft | {"effective_on": max(draft["effective_on"], published)})
    asked = Recommendation.objects.filter(pk__in=[model.recommendation.pk for model in models])

    points = status_over_time(asked, until)

    # Between these days neither can change.
    days = {day for model in models for day in model.turning_points()} | {PUBLISHED, LATER, until}
    days |= {day - timedelta(days=1) for day in days}
    said = {day: counts_on(points, day) for day in days if day <= until}
    assert said == {day: asked.as_of(day).count_by_status() for day in said}


def test_it_begins_with_the_first_publication_and_ends_with_the_day_asked_for():
    RecommendationFactory(document=DocumentFactory(published_on=PUBLISHED))
    RecommendationFactory.create_batch(2, document=DocumentFactory(published_on=LATER))

    assert history() == [(PUBLISHED, {"issued": 1}), (LATER, {"issued": 3}), (UNTIL, {"issued": 3})]


def test_a_point_for_each_day_on_which_the_counts_change_and_for_no_other():
    one, other = RecommendationFactory.create_batch(2)
    record(one, status="in_progress", effective_on=date(2024, 5, 1))
    record(one, effective_on=date(2024, 6, 1))  # nothing new
    record(other, status="in_progress", effective_on=date(2024, 7, 1))
    record(one, status="issued", reason_en="It was stopped.", effective_on=date(2024, 7, 1))  # they change places

    assert [day for day, _counts in history()] == [PUBLISHED, date(2024, 5, 1), UNTIL]


def test_a_day_of_change_is_not_told_twice_when_it_is_the_last():
    record(RecommendationFactory(), status="implemented", effective_on=date(2024, 5, 1))

    assert history(until=date(2024, 5, 1)) == [(PUBLISHED, {"issued": 1}), (date(2024, 5, 1), {"implemented": 1})]


def test_an_update_entered_late_counts_from_its_own_date():
    recommendation = RecommendationFactory()
    record(recommendation, status="partially_implemented", effective_on=date(2024, 5, 1))
    record(recommendation, status="in_progress", effective_on=date(2024, 2, 1))

    assert history()[1:3] == [
        (date(2024, 2, 1), {"in_progress": 1}),
        (date(2024, 5, 1), {"partially_implemented": 1}),
    ]


def test_nothing_is_told_before_anything_was_published():
    RecommendationFactory()

    assert history(until=PUBLISHED - timedelta(days=1)) == []


def test_it_takes_two_queries_however_many_rows(django_assert_num_queries):
    group = RecommendationFactory().group
    for recommendation in RecommendationFactory.create_batch(5, group=group):
        record(recommendation, status="in_progress")
        record(recommendation, status="implemented", effective_on=date(2024, 6, 1))

    with django_assert_num_queries(2):
        points = status_over_time(Recommendation.objects.filter(issue__topic__group=group).current(), UNTIL)

    assert points[-1].counts["implemented"] == 5


class TestOneAPeriod:
    DAYS = [date(2023, 12, 30), date(2023, 12, 31), date(2024, 1, 5), date(2024, 3, 1), date(2024, 3, 9)]

    @pytest.fixture
    def points(self):
        return [Point(day, {"issued": place}) for place, day in enumerate(self.DAYS)]

    def test_all_of_few(self, points):
        assert one_a_period(points, at_most=5) == (points, "")

    @pytest.mark.parametrize(
        ("at_most", "period", "kept"),
        [(4, "month", [0, 1, 2, 4]), (3, "quarter", [0, 1, 4]), (2, "year", [0, 1, 4])],
    )
    def test_of_many_the_first_and_the_last_of_each_period(self, points, at_most, period, kept):
        assert one_a_period(points, at_most) == ([points[place] for place in kept], period)

    def test_none_of_none(self):
        assert one_a_period([], at_most=5) == ([], "")
