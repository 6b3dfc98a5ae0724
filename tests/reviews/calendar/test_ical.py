"""The milestones as a calendar: read back as a calendar program reads them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from reviews.models import Milestone
from tests.database import sql
from tests.factories import MilestoneFactory, SeriesFactory
from tests.history import days_ago

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def read(client):
    """Reads the feed, or a calendar of one, in English or Spanish."""

    def read(address="/milestones.ics") -> Calendar:
        response = client.get(address)
        assert response.status_code == 200
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        return Calendar.from_ical(response.content)

    return read


@pytest.fixture
def event(read):
    """The one event of the feed."""

    def event(address="/milestones.ics"):
        [found] = read(address).events
        assert not found.errors
        return found

    return event


def span(event) -> tuple[date, date]:
    """Its first day, and its last."""
    assert event["DTSTART"].params["VALUE"] == event["DTEND"].params["VALUE"] == "DATE"
    return event["DTSTART"].dt, event["DTEND"].dt - DAY


def test_an_event_says_all_that_the_page_does(event):
    MilestoneFactory(
        slug="hled-2030",
        name_en="HLED 2030; “the sixth”, at last",
        day=date(2030, 7, 1),
        series=SeriesFactory(short_name_en="HLED"),
        place_en="Mexico City, Mexico",
        note_en="A note.\nOf two lines.",
        checked_on=date(2030, 1, 2),
    )

    found = event()

    assert found["UID"] == "hled-2030@tracker.example"
    assert found["SUMMARY"] == "HLED 2030; “the sixth”, at last"
    assert span(found) == (date(2030, 7, 1), date(2030, 7, 1))
    assert found["STATUS"] == "CONFIRMED"
    assert found["LOCATION"] == "Mexico City, Mexico"
    assert found["CATEGORIES"].cats == ["HLED"]
    assert found["URL"] == "https://tracker.example/milestones/hled-2030/"
    assert found["DESCRIPTION"].split("\n\n") == [
        "Scheduled · July 1, 2030 · as of January 2, 2030",
        "A note.\nOf two lines.",
        "https://tracker.example/milestones/hled-2030/",
    ]


def test_an_event_does_without_what_a_calendar_cannot_say(client, event):
    MilestoneFactory(
        name_en="The\x0bsummit",
        place_en="Mexico\x1f City",
        note_en="A\x08 note",
        series__short_name_en="HL\x02ED",
    )

    found = event()

    assert (found["SUMMARY"], found["LOCATION"], found["CATEGORIES"].cats) == ("The summit", "Mexico  City", ["HL ED"])
    assert "A  note" in found["DESCRIPTION"]
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", client.get("/milestones.ics").content)


def test_the_feed_has_a_name_and_is_read_again_twice_a_day(read):
    calendar = read()

    assert calendar["VERSION"] == "2.0"
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "C26+ milestones"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=12)
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert calendar["SOURCE"] == "https://tracker.example/milestones.ics"


def test_spanish_is_spanish_under_the_same_uid(event):
    MilestoneFactory(name_en="Review", name_es="Revisión", place_es="Ciudad de México", state="cancelled")

    english, spanish = event(), event("/es/milestones.ics")

    assert english["UID"] == spanish["UID"]
    assert spanish["SUMMARY"] == "Cancelada: Revisión"
    assert spanish["LOCATION"] == "Ciudad de México"
    assert spanish["URL"].startswith("https://tracker.example/es/milestones/")


def test_long_lines_are_folded_within_letters_of_any_size(client, event):
    name = "Diálogo Económico de Alto Nivel — reunión ñ " * 4
    MilestoneFactory(name_en=name)

    lines = client.get("/milestones.ics").content.split(b"\r\n")

    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no letter is cut in two
    assert event()["SUMMARY"] == name


def test_a_meeting_of_several_days_ends_on_the_day_after_its_last(event):
    MilestoneFactory(starts_on=date(2030, 2, 27), ends_on=date(2030, 2, 28))

    assert event()["DTEND"].dt == date(2030, 3, 1)


@pytest.mark.parametrize(
    ("precision", "first", "last", "words"),
    [
        ("month", date(2030, 8, 1), date(2030, 8, 31), "August 2030"),
        ("quarter", date(2030, 7, 1), date(2030, 9, 30), "third quarter of 2030"),
        ("year", date(2030, 1, 1), date(2030, 12, 31), "2030"),
    ],
)
def test_a_window_is_all_of_its_days_tentatively_and_says_so(event, precision, first, last, words):
    MilestoneFactory(name_en="Review", starts_on=first, ends_on=last, precision=precision, state="tentative")

    assert span(event()) == (first, last)
    assert event()["STATUS"] == "TENTATIVE"
    assert event()["SUMMARY"] == f"Review ({words})"


@pytest.mark.parametrize(
    ("state", "status", "summary"),
    [
        ("scheduled", "CONFIRMED", "Review"),
        ("held", "CONFIRMED", "Review"),
        ("tentative", "TENTATIVE", "Review"),
        ("postponed", "TENTATIVE", "Postponed: Review"),
        ("cancelled", "CANCELLED", "Canceled: Review"),
    ],
)
def test_an_event_says_how_sure_it_is(event, state, status, summary):
    MilestoneFactory(name_en="Review", state=state)

    assert (event()["STATUS"], event()["SUMMARY"]) == (status, summary)


def test_nobody_is_busy_because_of_it(event):
    MilestoneFactory()

    assert event()["TRANSP"] == "TRANSPARENT"


class TestMoved:
    @pytest.fixture(autouse=True)
    def _a_review(self):
        MilestoneFactory(slug="review", name_en="Review", day=date(2030, 7, 1))

    @pytest.mark.parametrize(
        "change",
        [
            "starts_on = '2030-09-01', ends_on = '2030-09-01'",
            "state = 'tentative'",
            "state = 'cancelled'",
            "state = 'postponed', precision = 'unknown', starts_on = NULL, ends_on = NULL",
        ],
    )
    def test_each_change_of_date_or_state_raises_its_sequence_and_keeps_its_uid(self, event, change):
        before = event()
        sql(f"UPDATE reviews_milestone SET {change}")

        assert (before["SEQUENCE"], event()["SEQUENCE"]) == (0, 1)
        assert before["UID"] == event()["UID"]

    def test_another_change_does_not(self, event):
        sql("UPDATE reviews_milestone SET note_en = 'A note.'")

        assert event()["SEQUENCE"] == 0

    def test_another_place_does_and_each_time(self, event):
        sql("UPDATE reviews_milestone SET place_en = 'Monterrey'")
        assert event()["SEQUENCE"] == 1

        sql("UPDATE reviews_milestone SET place_en = 'Laredo', note_en = 'A note.'")
        assert event()["SEQUENCE"] == 2

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE reviews_milestone SET name_en = 'Another name'",
            "UPDATE reviews_milestone SET note_es = 'Una nota.'",
            "UPDATE reviews_milestone SET checked_on = '2025-01-01'",
            "UPDATE reviews_milestone SET starts_on = '2030-09-01', ends_on = '2030-09-01'",
            "UPDATE reviews_series SET short_name_en = 'Talks'",
        ],
    )
    def test_whatever_it_shows_moves_its_last_modified(self, event, statement):
        days_ago(3)
        sql("UPDATE reviews_milestonedate SET set_on = '2020-01-01'")
        before = event()["LAST-MODIFIED"].dt

        sql(statement)

        assert event()["LAST-MODIFIED"].dt > before

    def test_it_stands_on_its_new_day(self, event):
        sql("UPDATE reviews_milestone SET starts_on = '2030-09-01', ends_on = '2030-09-02'")

        assert span(event()) == (date(2030, 9, 1), date(2030, 9, 2))

    def test_the_reason_is_given(self, event):
        milestone = Milestone.objects.get()
        milestone.starts_on = milestone.ends_on = date(2030, 9, 1)
        milestone.date_reason_en = "An election."
        milestone.save()

        assert "\n\nAn election.\n\n" in event()["DESCRIPTION"]

    @pytest.mark.parametrize(
        ("state", "summary"),
        [("postponed", "Postponed: Review"), ("cancelled", "Canceled: Review"), ("tentative", "Date unknown: Review")],
    )
    def test_one_that_lost_its_date_is_off_on_the_day_that_was_kept_free_for_it(self, event, state, summary):
        sql("UPDATE reviews_milestone SET starts_on = '2030-09-01', ends_on = '2030-09-02'")
        sql(
            "UPDATE reviews_milestone SET state = %s, precision = 'unknown', starts_on = NULL, ends_on = NULL",
            state,
        )

        assert span(event()) == (date(2030, 9, 1), date(2030, 9, 2))
        assert (event()["STATUS"], event()["SUMMARY"]) == ("CANCELLED", summary)

    def test_with_a_new_date_it_is_on_again(self, event):
        sql("UPDATE reviews_milestone SET state = 'postponed', precision = 'unknown', starts_on = NULL, ends_on = NULL")
        sql(
            "UPDATE reviews_milestone"
            " SET state = 'scheduled', precision = 'day', starts_on = '2031-01-01', ends_on = '2031-01-01'"
        )

        assert span(event()) == (date(2031, 1, 1), date(2031, 1, 1))
        assert (event()["STATUS"], event()["SUMMARY"], event()["SEQUENCE"]) == ("CONFIRMED", "Review", 2)


def test_what_was_expected_before_we_recorded_it_is_on_no_day(read):
    milestone = MilestoneFactory(day=None, precision="unknown", state="postponed", name_en="The summit")
    milestone.dates.create(
        revision=0, starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31), precision="year", state="tentative"
    )

    assert "The summit" not in read().to_ical().decode()


def test_what_never_had_a_date_is_on_no_day(client, read):
    milestone = MilestoneFactory(day=None, precision="unknown", state="tentative")

    assert read().events == []
    assert client.get(f"/milestones/{milestone.slug}.ics").status_code == 404
    assert ".ics" not in client.get(milestone.get_absolute_url()).content.decode()


def test_it_was_revised_when_it_was_last_set_or_found_true(event):
    milestone = MilestoneFactory(day=date(2030, 7, 1), checked_on=date(2030, 2, 3))
    sql("UPDATE reviews_milestonedate SET set_on = '2030-01-02'")

    assert event()["DTSTAMP"].dt == event()["LAST-MODIFIED"].dt == datetime(2030, 2, 3, tzinfo=UTC)

    sql("UPDATE reviews_milestone SET state = 'held'")
    sql("UPDATE reviews_milestonedate SET set_on = NULL")

    assert milestone.dates.count() == 2
    assert event()["DTSTAMP"].dt == datetime(2030, 7, 1, tzinfo=UTC)


def test_a_date_that_was_set_after_the_source_was_checked_is_as_known_then(client, event):
    milestone = MilestoneFactory(source_url="https://example.org/", checked_on=date(2026, 7, 2))
    sql("UPDATE reviews_milestonedate SET set_on = '2026-11-22'")

    assert "as of November 22, 2026" in event()["DESCRIPTION"]
    assert "as of November 22, 2026" in client.get(milestone.get_absolute_url()).content.decode()


def test_the_same_milestones_give_the_same_bytes(client):
    MilestoneFactory.create_batch(3)

    assert client.get("/milestones.ics").content == client.get("/milestones.ics").content


def test_one_can_be_taken_by_itself(client, event, read):
    milestone = MilestoneFactory(slug="review")
    in_feed = event()
    MilestoneFactory()

    [alone] = read("/milestones/review.ics").events

    assert alone.to_ical() == in_feed.to_ical()
    response = client.get("/milestones/review.ics")
    assert response["Content-Disposition"] == 'attachment; filename="review.ics"'
    assert '/milestones/review.ics"' in client.get(milestone.get_absolute_url()).content.decode()


def test_the_page_of_milestones_leads_to_the_calendar(client):
    page = client.get("/es/milestones/").content.decode()

    assert 'href="webcal://tracker.example/es/milestones.ics"' in page
    assert 'href="/es/milestones.ics"' in page


def test_the_real_milestones_make_a_calendar_without_errors(loaded, read):
    events = read().events

    assert len(events) == Milestone.objects.exclude(starts_on=None).count() > 20
    assert not [event.errors for event in events if event.errors]
    assert len({event["UID"] for event in events}) == len(events)
