"""What is there in English only says so on a page in Spanish, so that it is read out as English (WCAG 2.2, 3.1.2)."""

import re
from html import unescape

import pytest

from tests.factories import (
    ChapterLinkFactory,
    DocumentFactory,
    MilestoneFactory,
    PublicGroupFactory,
    RecommendationFactory,
    SeriesFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import text

pytestmark = pytest.mark.django_db

GROUP, RECORD, CHAPTER, DOCUMENT = "/groups/group/", "/recommendations/2023-SB-1/", "/chapters/7/", "/documents/paper/"
MEETING, SERIES = "/milestones/meeting/", "/milestones/without-a-note/"
WHERE = [
    ("What happened.", ["/", "/recommendations/", "/recommendations/feed.atom", "/changes/?since=2020-01-01", RECORD]),
    ("Why it went back.", ["/recommendations/feed.atom", RECORD]),
    ("Why this chapter.", [CHAPTER, RECORD]),
    ("About the group.", ["/groups/", GROUP]),
    ("About the document.", ["/documents/", DOCUMENT]),
    ("About the day.", [DOCUMENT]),
    ("About the meeting.", [MEETING]),
    ("About the series.", ["/milestones/", SERIES]),
    ("A place", ["/", "/milestones/", MEETING]),
    ("Why it was moved.", [MEETING]),
]


@pytest.fixture
def english_only():
    """One of each that may be without Spanish, in English alone."""
    group = WorkingGroupFactory(slug="group", description_en="About the group.")
    document = DocumentFactory(slug="paper", summary_en="About the document.", published_note_en="About the day.")
    recommendation = RecommendationFactory(code="2023-SB-1", document=document, issue__topic__group=group)
    ChapterLinkFactory(recommendation=recommendation, chapter__number=7, reason_en="Why this chapter.")
    record(recommendation, status="implemented")
    english = {"what_en": "What happened.", "reason_en": "Why it went back."}
    record(recommendation, status="in_progress", what_es="", **english)
    series = SeriesFactory(description_en="About the series.")
    MilestoneFactory(series=series, slug="without-a-note")
    meeting = MilestoneFactory(series=series, slug="meeting", note_en="About the meeting.", place_en="A place")
    meeting.state, meeting.date_reason_en = "postponed", "Why it was moved."
    meeting.save()


def shown(response, words) -> list[str]:
    """The attributes of each element of a page, or of what a feed holds, that begins with some words."""
    return re.findall(rf"<\w+([^<>]*)>{re.escape(words)}", unescape(text(response)).split("<body>")[-1])


@pytest.mark.parametrize(("words", "address"), [(words, address) for words, all_ in WHERE for address in all_])
def test_english_says_that_it_is_english_on_a_page_in_spanish(client, english_only, words, address):
    in_spanish = shown(client.get(f"/es{address}"), words)
    in_english = shown(client.get(address), words)

    assert {'lang="en"' in attributes for attributes in in_spanish} == {True}
    assert {"lang=" in attributes for attributes in in_english} == {False}


def test_spanish_on_a_page_in_spanish_says_nothing_of_its_language(client, english_only):
    record(RecommendationFactory(code="2023-SB-2"), what_en="In English.", what_es="En español.")

    assert shown(client.get("/es/recommendations/2023-SB-2/"), "En español.") == [""]


def test_what_is_empty_in_both_languages_is_marked_as_nothing(client):
    PublicGroupFactory(slug="group")

    assert shown(client.get("/es/groups/group/"), "</p>") == [' class="lead"']


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_each_language_to_choose_is_named_in_itself(client, prefix):
    page = text(client.get(f"{prefix}/subscribe/"))

    assert '<span lang="en">English</span>' in page
    assert '<span lang="es">Español</span>' in page
