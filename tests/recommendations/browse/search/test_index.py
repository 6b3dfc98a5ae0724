"""The column that searches look in follows all it is made of, whoever writes."""

from datetime import date

import pghistory
import pytest
from django.core.management import call_command

from recommendations.browse.search.query import search
from recommendations.models import Recommendation
from tests.database import insert, sql
from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    IssueFactory,
    OrganizationFactory,
    RecommendationFactory,
    TopicFactory,
    record,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def recommendation():
    RecommendationFactory()  # another one, which no search is to find
    return RecommendationFactory()


@pytest.fixture
def customs():
    return OrganizationFactory(acronym="CBP", name_en="Customs and Border Protection", name_es="Aduanas y Fronteras")


def found(words):
    return list(search(Recommendation.objects.all(), words))


OWN_TEXTS = ["title", "summary", "success_test"]


@pytest.mark.parametrize(
    "column", [*(f"{text}_{language}" for text in OWN_TEXTS for language in ("en", "es")), "official_wording"]
)
def test_it_follows_the_texts_of_the_recommendation(recommendation, column):
    assert found("ferrocarril") == []

    with pghistory.context(why_en="It was unclear."):  # which a success test needs
        sql(
            f"UPDATE recommendations_recommendation SET {column} = 'Un ferrocarril transístmico' WHERE id = %s",
            recommendation.pk,
        )

    assert found("ferrocarril") == [recommendation]


def test_it_forgets_a_title_that_was_replaced(recommendation):
    sql("UPDATE recommendations_recommendation SET title_en = 'Bridges' WHERE id = %s", recommendation.pk)
    sql("UPDATE recommendations_recommendation SET title_en = 'Tunnels' WHERE id = %s", recommendation.pk)

    assert (found("bridges"), found("tunnels")) == ([], [recommendation])


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("place", "text"), [("issue", "title"), ("issue", "summary"), ("topic", "title"), ("document", "title")]
)
def test_it_follows_the_texts_of_where_it_stands(recommendation, place, text, language):
    sql(
        f"UPDATE recommendations_{place} SET {text}_{language} = 'Semiconductors' WHERE id = %s",
        getattr(recommendation, place).pk,
    )

    assert found("semiconductors") == [recommendation]


def test_it_follows_an_issue_to_another_topic(recommendation):
    topic = TopicFactory(title_en="Semiconductors")

    sql("UPDATE recommendations_issue SET topic_id = %s WHERE id = %s", topic.pk, recommendation.issue.pk)

    assert found("semiconductors") == [recommendation]


def test_it_follows_a_recommendation_to_another_issue(recommendation):
    issue = IssueFactory(title_en="Semiconductors")

    sql(
        "UPDATE recommendations_recommendation SET issue_id = %s, topic_id = %s WHERE id = %s",
        issue.pk,
        issue.topic_id,
        recommendation.pk,
    )

    assert found("semiconductors") == [recommendation]


@pytest.mark.parametrize("words", ["CBP", "customs", "aduanas"])
def test_it_follows_who_is_asked(recommendation, customs, words):
    insert(
        "recommendations_addressee",
        recommendation_id=recommendation.pk,
        organization_id=customs.pk,
        is_named=True,
    )
    assert found(words) == [recommendation]

    sql("DELETE FROM recommendations_addressee")
    assert found(words) == []


def test_it_follows_an_addressee_that_becomes_another(recommendation, customs):
    AddresseeFactory(recommendation=recommendation)
    assert found("customs") == []

    sql("UPDATE recommendations_addressee SET organization_id = %s", customs.pk)

    assert found("customs") == [recommendation]


def test_it_cannot_be_set_by_hand(recommendation):
    sql("UPDATE recommendations_recommendation SET search = to_tsvector('nonsense')")

    assert found("nonsense") == []
    assert recommendation in found("Recommendation")


@pytest.mark.parametrize("column", ["acronym", "name_en", "name_es"])
def test_it_follows_the_names_of_who_is_asked(recommendation, column):
    addressee = AddresseeFactory(recommendation=recommendation)

    sql(f"UPDATE working_groups_organization SET {column} = 'ATDT' WHERE id = %s", addressee.organization_id)

    assert found("ATDT") == [recommendation]


def test_it_follows_an_addressee_to_another_recommendation(recommendation, customs):
    AddresseeFactory(organization=customs)
    assert found("customs") != [recommendation]

    sql("UPDATE recommendations_addressee SET recommendation_id = %s", recommendation.pk)

    assert found("customs") == [recommendation]


@pytest.mark.parametrize("column", ["what_en", "what_es"])
def test_it_follows_what_happened(recommendation, column):
    record(recommendation, effective_on=date(2024, 6, 1), **{column: "The VUCEM was extended."})
    record(recommendation, effective_on=date(2024, 5, 1))

    assert found("VUCEM") == [recommendation]


@pytest.mark.parametrize("visibility", ["members", "staff"])
def test_it_holds_nothing_that_is_not_public(recommendation, visibility):
    record(recommendation, what_en="The VUCEM was discussed.", what_es="Se habló de la VUCEM.", visibility=visibility)
    record(recommendation)

    assert found("VUCEM") == []


def test_it_forgets_a_row_that_was_corrected(recommendation):
    wrong = record(recommendation, what_en="The VUCEM was extended.")
    record(recommendation, what_en="The portal was extended.", corrects=wrong, reason_en="A slip.")

    assert (found("VUCEM"), found("portal")) == ([], [recommendation])


def test_it_follows_the_links_to_chapters(recommendation):
    link = ChapterLinkFactory(chapter=ChapterFactory(number=7, title_en="Customs", title_es="Aduanas"))
    assert found("customs") == found("aduanas") == [link.recommendation]

    sql("UPDATE recommendations_chapterlink SET recommendation_id = %s", recommendation.pk)
    assert found("customs") == found("aduanas") == [recommendation]

    ChapterFactory(number=8, title_en="Energy")
    sql("UPDATE recommendations_chapterlink SET chapter_id = (SELECT id FROM recommendations_chapter WHERE number = 8)")
    assert (found("customs"), found("energy")) == ([], [recommendation])

    sql("DELETE FROM recommendations_chapterlink")
    assert found("energy") == []


@pytest.mark.parametrize("column", ["title_en", "title_es"])
def test_it_follows_the_titles_of_chapters(recommendation, column):
    link = ChapterLinkFactory(recommendation=recommendation)

    sql(f"UPDATE recommendations_chapter SET {column} = 'Semiconductors' WHERE id = %s", link.chapter_id)

    assert found("semiconductors") == [recommendation]


def test_it_follows_who_is_mentioned(recommendation, customs):
    recommendation.mentions.add(customs)
    assert found("CBP") == [recommendation]

    sql("UPDATE working_groups_organization SET name_en = 'Border agency' WHERE id = %s", customs.pk)
    assert found("customs") == found("border agency") == [recommendation]

    recommendation.mentions.clear()
    assert found("CBP") == []


def set_by_another_release(recommendation):
    """Give the column what the rules of today do not, past its trigger."""
    sql("SET session_replication_role = replica")
    sql("UPDATE recommendations_recommendation SET search = 'aqueduct' WHERE id = %s", recommendation.pk)
    sql("SET session_replication_role = origin")


def test_migrate_works_it_out_anew_where_another_release_has_done_it(recommendation):
    sql("UPDATE recommendations_recommendation SET title_en = 'Semiconductors' WHERE id = %s", recommendation.pk)
    set_by_another_release(recommendation)
    sql("COMMENT ON COLUMN recommendations_recommendation.search IS 'another release'")

    call_command("migrate", verbosity=0)

    assert (found("aqueduct"), found("semiconductor")) == ([], [recommendation])


def test_migrate_leaves_it_alone_where_this_release_has_done_it(recommendation):
    call_command("migrate", verbosity=0)
    set_by_another_release(recommendation)

    call_command("migrate", verbosity=0)

    assert found("aqueduct") == [recommendation]


def test_a_title_weighs_more_than_what_happened(recommendation):
    record(recommendation, what_en="The bridge was opened.")
    titled = RecommendationFactory(title_en="A bridge")

    assert list(search(Recommendation.objects.all(), "bridge").order_by("-rank")) == [titled, recommendation]
