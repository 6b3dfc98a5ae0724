"""What the database holds of documents, recommendations, addressees and chapters."""

from datetime import date

import pytest

from recommendations.models import Chapter, Issue, Recommendation
from tests.database import refused, sql
from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    IssueFactory,
    RecommendationFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


def test_an_issue_has_each_letter_once():
    issue = IssueFactory()
    RecommendationFactory(issue=issue, letter="a")
    RecommendationFactory(issue=issue, letter="b")

    with refused("one_recommendation_per_letter"):
        RecommendationFactory(issue=issue, letter="a")


class TestTopic:
    """The topic of a recommendation is that of its issue."""

    def test_a_new_recommendation_has_it(self):
        recommendation = RecommendationFactory()

        assert recommendation.topic == recommendation.issue.topic

    @pytest.mark.parametrize("update_fields", [None, ["issue"], ["issue_id", "title_en"]])
    def test_it_changes_with_the_issue(self, update_fields):
        recommendation, issue = RecommendationFactory(), IssueFactory()
        recommendation.issue = issue
        recommendation.save(update_fields=update_fields)

        assert recommendation.topic == issue.topic
        recommendation.refresh_from_db()
        assert (recommendation.issue, recommendation.topic) == (issue, issue.topic)

    def test_it_follows_an_issue_that_moves(self):
        recommendation, topic = RecommendationFactory(), TopicFactory()
        elsewhere = RecommendationFactory()
        sql("UPDATE recommendations_issue SET topic_id = %s WHERE id = %s", topic.pk, recommendation.issue.pk)

        recommendation.refresh_from_db()
        assert recommendation.topic == topic
        elsewhere.refresh_from_db()
        assert elsewhere.topic == elsewhere.issue.topic

    def test_what_was_read_before_the_issue_moved_can_still_be_saved(self):
        recommendation, topic = RecommendationFactory(), TopicFactory()
        Issue.objects.update(topic=topic)
        recommendation.save()

        assert recommendation.topic == topic

    def test_another_one_is_refused(self):
        recommendation, topic = RecommendationFactory(), TopicFactory()

        with refused("recommendation_is_under_its_issues_topic"):
            Recommendation.objects.filter(pk=recommendation.pk).update(topic=topic)

    def test_none_is_refused(self):
        RecommendationFactory()

        with refused('null value in column "topic_id"'):
            sql("UPDATE recommendations_recommendation SET topic_id = NULL")


def test_the_readers_of_a_document_are_known():
    DocumentFactory()

    with refused("document_visibility_is_known"):
        sql("UPDATE recommendations_document SET visibility = 'friends'")


@pytest.mark.parametrize("number", [0, 35])
def test_the_treaty_has_34_chapters(number):
    with refused("treaty_has_34_chapters"):
        Chapter.objects.create(number=number, title_en="A chapter", title_es="Un capítulo")


def test_what_nobody_has_read_of_an_article_is_not_told():
    article = ChapterFactory(number=7).articles.create(number="7.9", title_en="Express")

    with refused("unseen_article_has_no_gist"):
        sql("UPDATE recommendations_article SET gist_en = 'Parcels.' WHERE id = %s", article.pk)


def test_what_was_read_of_an_article_names_its_source():
    with refused("seen_article_names_its_source"):
        ChapterFactory(number=7).articles.create(number="7.9", title_en="Express", seen="part")


def test_articles_stand_in_the_order_of_their_numbers():
    chapter = ChapterFactory(number=7)
    for number in ("7.10", "7.9", "7.25", "7.1"):
        chapter.articles.create(number=number, title_en="An article")

    assert [article.number for article in chapter.articles.all()] == ["7.1", "7.9", "7.10", "7.25"]


def test_articles_that_nobody_has_read_are_marked():
    link = ChapterLinkFactory(articles=["7.1", "7.9", "7.21"], articles_seen=["7.1", "7.21"])

    assert link.articles_in_words == "7.1, 7.9 (not checked), 7.21"
    assert ChapterLinkFactory().articles_in_words == ""


@pytest.mark.parametrize(
    "window", [(date(2027, 1, 1), None), (None, date(2027, 1, 1)), (date(2027, 1, 2), date(2027, 1, 1))]
)
def test_an_expected_step_has_a_window_or_no_date(window):
    starts_on, ends_on = window

    with refused("expected_step_has_a_window_or_no_date"):
        RecommendationFactory().expected_steps.create(slug="next", starts_on=starts_on, ends_on=ends_on)


def test_only_linked_articles_can_have_been_checked():
    link = ChapterLinkFactory(articles=["7.1", "7.21"], articles_seen=["7.21"])

    with refused("checked_articles_are_linked"):
        sql("UPDATE recommendations_chapterlink SET articles = '{7.1}' WHERE id = %s", link.pk)


def test_a_chapter_is_linked_once():
    link = ChapterLinkFactory()
    ChapterLinkFactory(recommendation=link.recommendation, chapter=ChapterFactory())

    with refused("one_link_per_chapter"):
        ChapterLinkFactory(recommendation=link.recommendation, chapter=link.chapter)


def test_an_organization_is_asked_once():
    addressee = AddresseeFactory()

    with refused("one_addressee_per_organization"):
        AddresseeFactory(recommendation=addressee.recommendation, organization=addressee.organization)
