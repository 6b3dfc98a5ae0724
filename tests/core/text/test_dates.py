"""Dates known to the day, the month, the quarter or the year."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text.dates import Precision, first_day, last_day, write_date, write_moment, write_since, write_span

days = st.dates(date(1990, 1, 1), date(2050, 12, 31))
precisions = st.sampled_from(Precision.values)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("precision", "first", "last"),
    [
        ("day", date(2024, 2, 17), date(2024, 2, 17)),
        ("month", date(2024, 2, 1), date(2024, 2, 29)),
        ("quarter", date(2024, 1, 1), date(2024, 3, 31)),
        ("year", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(precision, first, last):
    assert (first_day(date(2024, 2, 17), precision), last_day(date(2024, 2, 17), precision)) == (first, last)


@given(day=days, precision=precisions)
def test_a_day_lies_in_its_period(day, precision):
    assert first_day(day, precision) <= day <= last_day(day, precision)


@given(day=days, precision=precisions)
def test_every_day_of_a_period_has_the_same_ends(day, precision):
    ends = first_day(day, precision), last_day(day, precision)

    for end in ends:
        assert (first_day(end, precision), last_day(end, precision)) == ends


@pytest.mark.django_db
@settings(deadline=None)
@given(day=days, precision=precisions, recorded_at=moments)
def test_the_database_counts_from_the_last_day_or_the_day_of_recording(day, precision, recorded_at):
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_counts_from(%s, %s, %s)", [day, precision, recorded_at])
        [counts_from] = cursor.fetchone()

    assert counts_from == min(last_day(day, precision), timezone.localdate(recorded_at))


@pytest.mark.parametrize(
    ("precision", "words"),
    [("day", "August 7, 2024"), ("month", "August 2024"), ("quarter", "third quarter of 2024"), ("year", "2024")],
)
def test_a_date_is_written_no_finer_than_it_is_known(precision, words):
    assert write_date(date(2024, 8, 7), precision) == words


@pytest.mark.parametrize(
    ("precision", "english", "spanish"),
    [
        ("day", "since March 12, 2025", "desde el 12 de marzo de 2025"),
        ("month", "since March 2025", "desde marzo de 2025"),
        ("quarter", "since first quarter of 2025", "desde el primer trimestre de 2025"),
        ("year", "since 2025", "desde 2025"),
    ],
)
def test_since_has_an_article_in_spanish_only_before_a_day_or_a_quarter(precision, english, spanish):
    assert write_since(date(2025, 3, 12), precision) == english
    with translation.override("es"):
        assert write_since(date(2025, 3, 12), precision) == spanish


@pytest.mark.parametrize(
    ("first", "last", "precision", "words"),
    [
        (date(2025, 12, 3), date(2025, 12, 3), "day", "December 3, 2025"),
        (date(2025, 12, 3), date(2025, 12, 5), "day", "December 3–5, 2025"),
        (date(2025, 11, 30), date(2025, 12, 2), "day", "November 30, 2025 to December 2, 2025"),
        (date(2024, 12, 3), date(2025, 12, 5), "day", "December 3, 2024 to December 5, 2025"),
        (date(2025, 12, 1), date(2025, 12, 31), "month", "December 2025"),
        (date(2025, 11, 1), date(2025, 12, 31), "month", "November 2025 to December 2025"),
        (date(2025, 7, 1), date(2025, 12, 31), "quarter", "third quarter of 2025 to fourth quarter of 2025"),
        (date(2025, 1, 1), date(2026, 12, 31), "year", "2025 to 2026"),
    ],
)
def test_a_span_is_written_as_short_as_it_allows(first, last, precision, words):
    assert write_span(first, last, precision) == words


@pytest.mark.parametrize(
    ("zones", "written"),
    [
        (["America/New_York"], "December 8, 2026, 09:00 (America/New_York)"),
        (["America/New_York", "America/New_York"], "December 8, 2026, 09:00 (America/New_York)"),
        (
            ["America/New_York", "America/Mexico_City"],
            "December 8, 2026, 09:00 (America/New_York), 08:00 (America/Mexico_City)",
        ),
        (["Asia/Tokyo", "UTC"], "December 8, 2026, 23:00 (Asia/Tokyo), 14:00 (UTC)"),
        (["Pacific/Auckland", "UTC"], "December 9, 2026, 03:00 (Pacific/Auckland), December 8, 2026, 14:00 (UTC)"),
    ],
)
def test_a_moment_is_written_by_the_clock_of_each_place(zones, written):
    assert write_moment(datetime(2026, 12, 8, 14, tzinfo=UTC), *zones) == written
