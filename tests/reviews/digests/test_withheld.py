"""The web copy of what was sent, when some of it has been hidden since: it says how much, and shows none of it."""

import pytest

from recommendations.models import Document
from tests.factories import MilestoneFactory, RecommendationFactory, SubscriptionFactory, WorkingGroupFactory, record
from tests.reading import text, texts

from .stages import fanned_out

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def borders():
    return WorkingGroupFactory(slug="borders", name_en="Borders")


@pytest.fixture
def hidden(borders):
    """A recommendation that was public when the digest was frozen."""
    recommendation = RecommendationFactory(group=borders, code="2023-SB-9", title_en="Quetzal title")
    record(recommendation, status="in_progress", what_en="Quetzal event.", evidence=[QUETZAL])
    return recommendation


QUETZAL = {"title": "Quetzal source", "publisher": "Quetzal press", "url": "https://quetzal.example/"}


def hide(recommendation):
    Document.objects.filter(pk=recommendation.document.pk).update(visibility="staff")


def said(client, digest, prefix="") -> str:
    return " ".join(texts(client.get(f"{prefix}/digests/{digest.pk}/").content.decode(), "main"))


def test_a_recommendation_that_was_hidden_since_is_counted_and_not_shown(client, borders, hidden):
    record(RecommendationFactory(group=borders, title_en="Public title"), what_en="Public event.")
    digest = fanned_out()
    hide(hidden)

    for prefix in ["", "/es"]:
        page = text(client.get(f"{prefix}/digests/{digest.pk}/"))
        assert "quetzal" not in page.lower()
        assert "2023-SB-9" not in page

    page = said(client, digest)
    assert "Public title" in page
    assert "1 recommendation of this digest is no longer public." in page
    assert "Whatever is no longer public is left out; the totals are the ones that were sent." in page
    assert "2 updates" in page  # as in the message


def test_a_group_that_is_public_no_more_is_not_named(client, borders, hidden):
    record(RecommendationFactory(), what_en="Public event.")
    digest = fanned_out()
    hide(hidden)

    page = said(client, digest)

    assert "Borders" not in page
    assert "1 group is left out." in page
    assert "Public event." in page


def test_the_subject_of_a_digest_of_one_group_names_it_only_while_it_is_public(client, borders, hidden):
    digest = fanned_out(MilestoneFactory(name_en="Summit"))

    assert "Summit in 30 days: 1 update in Borders" in said(client, digest)
    assert "1 update in Borders" in text(client.get("/digests/feed.atom"))

    hide(hidden)

    assert "Summit in 30 days: 1 update" in said(client, digest)
    for address in [f"/digests/{digest.pk}/", "/digests/feed.atom"]:
        assert "Borders" not in text(client.get(address))


def test_nothing_is_said_of_hiding_where_nothing_is_hidden(client, hidden):
    page = said(client, fanned_out())

    assert "Quetzal title" in page
    assert "no longer public" not in page


def test_what_was_sent_stays_as_it_was(hidden):
    SubscriptionFactory(series=[(milestone := MilestoneFactory()).series])
    digest = fanned_out(milestone)
    before = digest.renderings.filter(language="en").values_list("html", "text", "subject")
    frozen = list(before)
    hide(hidden)

    assert list(before.all()) == frozen
    assert "Quetzal event." in frozen[0][0]
