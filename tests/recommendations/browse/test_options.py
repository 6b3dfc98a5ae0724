"""What a facet offers where there is more than anybody wants to choose from."""

import pytest

from recommendations.browse.facets import MOST_SHOWN
from tests.factories import DocumentFactory, IssueFactory, RecommendationFactory, TopicFactory, WorkingGroupFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def topics():
    """Two more than are shown: each with one recommendation but for the last, which has two."""
    document, group = DocumentFactory(), WorkingGroupFactory()
    topics = [TopicFactory(document=document, group=group) for _ in range(MOST_SHOWN + 2)]
    for topic in [*topics, topics[-1]]:
        RecommendationFactory(issue=IssueFactory(topic=topic))
    return topics


@pytest.fixture
def offered(client):
    def offered(query=""):
        [topic] = [
            facet for facet in client.get(f"/recommendations/{query}").context["facets"] if facet.name == "topic"
        ]
        return topic

    return offered


def test_those_with_the_most_are_offered_and_the_rest_is_counted(topics, offered, client):
    facet = offered()

    assert len(facet.options) == MOST_SHOWN
    assert topics[-1].slug in [option.value for option in facet.options]
    assert facet.left_out == 2
    assert "2 more have fewer recommendations." in client.get("/recommendations/").content.decode()


def test_what_is_chosen_is_offered_besides(topics, offered):
    left_out = {topic.slug for topic in topics} - {option.value for option in offered().options}

    chosen = left_out.pop()
    facet = offered(f"?topic={chosen}")

    assert [option.value for option in facet.options if option.is_chosen] == [chosen]
    assert (len(facet.options), facet.left_out) == (MOST_SHOWN + 1, 1)


def test_few_are_all_offered_in_their_order(offered, client):
    document, group = DocumentFactory(), WorkingGroupFactory()
    for position in (3, 1, 2):
        topic = TopicFactory(document=document, group=group, position=position, title_en=f"T{position}")
        RecommendationFactory(issue=IssueFactory(topic=topic))

    assert ([option.label for option in offered().options], offered().left_out) == (["T1", "T2", "T3"], 0)
    assert "Narrow the list" not in client.get("/recommendations/").content.decode()
