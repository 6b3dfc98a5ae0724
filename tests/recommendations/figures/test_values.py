"""A figure by each of its rules, on each day, agrees with the list as of that day."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommendations.figures.rules import FIGURES, Rule
from recommendations.figures.values import Value, figure_over_time
from recommendations.models import Recommendation
from recommendations.models.status import Status
from tests.database import queries_of
from tests.factories import DocumentFactory, IssueFactory, RecommendationFactory, record

pytestmark = pytest.mark.django_db

UNTIL = date(2026, 1, 1)
IMPLEMENTED = FIGURES["implemented"]


def values(figure=IMPLEMENTED, until=UNTIL) -> dict[str, tuple[float, int]]:
    """The last values, by rule."""
    last = figure_over_time(figure, Recommendation.objects.all(), until)[-1]
    return {rule.value: (value.value, value.total) for rule, value in last.values.items()}


def test_each_rule_counts_in_its_own_way():
    issue = IssueFactory()
    RecommendationFactory(issue=issue, letter="a", status="implemented", priority=True)
    RecommendationFactory(issue=issue, letter="b", status="partially_implemented")
    RecommendationFactory(status="in_progress", priority=True)

    assert values() == {
        "recommendation": (1, 3),
        "issue": (0.5, 2),
        "priority": (1, 2),
        "half": (1.5, 3),
    }
    assert "half" not in values(FIGURES["moved"])
    assert values(FIGURES["open"])["half"] == (1.5, 3)


def test_nothing_published_has_no_values():
    RecommendationFactory(document=DocumentFactory(published_on=UNTIL))

    assert figure_over_time(IMPLEMENTED, Recommendation.objects.all(), UNTIL - timedelta(days=1)) == []


def test_a_share_of_nothing_is_none():
    assert Value(0, 0).share is None


def test_it_takes_two_queries_however_much_there_is():
    for _number in range(5):
        record(RecommendationFactory(), status="in_progress")

    assert queries_of(figure_over_time, IMPLEMENTED, Recommendation.objects.all(), UNTIL) == 2


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from(["issued", "in_progress", "implemented"]),
            st.dates(date(2023, 9, 20), UNTIL),
        ),
        max_size=8,
    )
)
def test_each_day_has_what_the_list_of_that_day_has(moves):
    recommendations = [RecommendationFactory() for _number in range(3)]
    mine = Recommendation.objects.filter(pk__in=[recommendation.pk for recommendation in recommendations])
    for place, status, day in moves:
        record(recommendations[place], status=status, effective_on=day, reason_en="So it was.")

    for figure in FIGURES.values():
        for point in figure_over_time(figure, mine, UNTIL):
            counts = mine.as_of(point.day).count_by_status()
            counted = sum(count for status, count in counts.items() if status in figure.statuses)
            assert point.values[Rule.EACH] == Value(counted, sum(counts.values()))


def test_the_figures_know_every_status():
    assert {status for figure in FIGURES.values() for status in figure.statuses} == set(Status)
