"""The number of queries of a page does not depend on how much data there is."""

from datetime import date
from itertools import count, islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recommendations.browse import exports
from recommendations.browse.search.terms import look_up
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
    WorkingGroupFactory,
    record,
)

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/recommendations/",
    "/recommendations/?q=recommendation&group=first&status=in_progress&as_of=2025-01-01",
    "/recommendations/?page=all",
    "/recommendations/?q=recomendation&rows=compact",
    "/recommendations/?q=recommendation&open=false&group=first",
    "/recommendations/feed.atom",
    "/recommendations/feed.atom?q=recommendation&as_of=2025-01-01",
    "/recommendations/export.csv",
    "/recommendations/export.xlsx",
    "/recommendations/export.json?as_of=2025-01-01",
    "/recommendations/2023-SB-0/",
    "/recommendations/2023-SB-0/?as_of=2025-01-01",
    "/issues/2023-SB-0/",
    "/groups/",
    "/groups/?as_of=2025-01-01",
    "/groups/first/",
    "/groups/first/?as_of=2025-01-01",
    "/chapters/",
    "/chapters/7/",
    "/organizations/",
    "/organizations/anam/",
    "/organizations/anam/?as_of=2025-01-01",
    "/about/",
    "/documents/",
    "/documents/paper/",
    "/milestones/",
    "/milestones/meeting/",
    "/milestones.ics",
    "/groups/first/widget/",
    "/recommendations/2023-SB-0/widget/",
    "/recommendations/2023-SB-0/badge.svg",
    "/sitemap.xml",
    "/api/v1/recommendations/",
    "/api/v1/recommendations/2023-SB-0/",
    "/api/v1/groups/",
    "/api/v1/milestones/",
    "/milestones/meeting/?as_of=2026-01-01",
    "/changes/?since=2023-09-01&until=2025-01-01&group=first",
    "/changes/?since=2024-01-01&until=meeting",
    "/changes/export.csv?since=2023-09-01&until=2025-01-01",
]


@pytest.fixture
def queries(client):
    """Counts the queries of a page, to its last byte."""

    def queries(address) -> int:
        look_up.cache_clear()
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
            assert response.status_code == 200
            response.getvalue()
        return len(captured)

    return queries


@pytest.fixture
def grow():
    """Adds so many recommendations that all pages of PAGES show, and as much of everything around them."""
    paper = DocumentFactory(slug="paper")
    first = WorkingGroupFactory(slug="first")
    anam = OrganizationFactory(slug="anam")
    government = OrganizationFactory(is_whole_government=True)
    chapter = ChapterFactory(number=7)
    issue = IssueFactory(code="2023-SB-0", topic=TopicFactory(document=paper, group=first))
    meeting = MilestoneFactory(slug="meeting", day=date(2025, 1, 1))

    numbers = count()

    def grow(more):
        for number in islice(numbers, more):
            # A third under one issue; the others under issues, topics, documents and groups of their own.
            place = [{"issue": issue, "letter": chr(0x100 + number)}, {"document": paper}, {"group": first}][number % 3]
            recommendation = RecommendationFactory(code=f"2023-SB-{number}", **place)
            record(recommendation, status="in_progress")
            AddresseeFactory(recommendation=recommendation, organization=anam)
            AddresseeFactory(recommendation=recommendation, organization=government)
            AddresseeFactory(recommendation=recommendation, organization__country="US")
            ChapterLinkFactory(recommendation=recommendation, chapter=chapter)
            MembershipFactory(group=first, organization=anam)
            meeting.documents.add(recommendation.document)
            MilestoneFactory().documents.add(paper)
            MilestoneFactory(series=meeting.series)
            MilestoneFactory(series=meeting.series, day=date(2024, 1, 1), state="held")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as autovacuum does; without it, joins are planned for empty tables

    return grow


def test_pages_of_300_rows_make_as_many_queries_as_pages_of_90(grow, queries):
    grow(90)  # so that each list has more than one page
    few = {page: queries(page) for page in PAGES}
    grow(210)

    assert {page: queries(page) for page in PAGES} == few


LISTS = [
    "/recommendations/",
    "/recommendations/?page=all",
    "/recommendations/?sort=newest&group=first",
    "/recommendations/?q=recommendation&open=true&group=first",
    "/recommendations/?q=recommendation&group=first&status=in_progress&as_of=2025-01-01",
]


@pytest.mark.parametrize("page", LISTS)
def test_a_list_makes_at_most_8_queries_and_searches_once(grow, client, page):
    """Beside them, the list of a past day says in a transaction which day's words are read, and takes it back."""
    grow(90)
    most = 12 if "as_of" in page else 8

    with CaptureQueriesContext(connection) as captured:
        client.get(page)

    assert len(captured) <= most
    searches = [query for query in captured if '"search" @@' in query["sql"]]
    assert len(searches) == ("q=recommendation" in page)


def test_a_record_of_60_updates_makes_as_many_queries_as_one_of_3(queries):
    recommendation = RecommendationFactory(code="2023-SB-1")
    for _update in range(3):
        record(recommendation)
    few = queries("/recommendations/2023-SB-1/")
    for _update in range(57):
        record(recommendation)

    assert queries("/recommendations/2023-SB-1/") == few


def test_an_export_makes_as_many_queries_for_each_batch(queries, monkeypatch):
    monkeypatch.setattr(exports, "ROWS_AT_A_TIME", 10)
    counts = []
    for _batch in range(3):
        for recommendation in RecommendationFactory.create_batch(10):
            record(recommendation)
        counts.append(queries("/recommendations/export.csv"))

    one, two, three = counts
    assert three - two == two - one
    assert two - one <= 7
