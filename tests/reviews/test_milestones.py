"""Milestones: a date or a window, and the history of both."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from reviews.models import Milestone, MilestoneDate, write_window
from tests.database import refused, sql
from tests.factories import MilestoneFactory, SeriesFactory
from tests.reading import text, texts

pytestmark = pytest.mark.django_db


def history(milestone) -> list[tuple]:
    return list(milestone.dates.values_list("revision", "starts_on", "ends_on", "precision", "state"))


class TestWindow:
    @pytest.fixture(autouse=True)
    def _one_tentative_day(self):
        MilestoneFactory(state="tentative", day=date(2030, 7, 1))

    @pytest.mark.parametrize(
        "columns",
        [
            "ends_on = '2030-06-30'",
            "ends_on = NULL",
            "starts_on = NULL",
            "starts_on = NULL, ends_on = NULL",
            "precision = 'unknown'",
            "precision = 'unknown', starts_on = NULL",
            "precision = 'week'",
        ],
    )
    def test_it_has_both_ends_in_order_or_is_unknown(self, columns):
        with refused("milestone_has_a_window_or_is_unknown"):
            sql(f"UPDATE reviews_milestone SET {columns}")

    @pytest.mark.parametrize(
        "columns",
        [
            "ends_on = '2030-07-03'",
            "precision = 'unknown', starts_on = NULL, ends_on = NULL",
            "precision = 'month', ends_on = '2030-07-31'",
        ],
    )
    def test_what_is_in_order_is_stored(self, columns):
        sql(f"UPDATE reviews_milestone SET {columns}")

        assert Milestone.objects.get().revision == 2

    @pytest.mark.parametrize("day", ["0001-01-15", "1999-12-31", "2200-01-01", "9999-12-31"])
    def test_it_is_of_these_times(self, day):
        with refused("milestone_is_of_these_times"):
            sql("UPDATE reviews_milestone SET starts_on = %s, ends_on = %s", day, day)
        with pytest.raises(ValidationError, match="between January 1, 2000, and December 31, 2199"):
            MilestoneFactory.build(day=date.fromisoformat(day), series=SeriesFactory()).full_clean()

    @pytest.mark.parametrize("precision", ["month", "quarter", "year"])
    def test_what_is_scheduled_has_its_day(self, precision):
        with refused("scheduled_milestone_has_its_day"):
            sql("UPDATE reviews_milestone SET state = 'scheduled', precision = %s", precision)

    def test_what_nobody_has_announced_has_no_date(self):
        with refused("unannounced_milestone_has_no_date"):
            sql("UPDATE reviews_milestone SET state = 'unannounced'")

    @pytest.mark.parametrize(
        ("column", "rule"),
        [("state = 'maybe'", "milestone_state_is_known"), ("kind = 'party'", "milestone_kind_is_known")],
    )
    def test_states_and_kinds_are_known_ones(self, column, rule):
        with refused(rule):
            sql(f"UPDATE reviews_milestone SET {column}")


class TestClean:
    def cleaned(self, **fields) -> Milestone:
        milestone = MilestoneFactory.build(series=SeriesFactory(), state="tentative", **fields)
        milestone.full_clean()
        return milestone

    @pytest.mark.parametrize(
        ("precision", "first", "last"),
        [
            ("day", date(2030, 8, 17), date(2030, 8, 17)),
            ("month", date(2030, 8, 1), date(2030, 8, 31)),
            ("quarter", date(2030, 7, 1), date(2030, 9, 30)),
            ("year", date(2030, 1, 1), date(2030, 12, 31)),
        ],
    )
    def test_any_day_of_a_period_gives_its_window(self, precision, first, last):
        milestone = self.cleaned(starts_on=date(2030, 8, 17), ends_on=None, precision=precision)

        assert (milestone.starts_on, milestone.ends_on) == (first, last)

    def test_a_meeting_of_several_days_keeps_its_last(self):
        assert self.cleaned(starts_on=date(2030, 8, 17), ends_on=date(2030, 8, 19)).ends_on == date(2030, 8, 19)

    def test_a_date_that_is_not_known_stays_empty(self):
        milestone = self.cleaned(starts_on=None, ends_on=None, precision="unknown")

        assert (milestone.starts_on, milestone.ends_on) == (None, None)

    @pytest.mark.parametrize(
        "fields",
        [
            {"starts_on": None, "ends_on": None, "precision": "day"},
            {"starts_on": date(2030, 8, 17), "ends_on": date(2030, 8, 16)},
        ],
    )
    def test_half_a_window_is_refused_in_words(self, fields):
        with pytest.raises(ValidationError, match="Enter the first and the last day, in that order"):
            self.cleaned(**fields)

    def test_a_day_that_is_known_to_nothing_is_refused_at_that_field(self):
        with pytest.raises(ValidationError) as refused:
            self.cleaned(day=date(2030, 8, 17), precision="unknown")

        [error] = refused.value.message_dict["precision"]
        assert "A day is entered: choose how precisely it is known" in error

    def test_a_scheduled_window_is_refused_in_words(self):
        milestone = MilestoneFactory.build(series=SeriesFactory(), state="scheduled", precision="month")

        with pytest.raises(ValidationError, match="A scheduled milestone needs a day"):
            milestone.full_clean()

    def test_a_time_zone_is_one_that_exists(self):
        with pytest.raises(ValidationError, match="Enter a valid time zone name"):
            self.cleaned(time_zone="America/Gotham")


class TestHistory:
    FIRST = (1, date(2030, 7, 1), date(2030, 7, 1), "day", "scheduled")

    @pytest.fixture
    def milestone(self):
        return MilestoneFactory(day=date(2030, 7, 1))

    def test_it_begins_with_the_first_date(self, milestone):
        assert history(milestone) == [self.FIRST]
        assert milestone.dates.get().set_on == timezone.localdate()

    @pytest.mark.parametrize(
        ("columns", "then"),
        [
            ("ends_on = '2030-07-02'", (2, date(2030, 7, 1), date(2030, 7, 2), "day", "scheduled")),
            (
                "starts_on = '2030-09-01', ends_on = '2030-09-01'",
                (2, date(2030, 9, 1), date(2030, 9, 1), "day", "scheduled"),
            ),
            ("state = 'cancelled'", (2, date(2030, 7, 1), date(2030, 7, 1), "day", "cancelled")),
            (
                "state = 'postponed', precision = 'unknown', starts_on = NULL, ends_on = NULL",
                (2, None, None, "unknown", "postponed"),
            ),
        ],
    )
    def test_it_follows_each_change_of_date_or_state(self, milestone, columns, then):
        sql(f"UPDATE reviews_milestone SET {columns}")

        milestone.refresh_from_db()
        assert milestone.revision == 2
        assert history(milestone) == [self.FIRST, then]

    def test_another_series_counts_and_the_page_says_the_date_once(self, client, milestone):
        milestone.series = SeriesFactory()
        milestone.save()

        milestone.refresh_from_db()
        assert milestone.revision == 2
        told = texts(text(client.get(milestone.get_absolute_url())), "li")
        assert len([line for line in told if line.startswith("July 1, 2030 · Scheduled")]) == 1

    def test_it_says_why(self, milestone):
        milestone.starts_on = milestone.ends_on = date(2030, 9, 1)
        milestone.date_reason_en, milestone.date_reason_es = "An election.", "Una elección."
        milestone.save()

        assert list(milestone.dates.values_list("reason_en", "reason_es")) == [
            ("", ""),
            ("An election.", "Una elección."),
        ]

    def test_another_change_is_none_of_its_business(self, milestone):
        sql("UPDATE reviews_milestone SET name_en = 'Another name', note_en = 'A note', date_reason_en = 'A slip'")

        milestone.refresh_from_db()
        assert milestone.revision == 1
        assert history(milestone) == [self.FIRST]

    def test_the_same_date_again_is_no_change(self, milestone):
        milestone.save()
        sql("UPDATE reviews_milestone SET precision = 'unknown', starts_on = NULL, ends_on = NULL, state = 'postponed'")
        sql("UPDATE reviews_milestone SET starts_on = NULL")

        assert len(history(milestone)) == 2

    def test_revisions_are_counted_by_the_database_alone(self, milestone):
        sql("UPDATE reviews_milestone SET revision = 99")

        milestone.refresh_from_db()
        assert milestone.revision == 1

    def test_a_copy_that_is_out_of_date_counts_on_from_where_it_stands(self, milestone):
        stale = Milestone.objects.get()
        sql("UPDATE reviews_milestone SET state = 'postponed'")

        stale.state = "cancelled"
        stale.save()

        assert [revision for revision, *_rest in history(milestone)] == [1, 2, 3]

    def test_each_milestone_has_its_own(self, milestone):
        other = MilestoneFactory()

        sql("UPDATE reviews_milestone SET state = 'cancelled' WHERE id = %s", other.pk)

        assert history(milestone) == [self.FIRST]
        assert MilestoneDate.objects.filter(milestone=other).count() == 2


@pytest.mark.parametrize(
    ("first", "last", "precision", "words"),
    [
        (date(2030, 7, 1), date(2030, 7, 1), "day", "July 1, 2030"),
        (date(2030, 7, 1), date(2030, 7, 3), "day", "July 1–3, 2030"),
        (date(2030, 7, 1), date(2030, 7, 31), "month", "July 2030"),
        (date(2030, 7, 1), date(2030, 9, 30), "quarter", "third quarter of 2030"),
        (date(2030, 1, 1), date(2030, 12, 31), "year", "2030"),
        (None, None, "unknown", "date not known"),
    ],
)
def test_a_window_is_written_no_finer_than_it_is_known(first, last, precision, words):
    milestone = MilestoneFactory.build(series=None, starts_on=first, ends_on=last, precision=precision)

    assert (milestone.when, write_window(first, last, precision)) == (words, words)


@pytest.mark.parametrize(
    ("first", "last", "precision", "words"),
    [
        (date(2030, 1, 1), date(2030, 3, 31), "month", "January 2030 to March 2030"),
        (date(2030, 1, 1), date(2031, 12, 31), "year", "2030 to 2031"),
    ],
)
def test_a_window_of_several_periods_names_both_ends(first, last, precision, words):
    assert write_window(first, last, precision) == words


class TestComingAndPast:
    TODAY = date(2030, 7, 1)

    @pytest.mark.parametrize("state", ["tentative", "scheduled", "postponed"])
    def test_a_milestone_is_coming_until_its_last_day_is_over(self, state):
        milestone = MilestoneFactory(starts_on=date(2030, 6, 29), ends_on=self.TODAY, state=state)

        assert self.sides(self.TODAY) == ([milestone], [])
        assert self.sides(self.TODAY + timedelta(days=1)) == ([], [milestone])

    @pytest.mark.parametrize("state", ["held", "cancelled"])
    def test_what_was_held_or_cancelled_is_past_at_once(self, state):
        milestone = MilestoneFactory(day=date(2030, 12, 1), state=state)

        assert self.sides(self.TODAY) == ([], [milestone])

    def test_a_milestone_without_a_date_may_still_come(self):
        milestone = MilestoneFactory(day=None, precision="unknown", state="tentative")

        assert self.sides(self.TODAY) == ([milestone], [])

    def test_a_cancelled_one_without_a_date_is_past(self):
        milestone = MilestoneFactory(day=None, precision="unknown", state="cancelled")

        assert self.sides(self.TODAY) == ([], [milestone])

    def test_those_without_a_date_stand_last(self):
        undated = MilestoneFactory(day=None, precision="unknown", state="tentative")
        later = MilestoneFactory(day=date(2030, 9, 1))
        sooner = MilestoneFactory(day=date(2030, 8, 1))

        assert list(Milestone.objects.soonest_first()) == [sooner, later, undated]
        assert list(Milestone.objects.latest_first()) == [later, sooner, undated]

    @staticmethod
    def sides(day):
        return list(Milestone.objects.coming(day)), list(Milestone.objects.past(day))


class TestAwaitingOutcome:
    @pytest.mark.parametrize(
        ("state", "awaits"),
        [("tentative", True), ("scheduled", True), ("postponed", False), ("held", False), ("cancelled", False)],
    )
    def test_a_date_that_went_by_awaits_its_outcome(self, state, awaits):
        yesterday = timezone.localdate() - timedelta(days=1)

        assert MilestoneFactory.build(series=None, day=yesterday, state=state).awaits_outcome is awaits

    def test_a_meeting_of_today_does_not_yet(self):
        assert not MilestoneFactory.build(series=None, day=timezone.localdate()).awaits_outcome


def test_a_digest_is_sent_at_an_hour_of_the_day():
    with refused("send_hour_is_an_hour"):
        SeriesFactory(send_hour=24)


@pytest.mark.parametrize(("kind", "words"), [("deadline", "Passed"), ("decision", "Taken"), ("meeting", "Held")])
def test_what_is_over_is_said_of_each_kind_in_its_way(kind, words):
    assert MilestoneFactory(kind=kind, state="held", day=date(2024, 5, 1)).state_in_words == words


def test_nobody_is_told_to_expect_what_nobody_has_announced():
    milestone = MilestoneFactory(day=None, precision="unknown", state="unannounced")

    assert milestone.state_in_words == "Not announced"
    assert not milestone.awaits_outcome
    assert list(Milestone.objects.awaiting_outcome(date(2030, 1, 1))) == []
