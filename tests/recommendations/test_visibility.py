"""Who may see what: nothing that is not public reaches an anonymous page."""

import pytest

from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    IssueFactory,
    MilestoneFactory,
    OrganizationFactory,
    PublicGroupFactory,
    RecommendationFactory,
    TopicFactory,
    record,
)
from tests.reading import text

pytestmark = pytest.mark.django_db

RECORD = "/recommendations/2023-SB-1a/"


@pytest.fixture
def hidden():
    """Everything that is not public holds the word HIDDEN, in both languages, and is tied to what is public."""
    seen = RecommendationFactory(code="2023-SB-1a", issue__code="2023-SB-1", issue__topic__document__slug="seen")
    ChapterLinkFactory(recommendation=seen, chapter=ChapterFactory(number=7))
    anam = AddresseeFactory(recommendation=seen, organization=OrganizationFactory(slug="anam")).organization
    MilestoneFactory(slug="meeting").documents.add(seen.document)
    meeting = seen.document.milestones.get()
    PublicGroupFactory(slug="group")
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


def test_who_may_read_it_finds_it_on_the_same_pages(hidden, read, as_staff):
    """Else the tests around this one would look for what is not there anyway."""
    silent = {address for address in PUBLIC if "HIDDEN" not in read(address, as_staff)}

    assert silent == {"/issues/2023-SB-1/", "/groups/", "/chapters/", "/documents/seen/", "/milestones/"}


def test_what_is_not_public_reaches_no_anonymous_group_page(hidden, read):
    assert "HIDDEN" not in read(hidden.group.get_absolute_url())


def test_what_is_not_public_is_not_counted_for_the_anonymous(hidden, client):
    assert '<h2 id="count" tabindex="-1">1 recommendation</h2>' in text(client.get("/recommendations/"))
    assert "1 recommendation: 1 open, 0 closed" in text(client.get("/"))
    assert len(client.get("/recommendations/export.csv").getvalue().splitlines()) == 2


def test_a_successor_that_is_not_public_is_not_named(read, as_staff):
    successor = RecommendationFactory(title_en="HIDDEN", document=DocumentFactory(visibility="staff"))
    record(RecommendationFactory(code="2023-SB-1a"), status="superseded", successors=[successor])

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
