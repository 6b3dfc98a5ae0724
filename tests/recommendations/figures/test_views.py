"""The pages and files of the headline figures."""

import csv
from io import StringIO

import pytest

from tests.factories import DocumentFactory, RecommendationFactory
from tests.reading import text, title

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def recommendations():
    RecommendationFactory(code="2023-A-1", title_en="Modern customs", status="implemented")
    RecommendationFactory(code="2023-A-2", title_en="Open data")


def test_the_index_says_each_number(client):
    page = text(client.get("/figures/"))

    assert "1 of 2 recommendations are implemented" in page
    assert "1 of 2 recommendations are still open" in page
    assert 'href="/figures/implemented/"' in page


def test_a_page_says_the_rule_and_the_records(client):
    response = client.get("/figures/implemented/")
    page = text(response)

    assert title(response) == "Implemented"
    assert "1 of 2 recommendations are implemented" in page
    assert "By issue" in page
    assert "Modern customs" in page
    assert "Open data" not in page
    assert "/recommendations/?status=implemented" in page


def test_a_past_day_has_its_own_number_and_records(client):
    page = text(client.get("/figures/implemented/?as_of=2024-04-30"))

    assert "0 of 2 recommendations are implemented" in page
    assert "Modern customs" not in page
    page = text(client.get("/figures/implemented/?as_of=2024-05-02"))
    assert "/recommendations/?status=implemented&amp;as_of=2024-05-02" in page


def test_a_day_to_come_adds_no_point(client):
    page = text(client.get("/figures/implemented/?as_of=9999-12-31"))

    assert "December 31, 9999" not in page.split("<figure")[1].split("</figure")[0]


def test_the_file_has_a_row_for_each_rule_and_day(client):
    rows = list(csv.DictReader(StringIO(text(client.get("/figures/implemented/export.csv")).removeprefix("\ufeff"))))

    mine = [row for row in rows if row["rule"] == "recommendation"]
    assert [(row["from"], row["value"], row["total"], row["share"]) for row in mine[:2]] == [
        ("2023-09-18", "0.0", "2", "0.0"),
        ("2024-05-01", "1.0", "2", "0.5"),
    ]


def test_what_is_not_public_does_not_count(client):
    RecommendationFactory(document=DocumentFactory(visibility="staff"), status="implemented")

    assert "1 of 2 recommendations are implemented" in text(client.get("/figures/implemented/"))


@pytest.mark.parametrize("address", ["/figures/nothing/", "/figures/nothing/export.csv"])
def test_a_figure_that_is_none_is_not_found(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/figures/open/?as_of=soon", "/figures/open/export.csv?as_of=soon"])
def test_a_day_that_is_none_is_said(client, address):
    assert client.get(address).status_code == 400


def test_a_day_before_anything_was_published_is_said(client):
    assert "Nothing had been published by that day." in text(client.get("/figures/open/?as_of=2020-01-01"))
