"""The sitemaps: every public page in both languages, and nothing else; and robots.txt."""

from datetime import UTC, date, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone, translation

from tests.addresses import parameters, placed, public_patterns
from tests.database import sql
from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    DocumentFactory,
    MilestoneFactory,
    OrganizationFactory,
    PublicGroupFactory,
    RecommendationFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import text

pytestmark = pytest.mark.django_db

NAMESPACES = {"": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
SITE = "https://tracker.example"

# Pages that nobody should find by searching: files, frames, steps of a form, and those by a reader's own link.
NOT_SEARCHED = {
    *("export", "bibtex", "badge", "card", "recommendation-widget", "group-widget", "calendar", "milestone-calendar"),
    *("feed", "digests:feed", "changes-export", "figure-export", "briefing"),
    *("digests:asked", "digests:preferences", "digests:confirm", "digests:unsubscribe"),
    *("digests:own-data", "digests:erase"),
}


@pytest.fixture
def pages(client):
    """All that the index leads to: {address: (day of the last change or None, {language: address})}."""

    def read(address):
        response = client.get(address, headers={"host": "127.0.0.1"})
        assert response["Content-Type"] == "application/xml"
        return ElementTree.fromstring(response.content)

    def pages() -> dict[str, tuple]:
        found = {}
        sections = [entry.findtext("loc", namespaces=NAMESPACES) for entry in read("/sitemap.xml")]
        for url in (url for section in sections for url in read(urlsplit(section).path)):
            address = url.findtext("loc", namespaces=NAMESPACES)
            assert address not in found
            alternates = url.findall("x:link[@rel='alternate']", NAMESPACES)
            found[address] = (
                url.findtext("lastmod", namespaces=NAMESPACES),
                {link.attrib["hreflang"]: link.attrib["href"] for link in alternates},
            )
        return found

    return pages


def test_a_section_that_does_not_fit_one_file_has_several(client, monkeypatch):
    monkeypatch.setattr("recommendations.sitemaps.Pages.limit", 2)
    RecommendationFactory.create_batch(2)

    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    files = [entry.findtext("loc", namespaces=NAMESPACES) for entry in index]

    assert {"http://testserver/sitemap-recommendations.xml", "http://testserver/sitemap-recommendations.xml?p=2"} <= {
        *files
    }
    for file in files:
        assert len(ElementTree.fromstring(client.get(file.removeprefix("http://testserver")).content)) <= 2


@pytest.mark.django_db(transaction=True)  # a digest is frozen in a transaction of its own
def test_it_names_every_public_page_in_both_languages(pages, client):
    places = placed()
    expected = set()
    for name, pattern in public_patterns():
        if name in NOT_SEARCHED:
            continue
        for language in ["en", "es"]:
            with translation.override(language):
                expected.add(SITE + reverse(name, kwargs=places[name] if parameters(pattern) else None))

    found = pages()

    assert expected <= found.keys()
    for address in found:
        assert client.get(urlsplit(address).path).status_code == 200


def test_each_page_names_itself_in_the_other_language(pages):
    RecommendationFactory(code="2023-SB-3a")

    found = pages()

    english, spanish = (f"{SITE}{prefix}/recommendations/2023-SB-3a/" for prefix in ["", "/es"])
    expected = {"en": english, "es": spanish, "x-default": english}
    assert found[english][1] == found[spanish][1] == expected
    assert all(len(alternates) == 3 for _changed, alternates in found.values())


@pytest.mark.parametrize("visibility", ["members", "staff"])
def test_it_names_nothing_that_is_not_published(pages, visibility):
    hidden = RecommendationFactory(
        code="2023-SB-3a",
        issue__code="2023-SB-3",
        issue__topic__document=DocumentFactory(slug="hidden", visibility=visibility),
    )
    AddresseeFactory(recommendation=hidden, organization__slug="asked")
    record(hidden, status="in_progress")

    found = " ".join(pages())

    for name in ["2023-SB-3", "hidden", "asked", hidden.document.publisher.slug]:
        assert f"/{name}/" not in found


def test_what_is_not_published_changes_no_page(pages):
    group = WorkingGroupFactory(slug="borders")
    RecommendationFactory(group=group, code="2023-SB-1")
    hidden = RecommendationFactory(group=group, issue__topic__document__visibility="staff")
    record(hidden, status="in_progress")
    record(RecommendationFactory(code="2023-SB-2"), visibility="staff", status="issued")

    found = pages()

    for address in ["/groups/borders/", "/recommendations/2023-SB-1/", "/recommendations/2023-SB-2/", "/"]:
        assert found[SITE + address][0] is None


def test_pages_change_when_something_is_recorded_of_what_they_show(pages):
    recommendation = RecommendationFactory(code="2023-SB-3a", group=WorkingGroupFactory(slug="borders"))
    organization = AddresseeFactory(recommendation=recommendation).organization
    chapter = ChapterFactory(number=7)
    recommendation.chapters.add(chapter)
    record(recommendation, effective_on=date(2024, 5, 1))
    RecommendationFactory(code="2023-SB-4")

    found = pages()

    today = datetime.now(UTC).date().isoformat()
    for page in [recommendation, recommendation.issue, recommendation.group, recommendation.document]:
        assert found[SITE + page.get_absolute_url()][0] == today
    assert found[SITE + organization.get_absolute_url()][0] == today
    assert found[SITE + chapter.get_absolute_url()][0] == today
    assert found[SITE + "/es/recommendations/"][0] == today
    assert found[SITE + "/recommendations/2023-SB-4/"][0] is None
    assert found[SITE + "/chapters/7/"][0] == today


def test_the_page_of_a_milestone_changes_with_its_date(pages):
    milestone = MilestoneFactory(checked_on=date(2020, 1, 2))
    sql("UPDATE reviews_milestonedate SET set_on = NULL")
    address = SITE + milestone.get_absolute_url()

    assert pages()[address][0] == "2020-01-02"

    sql("UPDATE reviews_milestone SET state = 'tentative'")

    assert pages()[address][0] == timezone.localdate().isoformat()


def test_an_organization_is_named_for_each_thing_it_does_in_public(pages):
    OrganizationFactory(slug="unheard-of")
    DocumentFactory(publisher__slug="publisher")
    PublicGroupFactory(slug="club").partners.add(OrganizationFactory(slug="partner"))

    found = pages()

    assert f"{SITE}/organizations/unheard-of/" not in found
    assert {f"{SITE}/organizations/publisher/", f"{SITE}/organizations/partner/"} <= found.keys()


def test_robots_are_sent_to_the_sitemap_and_kept_from_what_is_private(client):
    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = text(response).splitlines()
    assert lines[0] == "User-agent: *"
    assert {line for line in lines if line.startswith("Disallow")} == {
        "Disallow: /admin/",
        "Disallow: /es/admin/",
        "Disallow: /subscriptions/",
        "Disallow: /es/subscriptions/",
    }
    assert lines[-1] == "Sitemap: https://tracker.example/sitemap.xml"


def test_sitemap_and_robots_stand_where_programs_look_for_them():
    assert {"sitemap.xml", "robots.txt"} <= {str(each.pattern) for each in get_resolver().url_patterns}
