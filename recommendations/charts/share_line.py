"""The geometry of the line of a share over time, in steps; lengths as in status_area.py."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext

from .status_area import TimeAxis, number


@dataclass(frozen=True)
class ShareLine:
    """A line from `points`: (day, share from 0 to 1), oldest first."""

    points: list[tuple[date, float]]

    @cached_property
    def axis(self) -> TimeAxis:
        return TimeAxis(self.points[0][0], self.points[-1][0])

    @cached_property
    def path(self) -> str:
        """Return the line: a share holds until the next point."""
        (first, share), *others = self.points
        steps = "".join(f"H{number(self.axis.at(day))}V{number(100 - 100 * share)}" for day, share in others)
        return f"M{number(self.axis.at(first))} {number(100 - 100 * share)}{steps}"

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Return the horizontal lines: where they are, and what they mean."""
        return [
            (number(100 - percent), gettext("%(number)d%%") % {"number": percent}) for percent in (0, 25, 50, 75, 100)
        ]
