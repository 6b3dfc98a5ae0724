"""The home page: what is in force, up to when it was looked for, and what comes next."""

import re
from datetime import date

import pytest

from tests.factories import DocumentFactory, MilestoneFactory, RecommendationFactory, record
from tests.reading import in_order, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def recommendation():
    return RecommendationFactory()


def test_the_home_page_tells_only_what_is_in_force_and_each_fact_once(recommendation, client):
    wrong = record(recommendation, what_en="It was published.")
    record(recommendation, what_en="It was only announced.", corrects=wrong, reason_en="A mistake.")
    unverified = record(recommendation, what_en="Work began.", basis="public_source")
    record(recommendation, what_en="Work began.", corrects=unverified, reason_en="Checked.")
    news = text(client.get("/")).partition("Latest developments")[2]

    assert "It was published." not in news
    assert in_order(news, "Work began.", "Correction", "It was only announced.")
    assert news.count("Work began.") == 1
    assert news.count('<span class="tag">Correction</span>') == 1


def test_the_home_page_says_up_to_when_sources_were_read_if_that_is_known_of_all(recommendation, client):
    told = "Public sources were read through"
    document = recommendation.document
    assert told not in text(client.get("/"))

    document.sources_read_on = date(2026, 7, 2)
    document.save()
    DocumentFactory(sources_read_on=date(2026, 9, 1))
    DocumentFactory(visibility="staff")
    assert f"{told} July 2, 2026." in text(client.get("/"))

    DocumentFactory()
    assert told not in text(client.get("/"))


def test_the_home_page_has_the_table_behind_the_lines(client):
    milestone = MilestoneFactory(name_en="The dialogue", day=date(2024, 5, 1), state="held")

    [behind] = re.findall(r"All dates as a table.*?</table>", text(client.get("/")), re.DOTALL)

    assert f'<a href="{milestone.get_absolute_url()}">The dialogue</a></th><td>May 1, 2024</td><td>Held</td>' in behind
