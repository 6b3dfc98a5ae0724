"""The milestone lines: what stands where, and that nothing stands on anything else."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.models import Milestone, MilestoneState, Series
from reviews.timeline_chart import BEYOND, SeriesLine, TimelineMark, draw_timeline
from tests.factories import MilestoneFactory, SeriesFactory
from tests.reading import text

TODAY = date(2026, 11, 21)


def drawn(today=TODAY):
    return draw_timeline(Series.objects.prefetch_related("milestones"), today)


@pytest.fixture
def draw(db):
    """Draws one milestone, and gives its mark."""

    def draw(**fields) -> TimelineMark:
        milestone = MilestoneFactory(**fields)
        [mark] = [mark for line in drawn().lines for mark in line.marks if mark.milestone == milestone]
        return mark

    return draw


# Where


@pytest.mark.django_db
def test_the_axis_covers_whole_years_from_the_first_milestone_to_the_last():
    MilestoneFactory(day=date(2024, 5, 1), state="held")
    MilestoneFactory(day=date(2027, 3, 1))

    axis = drawn().axis

    assert (axis.first, axis.last) == (date(2024, 1, 1), date(2027, 12, 31))


@pytest.mark.django_db
def test_the_axis_covers_this_year_where_there_is_nothing_else():
    MilestoneFactory(starts_on=None, ends_on=None, precision="unknown", state="tentative")

    axis = drawn().axis

    assert (axis.first, axis.last) == (date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.django_db
def test_what_is_long_gone_is_counted_and_what_is_far_off_stands_beyond_the_axis():
    MilestoneFactory(day=date(2021, 9, 9), state="held")
    MilestoneFactory(day=date(2022, 1, 1), state="held")
    MilestoneFactory(day=date(2036, 7, 1))

    lines = drawn()

    assert lines.earlier == 1
    assert (lines.axis.first.year, lines.axis.last.year) == (2022, 2026)
    assert [mark.start for line in lines.lines for mark in line.marks] == [0, BEYOND]


def test_what_has_no_date_stands_beyond_the_axis(draw):
    assert draw(starts_on=None, ends_on=None, precision="unknown", state="tentative").is_beyond


def test_a_day_is_a_mark_and_a_window_is_a_bar(draw):
    meeting = draw(day=date(2026, 7, 1))
    window = draw(starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31), precision="quarter", state="tentative")

    assert not meeting.is_window
    assert window.is_window
    assert window.end == drawn().axis.at(date(2026, 12, 31))


@pytest.mark.parametrize("state", ["tentative", "scheduled", "postponed", "held", "cancelled"])
def test_what_is_to_come_has_the_shape_of_its_state(draw, state):
    assert draw(day=date(2027, 1, 5), state=state).state == state


@pytest.mark.parametrize(
    ("state", "shape"),
    [("tentative", "unrecorded"), ("scheduled", "unrecorded"), ("postponed", "postponed"), ("held", "held")],
)
def test_a_day_gone_by_without_a_record_of_what_came_of_it_has_a_shape_of_its_own(draw, state, shape):
    assert draw(day=date(2026, 11, 20), state=state).state == shape


@pytest.mark.parametrize(
    ("state", "has_shape"),
    [("tentative", False), ("held", False), ("postponed", True), ("cancelled", True)],
)
def test_a_bar_that_is_neither_hatched_nor_full_bears_the_shape_of_its_state(draw, state, has_shape):
    window = draw(starts_on=date(2027, 1, 1), ends_on=date(2027, 3, 31), precision="quarter", state=state)

    assert window.is_window
    assert window.has_shape is has_shape


@pytest.mark.django_db
def test_a_series_without_milestones_has_no_line():
    SeriesFactory()

    assert drawn().lines == []


# Nothing on anything else


@st.composite
def laid_out(draw):
    """A line of marks and windows anywhere, with names of any length, laid out."""
    marks = []
    for start, length, letters in draw(
        st.lists(st.tuples(st.floats(0, 88), st.floats(0, 30), st.integers(1, 90)), min_size=1, max_size=15)
    ):
        milestone = Milestone(name_en="x" * letters, starts_on=TODAY, ends_on=TODAY)
        window = length > 3
        marks.append(TimelineMark(milestone, MilestoneState.HELD, start, min(start + length, 88) if window else start))
    marks.sort(key=lambda mark: mark.start)
    line = SeriesLine(Series(), marks)
    line.lay_out(marks)
    return line


def overlap(one, other) -> bool:
    return one[0] < other[1] and other[0] < one[1]


@given(line=laid_out())
def test_no_mark_touches_another(line):
    for mark in line.marks:
        level = [other for other in line.marks if other is not mark and other.level == mark.level]
        assert not [other for other in level if overlap(mark.extent, other.extent)]


@given(line=laid_out())
def test_no_label_touches_another_or_leaves_the_sheet_or_is_crossed_by_a_line_to_another(line):
    labeled = [mark for mark in line.marks if mark.row is not None]
    for mark in labeled:
        left, right = mark.label_extent
        assert left >= 0
        assert right <= 100
        for other in labeled:
            if other is not mark:
                assert other.row != mark.row or not overlap((left, right), other.label_extent)
                assert other.row <= mark.row or not left < other.start < right


@given(line=laid_out())
def test_the_picture_is_high_enough_for_all_of_it(line):
    for mark in line.marks:
        assert 0 < float(mark.y) < float(line.ground)
        assert not mark.label_y or float(line.ground) < float(mark.label_y) < float(line.height)


@pytest.mark.django_db
def test_what_comes_next_is_labeled_rather_than_what_was():
    series = SeriesFactory()
    for month in range(1, 13):
        MilestoneFactory(series=series, day=date(2025, month, 1), state="held", name_en=f"Meeting {month}")
    MilestoneFactory(series=series, day=date(2027, 3, 1), name_en="The next")

    [line] = drawn().lines

    labeled = [mark.label for mark in line.marks if mark.row is not None]
    assert "The next" in labeled
    assert "Meeting 12" in labeled
    assert "Meeting 1" not in labeled


# On the pages


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/milestones/"])
def test_the_pages_draw_each_series_and_name_its_milestones_in_words(client, address):
    MilestoneFactory(name_en="The dialogue", day=date(2024, 5, 1), state="held", series__name_en="Dialogues")

    page = text(client.get(address))

    assert 'role="img" aria-label="Dialogues: The dialogue, May 1, 2024, Held"' in page


@pytest.mark.django_db
def test_the_key_explains_the_shapes_that_are_shown_and_no_others(client):
    MilestoneFactory(day=date(2024, 5, 1), state="held")

    [key] = re.findall(r'<p class="states">.*?</p>', text(client.get("/milestones/")), re.DOTALL)

    assert "Held or passed" in key
    assert "Postponed" not in key
