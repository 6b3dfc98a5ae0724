"""Two days, and recommendations that move before, between and after them."""

from datetime import date

from tests.factories import RecommendationFactory, record

SINCE, UNTIL = date(2024, 6, 1), date(2025, 6, 1)
BEFORE, BETWEEN, AFTER = date(2024, 3, 1), date(2024, 12, 1), date(2025, 9, 1)


def move(recommendation, status, day=BETWEEN, **fields):
    """Record that it stands at `status` from `day` on, with all that this may need."""
    successors = [RecommendationFactory()] if status == "superseded" else []
    return record(
        recommendation, status=status, effective_on=day, successors=successors, reason_en="A reason.", **fields
    )
