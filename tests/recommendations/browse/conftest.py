"""The list and what is in it."""

from datetime import date

import pytest

from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    IssueFactory,
    MilestoneFactory,
    OrganizationFactory,
    RecommendationFactory,
    TopicFactory,
    WorkingGroupFactory,
    record,
)

LIST = "/recommendations/"


@pytest.fixture
def read(client):
    """Opens the list with a query; whatever the query, it is a page."""

    def read(query="", path=LIST):
        response = client.get(f"{path}?{query}")
        assert response.status_code == 200
        return response

    return read


@pytest.fixture
def library() -> list[str]:
    """Two documents, three groups, four recommendations that differ in everything that can be asked for.

    Gives their codes, in the order of the list.
    """
    paper = DocumentFactory(slug="paper", title_en="The paper", published_on=date(2023, 9, 18))
    statement = DocumentFactory(slug="statement", title_en="The statement", published_on=date(2025, 4, 29))
    MilestoneFactory(series__slug="hled").documents.add(paper)
    MilestoneFactory(series__slug="review").documents.add(statement)
    borders = WorkingGroupFactory(slug="smart-borders", name_en="Smart Borders", position=1)
    digital = WorkingGroupFactory(slug="digital-economy", name_en="Digital Economy", position=2)
    amiti = WorkingGroupFactory(slug="amiti", name_en="AMITI", position=3)
    anam = OrganizationFactory(slug="anam", name_en="Customs agency")
    cbp = OrganizationFactory(slug="cbp", name_en="Border protection")
    customs = IssueFactory(topic=TopicFactory(slug="customs", document=paper, group=borders))
    cloud = IssueFactory(topic=TopicFactory(slug="cloud", document=paper, group=digital))
    trade = IssueFactory(topic=TopicFactory(slug="trade", document=statement, group=amiti))
    sb1 = RecommendationFactory(code="2023-SB-1", issue=customs, letter="a", priority=True)
    sb2 = RecommendationFactory(code="2023-SB-2", issue=customs, letter="b")
    de1 = RecommendationFactory(code="2023-DE-1", issue=cloud)
    am1 = RecommendationFactory(code="2025-AMITI-1", issue=trade)
    for recommendation, organizations, chapters in [
        (sb1, [anam], [7]),
        (sb2, [anam, cbp], [7, 19]),
        (de1, [], [19]),
        (am1, [cbp], []),
    ]:
        for organization in organizations:
            AddresseeFactory(recommendation=recommendation, organization=organization)
        for number in chapters:
            ChapterLinkFactory(recommendation=recommendation, chapter=ChapterFactory(number=number))
    record(sb1, status="implemented", effective_on=date(2024, 5, 1))
    record(de1, status="in_progress", effective_on=date(2024, 6, 1))
    record(am1, status="under_consideration", effective_on=date(2025, 5, 10))
    return [each.code for each in (am1, sb1, sb2, de1)]
