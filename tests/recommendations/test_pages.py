"""The pages about recommendations: what the record shows, who may see what, and how every page behaves."""

import re
from datetime import date

import pytest
from django.test import Client

from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    IssueFactory,
    MembershipFactory,
    MilestoneFactory,
    OrganizationFactory,
    RecommendationFactory,
    TopicFactory,
    UserFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import codes, link, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(client):
    """Opens a page that is there, and gives its HTML."""

    def read(address, browser=client):
        response = browser.get(address)
        assert response.status_code == 200, address
        return text(response)

    return read


@pytest.fixture
def as_member(db) -> Client:
    client = Client()
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def in_order(page, *texts) -> bool:
    places = [page.index(each) for each in texts]
    return places == sorted(places)


# The record


@pytest.fixture
def recommendation():
    return RecommendationFactory(code="2023-SB-1a")


RECORD = "/recommendations/2023-SB-1a/"


def test_the_record_tells_what_is_asked_and_how_it_is_tested(read):
    RecommendationFactory(
        code="2023-SB-1a",
        title_en="Digital customs",
        summary_en="Make customs digital.",
        success_test_en="Implemented when no paper is asked for.",
        official_wording="We recommend that …",
        priority=True,
        issue__summary_en="Paper is slow.",
        issue__topic__title_en="Borders",
        issue__topic__document__language="es",
    )

    page = read(RECORD)

    for each in ["Make customs digital.", "Implemented when no paper is asked for.", "Paper is slow.", "Borders"]:
        assert each in page
    assert re.search(r'<blockquote lang="es".*?We recommend that …', page)
    assert 'class="priority"' in page
    assert "No update is recorded yet." in page


def test_the_timeline_is_newest_first(recommendation, read):
    record(recommendation, what_en="In the middle.", effective_on=date(2024, 5, 1))
    record(recommendation, what_en="The last.", effective_on=date(2025, 1, 1))
    record(recommendation, what_en="The first.", effective_on=date(2023, 10, 1))

    assert in_order(read(RECORD), "The last.", "In the middle.", "The first.")


def test_an_update_shows_its_date_no_finer_than_it_is_known(recommendation, read):
    record(recommendation, effective_on=date(2024, 4, 1), precision="quarter")

    assert "second quarter of 2024" in read(RECORD)
    assert "1 April 2024" not in read(RECORD)


def test_an_update_shows_its_evidence_with_links(recommendation, read):
    record(
        recommendation,
        status="implemented",
        evidence=[
            {
                "title": "Decree 12",
                "publisher": "Official gazette",
                "url": "https://dof.example/12",
                "published_on": date(2024, 4, 30),
            },
            {"title": "Press note", "publisher": "Ministry", "url": "https://gob.example/note"},
        ],
    )

    page = read(RECORD)

    assert '<a href="https://dof.example/12" rel="nofollow">Decree 12</a>, Official gazette, 30 April 2024' in page
    assert '<a href="https://gob.example/note" rel="nofollow">Press note</a>, Ministry</li>' in page


def test_a_status_that_went_back_shows_its_reason(recommendation, read):
    record(recommendation, status="implemented")
    record(recommendation, status="in_progress", reason_en="The decree was repealed.")

    assert "The decree was repealed." in read(RECORD)


def test_a_corrected_row_stays_readable_and_points_to_its_correction(recommendation, read):
    wrong = record(recommendation, status="implemented", what_en="All done.")
    right = record(recommendation, what_en="Half done.", corrects=wrong, reason_en="We had misread.")

    page = read(RECORD)

    assert '<p class="corrected">All done.</p>' in page
    assert f'<a href="#update-{right.pk}">see the correction</a>' in page
    assert f'<a href="#update-{wrong.pk}">Corrects an earlier entry</a>' in page
    assert "We had misread." in page
    assert '<p class="corrected">Half done.</p>' not in page


def test_a_superseded_recommendation_leads_to_its_successor(recommendation, read):
    successor = RecommendationFactory(code="2025-AMITI-1", title_en="A better one")
    record(recommendation, status="superseded", successor=successor)

    assert '<a href="/recommendations/2025-AMITI-1/">2025-AMITI-1 A better one</a>' in read(RECORD)


def test_the_record_names_those_who_are_asked_and_what_they_answered(recommendation, read):
    AddresseeFactory(recommendation=recommendation, organization__name_en="Silent agency")
    AddresseeFactory(
        recommendation=recommendation,
        organization__slug="anam",
        organization__acronym="ANAM",
        is_named=False,
        response="accepted",
        responded_on=date(2024, 2, 1),
        response_title="Letter",
        response_url="https://anam.example/letter",
    )

    page = read(RECORD)

    assert in_order(page, "Silent agency", "Awaiting response", "(ANAM)", "our reading", "Accepted, 1 February 2024")
    assert '<a href="https://anam.example/letter">Letter</a>' in page
    assert 'href="/organizations/anam/"' in page


def test_the_record_names_the_chapters_with_the_reason(recommendation, read):
    ChapterLinkFactory(
        recommendation=recommendation,
        chapter=ChapterFactory(number=7, title_en="Customs administration"),
        articles=["7.8", "7.9"],
        is_loose=True,
        reason_en="Express shipments.",
    )

    page = read(RECORD)

    assert '<a href="/chapters/7/">7. Customs administration</a>' in page
    assert in_order(page, "loose link", "7.8, 7.9", "Express shipments.")


def test_the_record_names_the_milestones_its_document_was_prepared_for(recommendation, read):
    MilestoneFactory(slug="hled-2023", name_en="The dialogue").documents.add(recommendation.document)

    assert '<a href="/milestones/hled-2023/">The dialogue</a>' in read(RECORD)


def test_neighbours_follow_the_order_of_the_document(client):
    document = DocumentFactory()
    topics = [TopicFactory(document=document, group__position=place) for place in (1, 2)]
    first = IssueFactory(topic=topics[0], position=1)
    second = IssueFactory(topic=topics[0], position=2)
    last = IssueFactory(topic=topics[1], position=1)
    for code, issue, letter in [
        ("2023-C-1", last, ""),
        ("2023-B-1", second, ""),
        ("2023-A-1b", first, "b"),
        ("2023-A-1a", first, "a"),
    ]:
        RecommendationFactory(code=code, issue=issue, letter=letter)
    RecommendationFactory(code="2025-X-1")  # of another document

    walked, address = [], "/recommendations/2023-A-1a/"
    while address:
        walked.append(address.split("/")[2])
        address = link(client.get(address), "next")

    assert walked == ["2023-A-1a", "2023-A-1b", "2023-B-1", "2023-C-1"]
    assert link(client.get("/recommendations/2023-B-1/"), "prev") == "/recommendations/2023-A-1b/"
    assert link(client.get("/recommendations/2023-A-1a/"), "prev") is None


def test_the_record_names_what_else_the_issue_asks(recommendation, read):
    RecommendationFactory(code="2023-SB-1b", issue=recommendation.issue, letter="b", status="in_progress")

    page = read(RECORD)

    assert in_order(page, "The same issue also asks:", "2023-SB-1b", "In progress")


def test_the_spanish_record_is_in_spanish_and_in_english_where_spanish_is_missing(recommendation, read):
    record(recommendation, what_en="Done in 2024.", what_es="")
    record(recommendation, what_en="Read in 2024.", what_es="Se leyó en 2024.")

    page = read("/es" + RECORD)

    assert recommendation.title_es in page
    assert "Se leyó en 2024." in page
    assert "Done in 2024." in page
    assert "Read in 2024." not in page


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


def test_the_group_names_its_members_as_printed(read):
    group = WorkingGroupFactory(slug="smart-borders")
    MembershipFactory(group=group, person__name="Ana Ruiz", affiliation="An institute")
    MembershipFactory(group=group, person__name="Bob Lee", affiliation="A company", is_co_chair=True, position=9)

    assert in_order(read("/groups/smart-borders/"), "2 members", "Bob Lee", "Co-chair", "A company", "Ana Ruiz")


def test_a_chapter_that_nothing_touches_says_so(read):
    ChapterFactory(number=34)

    assert "No recommendation touches this chapter." in read("/chapters/34/")


def test_the_chapters_count_by_group(read):
    chapter = ChapterFactory(number=7)
    for slug in ["smart-borders", "digital-economy"]:
        ChapterLinkFactory(chapter=chapter, recommendation=RecommendationFactory(group=WorkingGroupFactory(slug=slug)))

    page = read("/chapters/")

    assert '<a href="/recommendations/?chapter=7&amp;group=smart-borders">1</a>' in page
    assert '<a href="/recommendations/?chapter=7"><b>2</b></a>' in page


def test_the_state_of_play_leads_to_the_list_behind_each_number(recommendation, read):
    record(recommendation, status="in_progress")

    for address in ["/", recommendation.group.get_absolute_url(), "/groups/"]:
        slug = recommendation.group.slug
        assert f'href="/recommendations/?group={slug}&amp;status=in_progress"' in read(address)


# Addresses


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("query", ["", "?as_of=2024-07-01", "?as_of=1999-01-01", "?utm_source=a%20b&x=%C3%A1"])
def test_a_code_in_other_letters_leads_to_the_one_as_it_is_written(client, prefix, query):
    issue = IssueFactory(code="2023-IE-2bis")
    RecommendationFactory(code="2023-IE-2bis-a", issue=issue)

    for written, other in [
        ("recommendations/2023-IE-2bis-a/", "recommendations/2023-ie-2BIS-A/"),
        ("issues/2023-IE-2bis/", "issues/2023-ie-2bis/"),
    ]:
        response = client.get(f"{prefix}/{other}{query}")

        assert (response.status_code, response["Location"]) == (301, f"{prefix}/{written}{query}")


@pytest.mark.parametrize("visibility", ["members", "staff"])
def test_a_code_in_other_letters_says_nothing_of_what_is_not_public(client, visibility):
    RecommendationFactory(code="2023-IE-2", issue__code="2023-IE-2", issue__topic__document__visibility=visibility)

    for address in ["/recommendations/2023-ie-2/", "/issues/2023-ie-2/", "/recommendations/2023-ie-3/"]:
        assert client.get(address).status_code == 404


# Who may see what


@pytest.fixture
def hidden():
    """Everything that is not public holds the word HIDDEN, in both languages, and is tied to what is public."""
    seen = RecommendationFactory(code="2023-SB-1a", issue__code="2023-SB-1", issue__topic__document__slug="seen")
    ChapterLinkFactory(recommendation=seen, chapter=ChapterFactory(number=7))
    anam = AddresseeFactory(recommendation=seen, organization=OrganizationFactory(slug="anam")).organization
    MilestoneFactory(slug="meeting").documents.add(seen.document)
    meeting = seen.document.milestones.get()
    WorkingGroupFactory(slug="group")
    texts = {"what_en": "HIDDEN", "what_es": "HIDDEN"}
    for visibility in ["members", "staff"]:
        record(seen, visibility=visibility, **texts)
        document = DocumentFactory(
            slug=f"for-{visibility}",
            title_en="HIDDEN",
            title_es="HIDDEN",
            summary_en="HIDDEN",
            summary_es="HIDDEN",
            publisher=anam,
            visibility=visibility,
        )
        meeting.documents.add(document)
        topic = TopicFactory(
            slug=f"topic-for-{visibility}",
            title_en="HIDDEN",
            title_es="HIDDEN",
            document=document,
            group=seen.group,
        )
        issue = IssueFactory(code=f"2025-{visibility.upper()}-1", title_en="HIDDEN", title_es="HIDDEN", topic=topic)
        one = RecommendationFactory(
            code=f"2025-{visibility.upper()}-1a", issue=issue, title_en="HIDDEN", title_es="HIDDEN", summary_en="HIDDEN"
        )
        ChapterLinkFactory(recommendation=one, chapter=ChapterFactory(number=7), reason_en="HIDDEN", reason_es="HIDDEN")
        AddresseeFactory(recommendation=one, organization=anam)
        AddresseeFactory(recommendation=one, organization__country="US")
        record(one, status="in_progress", **texts)
    return seen


PUBLIC = [
    "/",
    "/recommendations/",
    "/recommendations/?q=hidden",
    "/recommendations/?as_of=2025-01-01",
    "/recommendations/?sort=newest",
    "/recommendations/?document=for-staff",
    "/recommendations/?topic=topic-for-members",
    "/recommendations/export.csv",
    "/recommendations/export.json?as_of=2025-01-01",
    "/recommendations/2023-SB-1a/",
    "/issues/2023-SB-1/",
    "/groups/",
    "/chapters/",
    "/chapters/7/",
    "/organizations/",
    "/organizations/anam/",
    "/documents/",
    "/documents/seen/",
    "/milestones/",
    "/milestones/meeting/",
    "/milestones/meeting/?as_of=2026-01-01",
    "/organizations/anam/?as_of=2026-01-01",
    "/documents/?as_of=2026-01-01",
    "/changes/?since=2023-09-01&until=2026-01-01",
    "/changes/export.json?since=2024-01-01&until=2026-01-01",
]
NOT_PUBLIC = [
    "/recommendations/2025-{}-1a/",
    "/issues/2025-{}-1/",
    "/documents/for-{}/",
]


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_not_public_reaches_no_anonymous_page_or_export(hidden, read, address, prefix):
    assert "HIDDEN" not in read(prefix + address)


def test_what_is_not_public_reaches_no_anonymous_group_page(hidden, read):
    assert "HIDDEN" not in read(hidden.group.get_absolute_url())


def test_what_is_not_public_is_not_counted_for_the_anonymous(hidden, client):
    assert '<h2 id="count" tabindex="-1">1 recommendation</h2>' in text(client.get("/recommendations/"))
    assert "1 recommendation: 1 open, 0 closed" in text(client.get("/"))
    assert len(client.get("/recommendations/export.csv").getvalue().splitlines()) == 2


def test_a_successor_that_is_not_public_is_not_named(read, as_staff):
    successor = RecommendationFactory(title_en="HIDDEN", document=DocumentFactory(visibility="staff"))
    record(RecommendationFactory(code="2023-SB-1a"), status="superseded", successor=successor)

    assert "HIDDEN" not in read(RECORD)
    assert successor.code not in read(RECORD)
    assert successor.code in read(RECORD, as_staff)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_page_is_found_only_by_those_who_may_read_it(hidden, client, as_member, as_staff, address):
    for_members, for_staff = (
        address.format(audience if "for-" in address else audience.upper()) for audience in ("members", "staff")
    )

    def answers(browser):
        return [browser.get(each).status_code for each in (for_members, for_staff)]

    assert answers(client) == [404, 404]
    assert answers(as_member) == [200, 404]
    assert answers(as_staff) == [200, 200]


def test_updates_are_read_by_those_whom_they_are_for(read, recommendation, client, as_member, as_staff):
    record(recommendation, visibility="members", what_en="For members.")
    record(recommendation, visibility="staff", what_en="For staff.")

    def seen(browser):
        return [each for each in ("For members.", "For staff.") if each in read(RECORD, browser)]

    assert seen(client) == []
    assert seen(as_member) == ["For members."]
    assert seen(as_staff) == ["For members.", "For staff."]


# Every page


@pytest.mark.parametrize(
    "address",
    [
        "/recommendations/2099-XX-1/",
        "/recommendations/a%00b/",
        "/issues/2099-XX-1/",
        "/issues/a%00b/",
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
