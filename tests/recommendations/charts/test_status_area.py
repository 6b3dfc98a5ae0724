"""The chart of statuses over time: its geometry, and that the table behind each says the same."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from recommendations.charts.history import Point
from recommendations.charts.status_area import StatusAreaChart, TimeAxis, spread_out
from recommendations.models.status import Status
from tests.factories import (
    AddresseeFactory,
    OrganizationFactory,
    PublicGroupFactory,
    RecommendationFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import text

NONE = dict.fromkeys(Status.values, 0)
FIRST = date(2023, 9, 18)


def point(day, **counts) -> Point:
    return Point(day, NONE | counts)


@st.composite
def charts(draw):
    """Up to six points on rising days, with at least one recommendation at the last."""
    days = sorted(draw(st.sets(st.integers(1, 3000), min_size=1, max_size=5)))
    counts = st.dictionaries(st.sampled_from(Status.values), st.integers(0, 40))
    points = [point(FIRST, issued=1)]
    points += [point(FIRST + timedelta(days=day), **{"issued": 1} | draw(counts)) for day in days]
    return StatusAreaChart(points)


def area(path) -> list[tuple[float, float]]:
    """The corners of a band, in order."""
    corners = [tuple(map(float, re.match(r"M(\S+) ([\d.]+)", path).groups()))]
    for direction, value in re.findall(r"([HV])([\d.]+)", path):
        x, y = corners[-1]
        corners.append((float(value), y) if direction == "H" else (x, float(value)))
    return corners


def span(path, x) -> float:
    """How high the band is just to the right of `x`: where its outline is crossed, top and bottom."""
    corners = area(path)
    edges = zip(corners, corners[1:] + corners[:1], strict=True)
    crossed = sorted(y for (x1, y), (x2, _y) in edges if min(x1, x2) <= x < max(x1, x2))
    return crossed[1] - crossed[0] if crossed else 0.0


class TestStatusOverTime:
    @given(chart=charts())
    def test_each_band_is_as_high_as_its_count(self, chart):
        for before, after in pairwise(chart.points):
            middle = (chart.axis.at(before.day) + chart.axis.at(after.day)) / 2
            for band in chart.bands:
                expected = 100 * before.counts[band.status] / chart.highest
                assert span(band.path, middle) == pytest.approx(expected, abs=0.02)

    @given(chart=charts())
    def test_the_bands_lie_on_each_other_from_the_ground_up_in_the_order_of_the_statuses(self, chart):
        last = chart.points[-2]  # what holds at the right end, until the last day
        x = (chart.axis.at(last.day) + chart.axis.at(chart.last.day)) / 2
        ends = []
        for band in chart.bands:
            corners = area(band.path)
            edges = zip(corners, corners[1:] + corners[:1], strict=True)
            ends += sorted(y for (x1, y), (x2, _y) in edges if min(x1, x2) <= x < max(x1, x2))

        assert [band.status for band in chart.bands] == [status for status in Status if status in chart.statuses]
        assert ends == sorted(ends)
        assert ends[-1] == 100
        assert ends[0] == pytest.approx(100 - 100 * last.total / chart.highest, abs=0.01)

    @given(chart=charts())
    def test_the_labels_are_apart_in_order_and_inside(self, chart):
        places = [float(band.label_at) for band in chart.bands if band.count]

        assert places == sorted(places)
        assert all(after - before > 8.9 for before, after in pairwise(places))
        assert all(0 < place < 100 for place in places)

    def test_a_status_at_which_none_stands_any_more_is_left_to_the_key(self):
        first, last = date(2024, 1, 1), date(2024, 6, 1)

        assert StatusAreaChart([point(first, issued=2), point(last, issued=1, overtaken=1)]).labels_all_bands
        assert not StatusAreaChart([point(first, issued=1), point(last, overtaken=1)]).labels_all_bands

    def test_counts_that_never_change_are_nothing_to_draw(self):
        assert StatusAreaChart([point(FIRST, issued=3), point(date(2024, 1, 1), issued=3)]).is_flat
        assert not StatusAreaChart([point(FIRST, issued=3), point(date(2024, 1, 1), issued=2, in_progress=1)]).is_flat

    @pytest.mark.parametrize(
        ("highest", "labels"),
        [
            (1, ["1"]),
            (4, ["1", "2", "3", "4"]),
            (7, ["2", "4", "6"]),
            (36, ["10", "20", "30"]),
            (400, ["100", "200", "300", "400"]),
        ],
    )
    def test_the_lines_across_stand_at_round_numbers(self, highest, labels):
        chart = StatusAreaChart([point(FIRST, issued=1), point(date(2024, 1, 1), issued=highest)])

        assert [line.label for line in chart.lines] == labels
        assert [float(line.at) for line in chart.lines] == pytest.approx(
            [100 - 100 * int(label) / highest for label in labels], abs=0.01
        )


@given(st.lists(st.floats(0, 100), max_size=11))
def test_what_is_spread_out_keeps_its_order_and_its_distance(places):
    spread = spread_out(sorted(places), 9)

    assert all(after - before >= 8.999 for before, after in pairwise(spread))
    assert all(4.49 <= place <= 95.51 for place in spread)


def test_what_is_apart_already_stays_where_it_is():
    assert spread_out([10, 50, 90], 9) == [10, 50, 90]


class TestTimeAxis:
    def test_days_lie_in_proportion_and_those_outside_at_the_ends(self):
        axis = TimeAxis(date(2023, 1, 1), date(2023, 1, 11), width=80)

        days = [date(2022, 1, 1), date(2023, 1, 1), date(2023, 1, 6), date(2023, 1, 11), date(2024, 1, 1)]
        assert [axis.at(day) for day in days] == [0, 0, 40, 80, 80]

    @pytest.mark.parametrize(
        ("first", "last", "labels"),
        [
            (date(2022, 6, 14), date(2026, 11, 21), ["2023", "2024", "2025", "2026"]),
            (date(2025, 3, 10), date(2026, 11, 21), ["Jul 2025", "Jan 2026", "Jul 2026"]),
            (date(2026, 1, 5), date(2026, 4, 21), ["Feb 2026", "Mar 2026", "Apr 2026"]),
            (date(2016, 1, 2), date(2036, 6, 1), ["2020", "2025", "2030", "2035"]),
            (date(2026, 4, 5), date(2026, 4, 21), []),
        ],
    )
    def test_its_labels_are_few_and_round(self, first, last, labels):
        assert [tick.label for tick in TimeAxis(first, last).ticks] == labels

    def test_its_labels_are_in_the_language_of_the_page(self):
        with translation.override("es"):
            assert TimeAxis(date(2025, 3, 10), date(2026, 11, 21)).ticks[1].label.lower() == "ene 2026"

    @given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 20000))
    def test_its_labels_never_crowd(self, first, days):
        ticks = TimeAxis(first, first + timedelta(days=days)).ticks

        assert len(ticks) <= 5
        assert all(0 <= float(tick.at) <= 100 for tick in ticks)


# On the pages


def table(page) -> list[list[str]]:
    """The rows of the table behind the status over time: the day, then its numbers."""
    [behind] = re.findall(r'<details class="behind">.*?</details>', page, re.DOTALL)
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", behind)
    return [[re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>.*?</t[hd]>", row)] for row in rows]


@pytest.mark.django_db
class TestOnThePages:
    @pytest.fixture
    def group(self):
        """A group with two recommendations, one of which has moved; both ask ANAM."""
        group = WorkingGroupFactory(slug="smart-borders")
        anam = OrganizationFactory(slug="anam")
        for recommendation in RecommendationFactory.create_batch(2, group=group):
            AddresseeFactory(recommendation=recommendation, organization=anam)
        record(recommendation, status="in_progress", effective_on=date(2024, 5, 1))
        return group

    @pytest.mark.parametrize("address", ["/", "/groups/smart-borders/", "/organizations/anam/"])
    def test_the_table_says_what_the_chart_shows(self, group, client, address):
        if address != "/":
            RecommendationFactory()  # of no concern here

        page = text(client.get(address))

        today = timezone.localdate()
        written = f"{today:%B} {today.day}, {today.year}"
        assert table(page) == [
            ["September 18, 2023", "2", "0", "2"],
            ["May 1, 2024", "1", "1", "2"],
            [written, "1", "1", "2"],
        ]
        shown = re.findall(r'<g class="status (\w+)"><path class="band" d="([^"]+)"', page)
        assert [status for status, _path in shown] == ["issued", "in_progress"]
        before, after = 50 * (date(2024, 5, 1) - FIRST).days / (today - FIRST).days, 99
        assert [span(path, before) for _status, path in shown] == [100, 0]
        assert [span(path, after) for _status, path in shown] == [50, 50]

    def test_each_day_of_the_table_leads_to_the_list_as_of_that_day(self, group, client):
        page = text(client.get(group.get_absolute_url()))

        assert 'href="/recommendations/?group=smart-borders&amp;as_of=2024-05-01">May 1, 2024</a>' in page

    def test_the_chart_says_in_words_how_it_begins_and_ends(self, group, client):
        page = text(client.get("/"))

        [label] = re.findall(r'<div class="plot" role="img" aria-label="([^"]+)"', page)
        assert label.startswith("Status of all recommendations. September 18, 2023: Issued 2,")
        assert label.endswith(": Issued 1, In progress 1")

    def test_lengths_are_written_with_a_point_in_spanish_too(self, group, client):
        page = text(client.get("/es/"))

        lengths = re.findall(r' (?:x|y|x1|x2|y1|y2|width|height)="([^"]*)"', page)
        assert lengths
        assert not [length for length in lengths if "," in length]

    def test_where_nothing_has_changed_a_sentence_says_so(self, client):
        RecommendationFactory(group=WorkingGroupFactory(slug="smart-borders"))

        page = text(client.get("/groups/smart-borders/"))

        assert "No status has changed since September 18, 2023." in page
        assert 'class="plot"' not in page

    def test_where_nothing_is_asked_there_is_no_chart(self, client):
        PublicGroupFactory(slug="empty")

        page = text(client.get("/groups/empty/"))

        assert 'class="plot"' not in page
        assert "No status has changed" not in page
