"""Past views in the words of their day: the record, lists, pages, the API and files."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    AddresseeFactory,
    ChapterLinkFactory,
    DocumentFactory,
    MilestoneFactory,
    RecommendationFactory,
)
from tests.history import days_ago
from tests.reading import text

pytestmark = pytest.mark.django_db

YESTERDAY = (timezone.localdate() - timedelta(days=1)).isoformat()


@pytest.fixture
def changed():
    """A recommendation that was a priority by yesterday, and all of whose words were others."""
    recommendation = RecommendationFactory(code="2023-SB-2", priority=True)
    addressee = AddresseeFactory(recommendation=recommendation)
    link = ChapterLinkFactory(recommendation=recommendation)
    milestone = MilestoneFactory()
    milestone.documents.add(recommendation.document)
    written = [
        (recommendation, "title"),
        (recommendation, "summary"),
        (recommendation.issue, "title"),
        (recommendation.issue, "summary"),
        (recommendation.topic, "title"),
        (recommendation.document, "title"),
        (addressee.organization, "name"),
        (link, "reason"),
        (milestone, "name"),
    ]
    for when in ("old", "new"):
        for record, name in written:
            record.refresh_from_db()
            setattr(record, f"{name}_en", f"{when} {name} of {record._meta.verbose_name}")
            record.save()
        if when == "old":
            days_ago(3)
    recommendation.refresh_from_db()
    recommendation.priority = False
    recommendation.save()
    recommendation.milestone = milestone
    return recommendation


def shown(client, url, **query):
    response = client.get(url, query)
    assert response.status_code == 200, response.content
    return response


def pages(recommendation):
    """Every page that can be seen as of a day, and what is on it."""
    organization = recommendation.addressees.get().organization
    [link] = recommendation.chapter_links.all()
    return {
        "/recommendations/": ["title of recommendation", "name of organization"],
        recommendation.get_absolute_url(): [
            "title of recommendation",
            "summary of recommendation",
            "title of issue",
            "summary of issue",
            "title of topic",
            "title of document",
            "name of organization",
            "reason of chapter link",
            "name of milestone",
        ],
        recommendation.issue.get_absolute_url(): ["title of issue", "title of recommendation"],
        recommendation.group.get_absolute_url(): ["title of recommendation"],
        "/groups/": [],
        "/chapters/": [],
        link.chapter.get_absolute_url(): ["title of recommendation", "reason of chapter link"],
        organization.get_absolute_url(): ["name of organization", "title of recommendation"],
        "/documents/": ["title of document"],
        recommendation.document.get_absolute_url(): ["title of document", "title of recommendation"],
        recommendation.milestone.get_absolute_url(): ["name of milestone"],
        "/api/v1/recommendations/": ["title of recommendation", "name of organization", "reason of chapter link"],
        "/recommendations/export.json": ["title of recommendation", "name of organization"],
    }


def content(response) -> str:
    if response.streaming:
        return b"".join(response.streaming_content).decode()
    return text(response) if response["Content-Type"].startswith("text/html") else response.content.decode()


def test_every_page_of_the_past_has_the_words_of_its_day(client, changed):
    wrong = []
    for url, words in pages(changed).items():
        past = content(shown(client, url, as_of=YESTERDAY)).replace("now new name", "").replace("Now new name", "")
        present = content(shown(client, url)).replace(": old name of organization", "")  # the former name
        wrong += [(url, word) for word in words if f"old {word}" not in past or f"new {word}" in past]
        wrong += [(url, word) for word in words if f"new {word}" not in present or f"old {word}" in present]

    assert wrong == []


def test_what_was_a_priority_is_found_as_one(client, changed):
    url = "/api/v1/recommendations/"

    found = [
        [row["code"] for row in json.loads(shown(client, url, priority="true", **query).content)["results"]]
        for query in ({"as_of": YESTERDAY}, {})
    ]

    assert found == [[changed.code], []]


def test_words_from_before_publication_are_in_no_past_view(client):
    document = DocumentFactory(visibility="staff")
    recommendation = RecommendationFactory(document=document, title_en="A secret draft")
    days_ago(3)
    recommendation.title_en = "What was published"
    recommendation.save()
    document.visibility = "public"
    document.save()

    page = content(shown(client, recommendation.get_absolute_url(), as_of=YESTERDAY))

    assert "What was published" in page
    assert "secret" not in page
