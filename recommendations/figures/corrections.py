"""The effects of corrections: the rows before and after, how long it took, and which published figures moved."""

from dataclasses import dataclass

from core.visibility import Visibility
from recommendations.models import Update
from recommendations.models.status import Status

from .rules import FIGURES, Figure, Rule


@dataclass(frozen=True)
class Correction:
    """A public row of the ledger that corrects an earlier one, with what that changed.

    `moved_now` are the figures that were another number at once; `moved_before`, those of which only the past was.
    """

    row: Update
    moved_now: list[Figure]
    moved_before: list[Figure]

    @property
    def days_until_corrected(self) -> int:
        return (self.row.recorded_at - self.row.corrects.recorded_at).days


def corrections(recommendations) -> list[Correction]:
    """Return the corrections of `recommendations`, newest first, without those that only confirm a row. Three queries."""
    public = Update.objects.filter(visibility=Visibility.PUBLIC).filter(recommendation__in=recommendations)
    rows = public.filter(corrects__isnull=False).for_timeline().order_by("-recorded_at", "-pk")
    rows = [row for row in rows.select_related("recommendation", "corrects") if not row.is_confirmation]
    ledgers = {}
    for row in public.filter(recommendation__in={row.recommendation_id for row in rows}).order_by("counts_from", "pk"):
        ledgers.setdefault(row.recommendation_id, []).append(row)
    return [_correction(row, ledgers[row.recommendation_id]) for row in rows]


def _correction(row, ledger) -> Correction:
    before = _course([other for other in ledger if other.pk < row.pk])
    after = _course([other for other in ledger if other.pk <= row.pk])
    moved_now, moved_before = [], []
    for figure in FIGURES.values():
        weights = [[(day, figure.weight(status, Rule.EACH)) for day, status in course] for course in (before, after)]
        if weights[0][-1][1] != weights[1][-1][1]:
            moved_now.append(figure)
        elif _steps(weights[0]) != _steps(weights[1]):
            moved_before.append(figure)
    return Correction(row, moved_now, moved_before)


def _course(ledger) -> list[tuple]:
    """Return (day, status) in order, as a ledger with just these rows says it; it begins as issued."""
    corrected = {row.corrects_id for row in ledger}
    return [(None, Status.ISSUED), *((row.counts_from, row.status) for row in ledger if row.pk not in corrected)]


def _steps(weights) -> list[tuple]:
    """Return the days on which a weight changed; of one day, the last decides."""
    steps, current = [], weights[0][1]
    for day, weight in dict(weights).items():
        if weight != current:
            steps.append((day, weight))
            current = weight
    return steps
