"""The geometry of the chart of statuses over time, worked out on the server; templates turn it into SVG.

Lengths are numbers from 0 to 100, in percent of the chart's width or height, so that one chart fits every screen. They
are handed to templates as text (`number()`), since those would write a decimal comma in Spanish.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils import formats

from core.text.dates import write_date
from recommendations.models.status import Status

from .history import Point

TICKS = 5  # labels that fit side by side on a phone
LINES = 4
MONTHS_BETWEEN_TICKS = [1, 3, 6, 12, 24, 60, 120, 240]

LEAD_IN = 0.08  # of the time shown: room before the first publication for the numbers of the vertical axis
LABEL_HEIGHT = 9.0  # percent of the chart's height that one line of text takes; see .over-time in site.css


def number(value: float) -> str:
    """Return a length as SVG and CSS want it, whatever the language."""
    return f"{value:.2f}"


@dataclass(frozen=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True)
class TimeAxis:
    """An axis of days from `first` at 0 to `last` at `width` percent."""

    first: date
    last: date
    width: float = 100.0

    def at(self, day: date) -> float:
        """Return the position of `day`; days outside lie at the ends."""
        day = min(max(day, self.first), self.last)
        return self.width * (day - self.first).days / ((self.last - self.first).days or 1)

    @cached_property
    def ticks(self) -> list[Tick]:
        """Return the first days of years, or of months where the time is short, with labels; few enough for a phone."""
        months = range(self.first.year * 12 + self.first.month, self.last.year * 12 + self.last.month)
        for step in MONTHS_BETWEEN_TICKS:
            days = [date(month // 12, month % 12 + 1, 1) for month in months if month % step == 0]
            if len(days) <= TICKS:
                break
        return [
            Tick(number(self.at(day)), formats.date_format(day, "Y" if step >= 12 else "M Y", use_l10n=False))
            for day in days
        ]


@dataclass(frozen=True)
class Band:
    """The area of one status over time, with the label at its right end."""

    status: Status
    path: str
    count: int
    label_at: str


@dataclass(frozen=True)
class StatusAreaChart:
    """A stacked area in steps: closed statuses lie at the bottom, those merely issued on top."""

    points: list[Point]

    @cached_property
    def statuses(self) -> list[Status]:
        """The statuses that any recommendation ever stood at, from top to bottom."""
        return [status for status in Status if any(point.counts[status] for point in self.points)]

    @property
    def labels_all_bands(self) -> bool:
        """True if every band has its label at the right end; one at which none stands any more has none."""
        return all(self.last.counts[status] for status in self.statuses)

    @cached_property
    def is_flat(self) -> bool:
        """True if no count ever changed: then there is nothing to draw."""
        return all(point.counts == self.first.counts for point in self.points)

    @cached_property
    def axis(self) -> TimeAxis:
        first, last = self.first.day, self.last.day
        return TimeAxis(first - (last - first) * LEAD_IN, last)

    @cached_property
    def highest(self) -> int:
        return max(point.total for point in self.points)

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def last(self) -> Point:
        return self.points[-1]

    @property
    def in_words(self) -> str:
        """Return what the chart begins and ends with, for readers who cannot see it."""
        return ", ".join(f"{write_date(point.day)}: {point.in_words}" for point in (self.first, self.last))

    @cached_property
    def lines(self) -> list[Tick]:
        """The horizontal lines, with their numbers."""
        steps = (factor * 10**power for power in range(9) for factor in (1, 2, 5))
        step = next(step for step in steps if self.highest // step <= LINES)
        return [Tick(number(self._height(count)), str(count)) for count in range(step, self.highest + 1, step)]

    @cached_property
    def bands(self) -> list[Band]:
        """A band for each of `statuses`, from top to bottom."""
        tops = [self._height(point.total) for point in self.points]
        paths, labels = [], []
        for status in self.statuses:
            bottoms = [
                top + 100 * point.counts[status] / self.highest for top, point in zip(tops, self.points, strict=True)
            ]
            paths.append(self._path(tops, bottoms))
            labels.append((tops[-1] + bottoms[-1]) / 2)
            tops = bottoms
        now = self.last.counts
        shown = [place for place, status in enumerate(self.statuses) if now[status]]
        spread = dict(zip(shown, spread_out([labels[place] for place in shown], LABEL_HEIGHT), strict=True))
        return [
            Band(status, paths[place], now[status], number(spread.get(place, 0)))
            for place, status in enumerate(self.statuses)
        ]

    def _height(self, count: int) -> float:
        """Return where a stack of `count` ends, from the top of the chart."""
        return 100 - 100 * count / self.highest

    def _path(self, tops, bottoms) -> str:
        """Return a path along the tops and back along the bottoms, in steps: a count holds until the next point."""
        days = [number(self.axis.at(point.day)) for point in self.points]
        tops, bottoms = [number(top) for top in tops], [number(bottom) for bottom in bottoms]
        there = "".join(f"H{day}V{top}" for day, top in zip(days[1:], tops[1:], strict=True))
        back = "".join(f"V{bottom}H{day}" for day, bottom in reversed(list(zip(days, bottoms, strict=True))))
        return f"M{days[0]} {tops[0]}{there}{back}Z"


def spread_out(places: list[float], gap: float) -> list[float]:
    """Return `places`, in order, moved as little as keeps them `gap` apart and between 0 and 100."""
    spread = []
    for place in places:
        spread.append(max(place, spread[-1] + gap if spread else gap / 2))
    limit = 100 - gap / 2
    for index in reversed(range(len(spread))):
        spread[index] = min(spread[index], limit)
        limit = spread[index] - gap
    return spread
