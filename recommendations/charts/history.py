"""Counts of recommendations by status, day by day, from the ledger."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, Value, Window
from django.db.models.functions import Lag

from recommendations.models.status import Status
from recommendations.models.updates import Update

PUBLISHED_ON = "topic__document__published_on"
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}

# Added up where they are: of many recommendations, only the sums of each day are fetched.
SUM_OF_MOVES = """
    WITH moves (day, before, after, number) AS MATERIALIZED (
        SELECT day, before, after, count(*)::int FROM ({moves}) move (day, before, after) GROUP BY 1, 2, 3
    )
    SELECT day, status, sum(number)
    FROM (
        SELECT day, before, -number FROM moves UNION ALL SELECT day, after, number FROM moves
    ) change (day, status, number)
    GROUP BY day, status
"""


@dataclass(frozen=True)
class Point:
    """The counts by status from `day` on, until the next point; every status is a key."""

    day: date
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def in_words(self) -> str:
        """Return the counts as text; a status at which none stood is left out."""
        return ", ".join(f"{status.label} {self.counts[status]}" for status in Status if self.counts[status])


def status_over_time(recommendations, until: date) -> list[Point]:
    """Return the days on which the counts changed, oldest first, and `until` itself as the last.

    Takes a queryset of Recommendation. On each day from the first publication to `until` the latest point says what
    `recommendations.as_of(day).count_by_status()` does. Empty where nothing was published by `until`. Two queries.
    """
    changes = {}
    for day, count in _publications(recommendations, until):
        changes.setdefault(day, Counter())[Status.ISSUED.value] += count
    for day, status, number in _moves(recommendations, until):
        changes.setdefault(day, Counter())[status] += number
    points, counts = [], dict.fromkeys(Status.values, 0)
    for day in sorted(changes):
        # What went to and fro on one day is no change.
        if any(changes[day].values()):
            counts = {status: count + changes[day][status] for status, count in counts.items()}
            points.append(Point(day, counts))
    if points and points[-1].day < until:
        points.append(Point(until, counts))
    return points


def one_a_period(points: list[Point], at_most: int) -> tuple[list[Point], str]:
    """Return, of many points, the last one of each month, quarter or year, and which of these: `at_most` so many.

    The first point stays in any case. Where there are not more, all of them and "".
    """
    period = ""
    for name, months in MONTHS_OF.items():
        if len(points) <= at_most:
            break
        period = name
        first, *others = points
        lasts = [one for one, after in pairwise(others) if _number(one.day, months) != _number(after.day, months)]
        points = [first, *lasts, others[-1]]
    return points, period


def _number(day, months) -> int:
    """Return which of the spans of so many months a day lies in."""
    return (day.year * 12 + day.month - 1) // months


def _publications(recommendations, until):
    """Return (day, count): a recommendation begins as issued, on the day that its document is published."""
    published = recommendations.filter(**{f"{PUBLISHED_ON}__lte": until}).order_by()
    return published.values_list(PUBLISHED_ON).annotate(Count("pk", distinct=True))


def _moves(recommendations, until):
    """Return (day, status, number): by how much a count went up or down by the rows in force that change a status."""
    before = Window(
        Lag("status", default=Value(Status.ISSUED.value)),
        partition_by="recommendation",
        order_by=["counts_from", "pk"],  # as newest_first(): the later record of a day decides
    )
    moves = (
        Update.objects.in_force()
        .as_of(until)
        .filter(recommendation__in=recommendations.order_by().values("pk"))
        .order_by()
        # Not `previous_status`: that is what stood before when the row was recorded, and rows are entered late.
        .annotate(before=before)
        .exclude(status=F("before"))
        .values_list("counts_from", "before", "status")
    )
    try:
        sql, values = moves.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SUM_OF_MOVES.format(moves=sql), values)
        return cursor.fetchall()
