"""How the statuses of a set of recommendations came to be what they are, day by day, from the ledger."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Value, Window
from django.db.models.functions import Lag

from .ledger import Update
from .status import Status

PUBLISHED_ON = "issue__topic__document__published_on"


@dataclass(frozen=True)
class Point:
    """How many stood at each status from `day` on, until the next point; every status is a key."""

    day: date
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def status_over_time(recommendations, until: date) -> list[Point]:
    """The days on which the counts changed, oldest first, and `until` itself as the last.

    Takes a queryset of Recommendation. On each day from the first publication to `until` the latest point says what
    `recommendations.as_of(day).count_by_status()` does. Empty where nothing was published by `until`. Two queries.
    """
    changes = {}
    for day, count in _publications(recommendations, until):
        changes.setdefault(day, Counter())[Status.ISSUED.value] += count
    for day, before, after in _moves(recommendations, until):
        changes.setdefault(day, Counter()).update({before: -1})
        changes[day][after] += 1
    points, counts = [], dict.fromkeys(Status.values, 0)
    for day in sorted(changes):
        # What went to and fro on one day is no change.
        if any(changes[day].values()):
            counts = {status: count + changes[day][status] for status, count in counts.items()}
            points.append(Point(day, counts))
    if points and points[-1].day < until:
        points.append(Point(until, counts))
    return points


def _publications(recommendations, until):
    """(day, count): each begins as issued, on the day that its document is published."""
    published = recommendations.filter(**{f"{PUBLISHED_ON}__lte": until}).order_by()
    return published.values_list(PUBLISHED_ON).annotate(Count("pk", distinct=True))


def _moves(recommendations, until):
    """(day, status before, status after) of each row in force that changes the status."""
    before = Window(
        Lag("status", default=Value(Status.ISSUED.value)),
        partition_by="recommendation",
        order_by=["counts_from", "pk"],  # as newest_first(): the later record of a day decides
    )
    return (
        Update.objects.in_force()
        .as_of(until)
        .filter(recommendation__in=recommendations.order_by().values("pk"))
        # Not `previous_status`: that is what stood before when the row was recorded, and rows are entered late.
        .annotate(before=before)
        .exclude(status=F("before"))
        .values_list("counts_from", "before", "status")
    )
