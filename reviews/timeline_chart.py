"""The geometry of the milestone lines: one line of time for each series, all on the same axis.

Across, lengths are in percent of the width; down, in rem, as the text beside them. What lies next to each other is kept
apart for the narrowest sheet on which the lines are drawn; on a wider one there is only more room.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from recommendations.charts.status_area import TimeAxis, number

from .models import EXPECTED, UNRECORDED, Milestone, MilestoneState, Series

SHEET_WIDTH = 44  # rem: the narrowest sheet; on a narrower screen site.css leaves the picture out for the lists
YEARS_BACK = 4
YEARS_AHEAD = 3
AXIS_WIDTH = 88.0  # to the right of the axis stands what comes later, or has no date
BEYOND = 94.0

MARK_SIZE = 1.0  # rem, height and width with the space around it
ROW = 1.3  # rem, one line of labels
MAX_LABELS = 6  # at most so many on one line of time, each on a line of text of its own if need be
LETTER_WIDTH = 0.44  # rem: a little more than the average width of a letter
GAP = 0.3  # rem between a label and the line that leads to it

STATES = {
    MilestoneState.HELD.value: _("Held or passed"),
    UNRECORDED: _("Date passed; outcome not recorded"),
    MilestoneState.SCHEDULED.value: MilestoneState.SCHEDULED.label,
    MilestoneState.TENTATIVE.value: MilestoneState.TENTATIVE.label,
    MilestoneState.UNANNOUNCED.value: MilestoneState.UNANNOUNCED.label,
    MilestoneState.POSTPONED.value: MilestoneState.POSTPONED.label,
    MilestoneState.CANCELLED.value: MilestoneState.CANCELLED.label,
}
SHOWN_BY_BARS = [MilestoneState.HELD, MilestoneState.SCHEDULED, MilestoneState.TENTATIVE]


@dataclass
class TimelineMark:
    """One milestone on its line: a mark on a day, or a bar over a window; with a label where there is room for it."""

    milestone: Milestone
    state: str
    start: float
    end: float
    level: int = 0
    row: int | None = None
    y: str = ""
    label_y: str = ""

    @property
    def is_window(self) -> bool:
        return self.end > self.start

    @property
    def has_shape(self) -> bool:
        """Return whether it bears the shape of its state; a bar says by itself that it is full, outlined or hatched."""
        return not self.is_window or self.state not in SHOWN_BY_BARS

    @property
    def is_beyond(self) -> bool:
        return self.start >= BEYOND

    @property
    def reads_leftwards(self) -> bool:
        """Return whether its label ends at the mark, since to the right there is no room."""
        return self.start > 60

    @property
    def label(self) -> str:
        name = self.milestone.name
        return f"{name} ({self.milestone.when})" if self.is_beyond and self.milestone.starts_on else name

    @property
    def in_words(self) -> str:
        """Return what the mark shows, for readers who cannot see it."""
        return f"{self.milestone.name}, {self.milestone.when}, {self.milestone.state_in_words}"

    @property
    def left(self) -> str:
        return number(self.start)

    @property
    def middle(self) -> str:
        return number((self.start + self.end) / 2)

    @property
    def width(self) -> str:
        return number(self.end - self.start)

    @property
    def extent(self) -> tuple[float, float]:
        half = _share(MARK_SIZE) / 2
        return (self.start, self.end) if self.is_window else (self.start - half, self.end + half)

    @property
    def label_extent(self) -> tuple[float, float]:
        near, far = _share(GAP), _share(GAP + LETTER_WIDTH * len(self.label))
        if self.reads_leftwards:
            return self.start - far, self.start - near
        return self.start + near, self.start + far


@dataclass
class SeriesLine:
    """The marks of one series, oldest first, and how high the picture of them is."""

    series: Series
    marks: list[TimelineMark] = field(default_factory=list)

    def lay_out(self, labeled: list[TimelineMark]):
        """Stack the marks that would touch, and give labels to those of `labeled` that find room."""
        levels, rows = [], []
        for mark in self.marks:
            mark.level = _first_free(levels, mark.extent)
        # From the ends of the labels inwards: so the lines that lead down to the later ones cross none of the earlier.
        rightwards = [mark for mark in reversed(self.marks) if not mark.reads_leftwards]
        leftwards = [mark for mark in self.marks if mark.reads_leftwards]
        for mark in rightwards + leftwards:
            if mark in labeled:
                mark.row = _free_row(rows, mark)
        for mark in self.marks:
            mark.y = number(self._ground - (mark.level + 0.5) * MARK_SIZE)
            if mark.row is not None:
                mark.label_y = number(self._ground + (mark.row + 1) * ROW)

    @property
    def in_words(self) -> str:
        """Return what the line shows, for readers who cannot see it."""
        return f"{self.series.name}: {'; '.join(mark.in_words for mark in self.marks)}"

    @property
    def _ground(self) -> float:
        return MARK_SIZE * max((mark.level + 1 for mark in self.marks), default=1)

    @property
    def ground(self) -> str:
        return number(self._ground)

    @property
    def height(self) -> str:
        rows = max((mark.row + 1 for mark in self.marks if mark.row is not None), default=0)
        return number(self._ground + rows * ROW + 0.6)


@dataclass
class MilestoneTimeline:
    """The lines of all series on one axis."""

    axis: TimeAxis
    today: date
    lines: list[SeriesLine]
    earlier: int

    @cached_property
    def today_at(self) -> str:
        return number(self.axis.at(self.today))

    @cached_property
    def states(self) -> list[tuple[str, str]]:
        """The states that are shown, for the key."""
        shown = {mark.state for line in self.lines for mark in line.marks}
        return [(state, label) for state, label in STATES.items() if state in shown]

    @property
    def axis_width(self) -> str:
        return number(AXIS_WIDTH)


def draw_timeline(series: list[Series], today: date) -> MilestoneTimeline:
    """Takes series with their milestones fetched, in any order.

    The axis goes back to the first milestone of the last four years, and on to the last of the next three, by whole
    years. Earlier ones are only counted; later ones, and those without a date, stand beyond its end.
    """
    milestones = [milestone for line in series for milestone in line.milestones.all()]
    dated = [milestone for milestone in milestones if milestone.starts_on]
    recent = [milestone.starts_on.year for milestone in dated if milestone.ends_on.year >= today.year - YEARS_BACK]
    soon = [milestone.ends_on.year for milestone in dated if milestone.ends_on.year <= today.year + YEARS_AHEAD]
    first = date(max(min([*recent, today.year]), today.year - YEARS_BACK), 1, 1)
    last = date(max([*soon, today.year]), 12, 31)
    axis = TimeAxis(first, last, AXIS_WIDTH)
    shown = {milestone for milestone in milestones if not milestone.ends_on or milestone.ends_on >= first}
    lines = [
        _line(line, [milestone for milestone in line.milestones.all() if milestone in shown], axis, today)
        for line in series
    ]
    return MilestoneTimeline(axis, today, [line for line in lines if line.marks], len(milestones) - len(shown))


def _line(series, milestones, axis, today) -> SeriesLine:
    marks = [_mark(milestone, axis, today) for milestone in milestones]
    marks.sort(key=lambda mark: (mark.start, mark.end, mark.milestone.pk))
    line = SeriesLine(series, marks)
    coming = [mark for mark in marks if not mark.milestone.has_passed(today)]
    past = [mark for mark in reversed(marks) if mark.milestone.has_passed(today)]
    line.lay_out([*coming, *past][:MAX_LABELS])
    return line


def _mark(milestone, axis, today) -> TimelineMark:
    unrecorded = milestone.state in EXPECTED and milestone.has_passed(today)
    state = UNRECORDED if unrecorded else milestone.state
    if milestone.starts_on is None or milestone.starts_on > axis.last:
        return TimelineMark(milestone, state, BEYOND, BEYOND)
    start, end = axis.at(milestone.starts_on), axis.at(milestone.ends_on)
    if end - start < _share(MARK_SIZE):
        return TimelineMark(milestone, state, (start + end) / 2, (start + end) / 2)
    return TimelineMark(milestone, state, start, end)


def _share(rem: float) -> float:
    """A length in rem as percent of the narrowest sheet."""
    return 100 * rem / SHEET_WIDTH


def _is_free(taken: list[tuple[float, float]], extent: tuple[float, float]) -> bool:
    return all(extent[1] <= start or end <= extent[0] for start, end in taken)


def _first_free(levels: list[list[tuple[float, float]]], extent) -> int:
    """Take `extent` on the lowest level on which it touches nothing, a new one if need be; give the level."""
    for level, taken in enumerate(levels):
        if _is_free(taken, extent):
            taken.append(extent)
            return level
    levels.append([extent])
    return len(levels) - 1


@dataclass
class LabelRow:
    """One line of text below the ground: the labels on it, and the lines that pass through it to labels below."""

    labels: list[tuple[float, float]] = field(default_factory=list)
    leaders: list[tuple[float, float]] = field(default_factory=list)


def _free_row(rows: list[LabelRow], mark: TimelineMark) -> int | None:
    """Take room for the label of `mark` in the first row that has it, a new one if need be; give the row.

    None where the label would leave the sheet, or the line that leads down to it would cross another label.
    """
    label = mark.label_extent
    if label[0] < 0 or label[1] > 100:
        return None
    leader = (mark.start - _share(GAP) / 2, mark.start + _share(GAP) / 2)
    for place, row in enumerate([*rows, LabelRow()]):
        if _is_free(row.labels + row.leaders, label):
            row.labels.append(label)
            rows[place:] = [row, *rows[place + 1 :]]
            for above in rows[:place]:
                above.leaders.append(leader)
            return place
        if not _is_free(row.labels, leader):
            return None
    return None
