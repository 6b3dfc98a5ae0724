"""The values of a figure by each of its rules, on each day on which one of them changed, from the ledger."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from recommendations.models.status import Status
from recommendations.models.updates import Update
from recommendations.querysets import RecommendationQuerySet

from .rules import Figure, Rule


@dataclass(frozen=True)
class Value:
    """So many (`value`, which may be a fraction) of so many."""

    value: float
    total: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.value / self.total if self.total else None


@dataclass(frozen=True)
class ValuePoint:
    """The values by rule from `day` on, until the next point."""

    day: date
    values: dict[Rule, Value]


def figure_over_time(figure: Figure, recommendations: RecommendationQuerySet, until: date) -> list[ValuePoint]:
    """Return the days on which a value or a total changed, oldest first, with `until` itself as the last.

    A past day's value is what is known now of that day, as `recommendations.as_of(day)` has it; which recommendations
    are a priority is as it is now. Empty where nothing was published by `until`. Two queries.
    """
    published = recommendations.filter(topic__document__published_on__lte=until).order_by()
    rows = list(published.values_list("pk", "issue", "priority", "topic__document__published_on"))
    size_of_issue = Counter(issue for _pk, issue, _priority, _day in rows)
    shares = {pk: _shares(1 / size_of_issue[issue], priority) for pk, issue, priority, _day in rows}
    events = [(day, 0, pk, None) for pk, _issue, _priority, day in rows]
    events += [(day, 1, pk, status) for pk, day, status in _moves(published, until)]
    totals, values, status_of = defaultdict(float), defaultdict(float), {}
    points = {}
    for day, _order, pk, status in sorted(events, key=lambda event: event[:2]):
        before, status_of[pk] = status_of.get(pk), status or Status.ISSUED
        for rule in figure.rules:
            share = shares[pk].get(rule, 0)
            totals[rule] += share * (before is None)
            gained = figure.weight(status_of[pk], rule) - (figure.weight(before, rule) if before else 0)
            values[rule] += share * gained
        points[day] = {rule: Value(round(values[rule], 2), round(totals[rule])) for rule in figure.rules}
    return _where_changed(points, until)


def _shares(share_of_issue, is_priority) -> dict[Rule, float]:
    """Return how much one recommendation adds to the total of each rule."""
    return {Rule.EACH: 1, Rule.HALF: 1, Rule.ISSUE: share_of_issue, Rule.PRIORITY: int(is_priority)}


def _moves(recommendations, until):
    """Return (recommendation, day, status) of the rows in force, in the order in which they decide."""
    updates = Update.objects.in_force().as_of(until).filter(recommendation__in=recommendations.values("pk"))
    return updates.order_by("counts_from", "pk").values_list("recommendation", "counts_from", "status")


def _where_changed(points, until) -> list[ValuePoint]:
    found = []
    for day in sorted(points):
        if not found or found[-1].values != points[day]:
            found.append(ValuePoint(day, points[day]))
    if found and found[-1].day < until:
        found.append(ValuePoint(until, found[-1].values))
    return found
