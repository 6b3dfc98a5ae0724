"""The pages around a recommendation, and how every page behaves."""

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client
from justhtml import JustHTML

from recommendations.pages import base as days
from recommendations.pages import organizations
from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    IssueFactory,
    MembershipFactory,
    MilestoneFactory,
    OrganizationFactory,
    PublicGroupFactory,
    RecommendationFactory,
    TopicFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import codes, in_order, text, texts, total

pytestmark = pytest.mark.django_db

RECORD = "/recommendations/2023-SB-1a/"


# The pages around it


def test_the_issue_lists_its_recommendations(recommendation, client):
    RecommendationFactory(code="2023-SB-1b", issue=recommendation.issue, letter="b")
    RecommendationFactory()

    assert codes(client.get(recommendation.issue.get_absolute_url())) == ["2023-SB-1a", "2023-SB-1b"]


def test_group_document_chapter_and_organization_list_what_is_theirs(recommendation, client):
    RecommendationFactory()
    chapter = ChapterLinkFactory(recommendation=recommendation, reason_en="It fits.").chapter
    organization = AddresseeFactory(recommendation=recommendation).organization

    for place in [recommendation.group, recommendation.document, chapter, organization]:
        assert codes(client.get(place.get_absolute_url())) == ["2023-SB-1a"]


def test_of_very_many_the_first_are_listed_and_all_are_counted(client, monkeypatch):
    for module in (days, organizations):
        monkeypatch.setattr(module, "MAX_ROWS_ON_PAGE", 2)
    topic = TopicFactory()
    chapter, organization = ChapterFactory(number=7), OrganizationFactory(slug="anam")
    for recommendation in RecommendationFactory.create_batch(3, issue__topic=topic):
        ChapterLinkFactory(recommendation=recommendation, chapter=chapter)
        AddresseeFactory(recommendation=recommendation, organization=organization)

    for place, query in {
        topic.group: f"group={topic.group.slug}",
        topic.document: f"document={topic.document.slug}",
        chapter: "chapter=7",
        organization: "addressee=anam",
    }.items():
        page = client.get(f"{place.get_absolute_url()}?as_of=2026-01-01")

        assert len(codes(page)) == 2
        assert "These are the first 2 of 3." in text(page)
        [rest] = re.findall(r'<a href="([^"]*)">Show all of them</a>', text(page))
        assert rest == f"/recommendations/?{query}&amp;as_of=2026-01-01"
        assert total(client.get(unescape(rest))) == 3


def test_the_group_names_its_members_as_printed(read):
    group = PublicGroupFactory(slug="smart-borders")
    MembershipFactory(group=group, person__name="Ana Ruiz", affiliation="An institute")
    MembershipFactory(group=group, person__name="Bob Lee", affiliation="A company", is_co_chair=True, position=9)

    assert in_order(read("/groups/smart-borders/"), "2 members", "Bob Lee", "Co-chair", "A company", "Ana Ruiz")


def test_the_group_claims_a_source_for_its_members_only_where_one_is_stored(read):
    group = PublicGroupFactory(slug="smart-borders")
    paper = {"source_en": "As printed in the paper.", "source_es": "Tal como aparece en el documento."}
    ana = MembershipFactory(group=group, person__name="Ana Ruiz", note_en="As printed.", **paper)
    page = read("/groups/smart-borders/")

    assert in_order(page, "1 member", "As printed in the paper.", "Ana Ruiz", "As printed.")
    assert "Tal como aparece en el documento." in read("/es/groups/smart-borders/")

    MembershipFactory(group=group, person__name="Bob Lee", position=9)
    page = read("/groups/smart-borders/")
    assert in_order(page, "2 members", "Ana Ruiz", "As printed in the paper.", "Bob Lee", "No source is on file.")

    ana.delete()
    assert "paper" not in read("/groups/smart-borders/")


def test_a_document_that_is_known_to_the_month_is_dated_so(recommendation, read):
    document = recommendation.document
    document.published_on, document.published_precision = date(2023, 9, 4), "month"
    document.sources_read_on = date(2026, 7, 2)
    document.full_clean()
    document.save()
    page = read(document.get_absolute_url())

    assert document.published_on == date(2023, 9, 30)
    assert in_order(page, "Published</dt><dd>September 2023<", "Public sources read through", "July 2, 2026")
    for address in [RECORD, "/documents/", "/about/", recommendation.issue.get_absolute_url()]:
        assert "September 2023" in read(address)
        assert "September 30, 2023" not in read(address)


def test_the_introduction_of_a_topic_stands_above_its_issues(recommendation, read):
    topic = recommendation.issue.topic
    topic.summary_en, topic.summary_es = "A new agency.", "Una nueva agencia."
    topic.save()

    for address in [topic.document.get_absolute_url(), topic.group.get_absolute_url()]:
        assert in_order(read(address), topic.title, "A new agency.", recommendation.issue.title)


def test_a_chapter_says_what_was_seen_of_each_article(read):
    chapter = ChapterFactory(number=7)
    source = "https://example.org/7"
    chapter.articles.create(number="7.10", title_en="Single Window")
    chapter.articles.create(
        number="7.9", title_en="Express", gist_en="Parcels.", gist_es="Paquetes.", seen="full", source_url=source
    )
    page = read("/chapters/7/")

    assert in_order(
        page, "7.9", "Express", "Parcels.", "Its wording was read", source, "7.10", "Single Window", "Not seen"
    )


def test_the_groups_stand_in_the_same_order_everywhere(read):
    for slug, position in [("first-a", 3), ("third-b", 1), ("second-c", 2)]:
        RecommendationFactory(group=WorkingGroupFactory(slug=slug, name_en=slug, position=position))

    for address in ["/groups/", "/groups/?as_of=2024-01-01", "/"]:
        assert in_order(read(address), "third-b", "second-c", "first-a")


def test_only_in_spanish_a_chapter_says_that_its_text_is_in_english(read):
    ChapterFactory(number=19, text_url="https://canada.example/19?lang=eng")

    assert re.search(r'lang=eng" hreflang="en">[^<]+ \((in English|en inglés)\)</a>', read("/es/chapters/19/"))
    assert "(in English)" not in read("/chapters/19/")


def test_a_chapter_that_nothing_touches_says_so(read):
    ChapterFactory(number=34)

    assert "No recommendation is related to this chapter." in read("/chapters/34/")


def test_the_chapters_count_by_group(read):
    chapter = ChapterFactory(number=7)
    for slug in ["smart-borders", "digital-economy"]:
        ChapterLinkFactory(chapter=chapter, recommendation=RecommendationFactory(group=WorkingGroupFactory(slug=slug)))

    page = read("/chapters/")

    assert '<a href="/recommendations/?chapter=7&amp;group=smart-borders">1</a>' in page
    assert '<a href="/recommendations/?chapter=7"><b>2</b></a>' in page


def test_the_state_of_play_leads_to_the_list_behind_each_number(recommendation, read):
    record(recommendation, status="in_progress")

    slug = recommendation.group.slug
    for address in [recommendation.group.get_absolute_url(), "/groups/"]:
        assert f'href="/recommendations/?group={slug}&amp;status=in_progress"' in read(address)
    assert 'href="/recommendations/?status=in_progress"' in read("/")


def test_the_home_page_says_that_none_is_implemented_and_explains_the_statuses_once(recommendation, read):
    record(recommendation, status="in_progress")

    page = read("/")

    assert texts(page, ".play .legend td") == ["In progress 1", "Implemented 0"]
    assert texts(page, ".groups table.unseen td") == ["1"]


def test_chapters_that_nothing_touches_are_folded_away(recommendation, read):
    other = ChapterFactory(number=8)
    ChapterLinkFactory(recommendation=recommendation, chapter=ChapterFactory(number=7))

    page = read("/chapters/")

    assert [row.split()[0] for row in texts(page, ".matrix tbody th")] == ["7."]
    assert [row.split()[0] for row in texts(page, "details .plain li")] == ["8."]
    assert texts(page, ".matrix thead th")[:2] == ["Chapter", "All"]
    assert other.title_en in page


# Where one is


@pytest.mark.parametrize(
    ("address", "current"),
    [("/", []), ("/chapters/", ["page"]), ("/es/chapters/", ["page"]), ("/about/", [])],
)
def test_the_navigation_says_where_one_is(recommendation, client, address, current):
    page = JustHTML(text(client.get(address)), sanitize=False)

    assert [link.attrs.get("aria-current") for link in page.query("header nav a[aria-current]")] == current


def test_the_navigation_says_to_which_part_a_page_belongs(recommendation, read):
    page = JustHTML(read(recommendation.get_absolute_url()), sanitize=False)

    [link] = page.query("header nav a[aria-current]")
    assert (link.attrs["href"], link.attrs["aria-current"]) == ("/recommendations/", "true")


def test_a_long_title_goes_without_the_name_of_the_site(read):
    short, long = RecommendationFactory(title_en="Short"), RecommendationFactory(title_en="Long " * 14)

    assert "<title>" + short.code + " Short · C26+ Recommendations Tracker</title>" in read(short.get_absolute_url())
    assert texts(read(long.get_absolute_url()), "title") == [f"{long.code} {long.title_en}".strip()]


# Who keeps it


def test_every_page_names_its_publisher_and_leads_to_more_about_it(read):
    page = read("/chapters/")

    assert "Published by the C26+ program of the U.S.-Mexico Foundation." in page
    assert '<a href="/about/">' in page


def test_the_documents_are_listed_newest_first(read):
    for year in (2021, 2024, 2022, 2025, 2023):
        DocumentFactory(title_en=f"The paper of {year}", published_on=date(year, 1, 1))

    assert in_order(read("/documents/"), *(f"The paper of {year}<" for year in (2025, 2024, 2023, 2022, 2021)))


def test_readers_are_told_whom_to_write_to_and_from_which_documents_it_is(read, settings):
    settings.CONTACT_EMAIL = "staff@tracker.example"
    DocumentFactory(slug="paper", title_en="The paper")
    DocumentFactory(title_en="A draft", visibility="staff")

    page = read("/about/")

    assert '<a href="mailto:staff@tracker.example">staff@tracker.example</a>' in page
    assert '<a href="/documents/paper/">The paper</a>' in page
    assert "A draft" not in page
    assert 'href="/status-definitions/"' in page


def test_who_subscribes_is_told_who_is_responsible(read):
    assert "Responsible: the C26+ program of the U.S.-Mexico Foundation." in read("/subscribe/")


# Addresses


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("query", ["", "?as_of=2024-07-01", "?as_of=1999-01-01", "?utm_source=a%20b&x=%C3%A1"])
def test_a_code_or_slug_in_other_letters_leads_to_the_one_as_it_is_written(client, prefix, query):
    issue = IssueFactory(code="2023-IE-2bis")
    RecommendationFactory(code="2023-IE-2bis-a", issue=issue)
    DocumentFactory(slug="paper", publisher__slug="anam")
    PublicGroupFactory(slug="amiti")
    MilestoneFactory(slug="hled-2023")

    for written, other in [
        ("recommendations/2023-IE-2bis-a/", "recommendations/2023-ie-2BIS-A/"),
        ("issues/2023-IE-2bis/", "issues/2023-ie-2bis/"),
        ("organizations/anam/", "organizations/ANAM/"),
        ("documents/paper/", "documents/Paper/"),
        ("groups/amiti/", "groups/AMITI/"),
        ("milestones/hled-2023/", "milestones/HLED-2023/"),
    ]:
        response = client.get(f"{prefix}/{other}{query}")

        assert (response.status_code, response["Location"]) == (301, f"{prefix}/{written}{query}")


@pytest.mark.parametrize("visibility", ["members", "staff"])
def test_a_code_in_other_letters_says_nothing_of_what_is_not_public(client, visibility):
    RecommendationFactory(code="2023-IE-2", issue__code="2023-IE-2", issue__topic__document__visibility=visibility)

    for address in ["/recommendations/2023-ie-2/", "/issues/2023-ie-2/", "/recommendations/2023-ie-3/"]:
        assert client.get(address).status_code == 404


# Every page


@pytest.mark.parametrize(
    "address",
    [
        "/recommendations/2099-XX-1/",
        "/issues/2099-XX-1/",
        "/groups/nowhere/",
        "/chapters/35/",
        "/chapters/99999999999999999999/",
        "/organizations/nobody/",
        "/documents/none/",
        "/milestones/never/",
        "/digests/99999999999999999999/",
        "/nonsense/",
    ],
)
@pytest.mark.parametrize(("prefix", "language"), [("", "en"), ("/es", "es")])
def test_an_address_that_is_not_known_is_not_found_and_offers_the_search(client, address, prefix, language):
    response = client.get(prefix + address)

    assert response.status_code == 404
    assert f'<html lang="{language}">' in text(response)
    assert f'action="{prefix}/recommendations/" role="search"' in text(response)


@pytest.mark.parametrize(
    "address",
    ["/", "/recommendations/?group=g&group=h&q=a+b", RECORD, "/chapters/", "/milestones/", "/status-definitions/"],
)
def test_the_language_switch_keeps_the_address_and_the_query(recommendation, read, address):
    shown = address.replace("&", "&amp;")

    assert f'lang="es" hreflang="es" href="/es{shown}"' in read(address)
    assert f'lang="en" hreflang="en" href="{shown}"' in read("/es" + address)


def test_a_page_says_its_language_whatever_the_browser_prefers(read):
    spanish = Client(headers={"accept-language": "es"})

    assert '<html lang="en">' in read("/", spanish)
    assert '<html lang="es">' in read("/es/", Client(headers={"accept-language": "en"}))


EVIL = '<script>alert("1")</script>'


def test_html_in_content_is_shown_and_not_run(read, client):
    recommendation = RecommendationFactory(
        code="2023-SB-1a",
        title_en=EVIL,
        summary_en=EVIL,
        success_test_en=EVIL,
        official_wording=EVIL,
        issue__title_en=EVIL,
        issue__summary_en=EVIL,
        issue__topic__title_en=EVIL,
        issue__topic__group__name_en=EVIL,
        issue__topic__group__description_en=EVIL,
        issue__topic__document__title_en=EVIL,
        issue__topic__document__summary_en=EVIL,
    )
    organization = AddresseeFactory(recommendation=recommendation, organization__name_en=EVIL).organization
    chapter = ChapterLinkFactory(recommendation=recommendation, reason_en=EVIL, chapter__title_en=EVIL).chapter
    MembershipFactory(group=recommendation.group, person__name=EVIL, affiliation=EVIL)
    milestone = MilestoneFactory(name_en=EVIL, note_en=EVIL, place_en=EVIL, series__name_en=EVIL)
    milestone.documents.add(recommendation.document)
    record(recommendation, what_en=EVIL, evidence=[{"title": EVIL, "publisher": EVIL, "url": "https://a.example/"}])

    records = [recommendation, recommendation.issue, recommendation.group, recommendation.document]
    addresses = [each.get_absolute_url() for each in [*records, organization, chapter, milestone]]
    for address in [
        *addresses,
        "/",
        "/recommendations/",
        "/groups/",
        "/organizations/",
        "/chapters/",
        "/documents/",
        "/milestones/",
    ]:
        page = read(address)
        assert "<script>alert" not in page, address
        assert "&lt;script&gt;alert" in page, address


def test_about_sums_up_what_is_verified_and_says_that_no_license_was_chosen(recommendation, read):
    record(recommendation, basis="verified")
    record(recommendation, basis="public_source")

    assert texts(read("/about/"), "#verified") == ["Staff has verified 1 of 2 entries about what happened."]
    assert any("all rights are reserved" in paragraph for paragraph in texts(read("/about/"), "#reuse p"))


def test_about_names_the_license_that_the_foundation_has_chosen(client, settings):
    settings.DATA_LICENSE, settings.DATA_LICENSE_URL = "CC BY 4.0", "https://license.example/by"

    page = text(client.get("/about/"))

    assert texts(page, "#reuse a[rel=license]") == ["CC BY 4.0"]
    assert "all rights are reserved" not in page


def test_each_status_definition_says_how_many_stand_there(recommendation, read):
    record(recommendation, status="in_progress")

    assert "In progress 1 recommendation" in texts(read("/status-definitions/"), "dt")
