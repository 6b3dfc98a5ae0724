"""What the list can be narrowed by, and in which order it stands."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.database import as_if_recorded
from tests.factories import RecommendationFactory, record
from tests.reading import codes, text, total

pytestmark = pytest.mark.django_db

LIST = "/recommendations/"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
        ("group=smart-borders", "2023-SB-1 2023-SB-2"),
        ("status=implemented", "2023-SB-1"),
        ("open=true", "2025-AMITI-1 2023-SB-2 2023-DE-1"),
        ("open=false", "2023-SB-1"),
        ("chapter=7", "2023-SB-1 2023-SB-2"),
        ("addressee=cbp", "2025-AMITI-1 2023-SB-2"),
        ("document=paper", "2023-SB-1 2023-SB-2 2023-DE-1"),
        ("series=review", "2025-AMITI-1"),
        ("priority=true", "2023-SB-1"),
        ("priority=false", "2025-AMITI-1 2023-SB-2 2023-DE-1"),
        ("topic=cloud", "2023-DE-1"),
        ("q=2023-SB", "2023-SB-1 2023-SB-2"),
        ("as_of=2025-04-28", "2023-SB-1 2023-SB-2 2023-DE-1"),
        ("updated_after=2024-06-01", "2025-AMITI-1 2023-DE-1"),
        ("updated_before=2024-06-01", "2023-SB-1 2023-DE-1"),
        ("stale_days=1", "2025-AMITI-1 2023-SB-2 2023-DE-1"),
    ],
)
def test_each_key_narrows_the_list(library, read, query, found):
    assert codes(read(query)) == found.split()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("group=smart-borders&group=amiti", "2025-AMITI-1 2023-SB-1 2023-SB-2"),
        ("status=implemented&status=issued", "2023-SB-1 2023-SB-2"),
        ("open=true&open=false", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
        ("chapter=7&chapter=19", "2023-SB-1 2023-SB-2 2023-DE-1"),
        ("addressee=anam&addressee=cbp", "2025-AMITI-1 2023-SB-1 2023-SB-2"),
        ("document=paper&document=statement", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
        ("series=hled&series=review", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
        ("priority=true&priority=false", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
        ("topic=cloud&topic=trade", "2025-AMITI-1 2023-DE-1"),
    ],
)
def test_values_of_one_key_are_or(library, read, query, found):
    assert codes(read(query)) == found.split()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("group=smart-borders&open=true", "2023-SB-2"),
        ("chapter=7&chapter=19&group=digital-economy", "2023-DE-1"),
        ("addressee=anam&chapter=19", "2023-SB-2"),
        ("updated_after=2024-05-02&updated_before=2024-12-31", "2023-DE-1"),
        ("document=paper&status=issued&q=2023", "2023-SB-2"),
        ("series=hled&topic=trade", ""),
    ],
)
def test_different_keys_are_and(library, read, query, found):
    assert codes(read(query)) == found.split()


def test_a_recommendation_with_two_of_the_values_is_one_row(library, read):
    response = read("addressee=anam&addressee=cbp&chapter=7&chapter=19")

    assert codes(response) == ["2023-SB-1", "2023-SB-2"]
    assert total(response) == 2


def test_what_a_form_sends_empty_is_no_part_of_the_address(library, client):
    response = client.get("/es/recommendations/?q=&group=amiti&group=&as_of=&stale_days=&sort=&utm_source=mail")

    assert (response.status_code, response["Location"]) == (
        302,
        "/es/recommendations/?group=amiti&utm_source=mail",
    )
    assert client.get(f"{LIST}?q=&group=")["Location"] == LIST


def test_unknown_keys_ask_for_nothing(library, read):
    assert codes(read("utm_source=mail")) == library


def test_the_past_shows_the_status_of_that_day(library, read):
    assert codes(read("as_of=2024-05-31&status=in_progress")) == []
    assert codes(read("as_of=2024-06-01&status=in_progress")) == ["2023-DE-1"]
    assert codes(read("as_of=2024-05-31&open=false")) == ["2023-SB-1"]


def test_the_past_says_which_day_it_shows(library, read):
    assert "As of April 28, 2025" in text(read("as_of=2025-04-28"))


def test_before_anything_was_published_the_list_is_empty(library, read):
    assert "No recommendations match" in text(read("as_of=2023-09-17"))


def test_stale_is_more_than_so_many_days_before_the_day_of_the_list(library, read):
    # 2023-DE-1 was heard of 365 days before.
    assert "2023-DE-1" in codes(read("as_of=2025-06-01&stale_days=364"))
    assert "2023-DE-1" not in codes(read("as_of=2025-06-01&stale_days=365"))


def test_what_was_never_heard_of_is_stale_since_its_publication(library, read):
    # The paper was published 622 days before.
    assert codes(read("as_of=2025-06-01&stale_days=621")) == ["2023-SB-2"]
    assert codes(read("as_of=2025-06-01&stale_days=622")) == []


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("document", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
        ("newest", "2025-AMITI-1 2023-DE-1 2023-SB-1 2023-SB-2"),
        ("stalest", "2023-SB-2 2023-SB-1 2023-DE-1 2025-AMITI-1"),
        ("status", "2023-SB-2 2025-AMITI-1 2023-DE-1 2023-SB-1"),
        ("relevance", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
    ],
)
def test_the_list_is_sorted_as_asked(library, read, sort, order):
    assert codes(read(f"sort={sort}")) == order.split()


def test_the_spanish_list_is_the_same_list_in_spanish(library, read):
    response = read("group=smart-borders", path="/es/recommendations/")

    assert codes(response) == ["2023-SB-1", "2023-SB-2"]
    assert "Recomendación" in text(response)


def test_recorded_after_finds_what_was_recorded_since_whatever_day_it_is_about(client):
    early, late = RecommendationFactory(code="2023-A-1"), RecommendationFactory(code="2023-A-2")
    as_if_recorded(record(early, effective_on=date(2025, 1, 1)), days_ago=10)
    record(late, effective_on=date(2024, 1, 1))
    day = timezone.localdate() - timedelta(days=9)

    assert codes(client.get(f"/recommendations/?recorded_after={day}")) == ["2023-A-2"]
    assert codes(client.get(f"/recommendations/?updated_after={day}")) == []
    [found] = client.get(f"/api/v1/recommendations/?recorded_after={day}").json()["results"]
    assert found["code"] == "2023-A-2"
    assert "2023-A-1" not in text(client.get(f"/recommendations/export.csv?recorded_after={day}"))


def test_recorded_after_tells_nothing_of_rows_that_are_not_public(client):
    record(RecommendationFactory(), visibility="staff")

    assert codes(client.get(f"/recommendations/?recorded_after={timezone.localdate()}")) == []
