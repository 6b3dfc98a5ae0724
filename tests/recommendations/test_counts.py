"""The counts that are kept beside the recommendations agree with them, whoever writes."""

from collections import Counter
from itertools import count

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommendations.models import Recommendation, Tally, Topic
from tests.database import recount, sql
from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    IssueFactory,
    OrganizationFactory,
    RecommendationFactory,
    TopicFactory,
    UserFactory,
    WorkingGroupFactory,
    record,
)

READERS = {
    "nobody in particular": AnonymousUser(),
    "a member": UserFactory.build(),
    "staff": UserFactory.build(is_staff=True),
}


def kept(reader) -> dict:
    """What the tallies say that a reader may see, without what is zero."""
    tallies = Tally.objects.visible_to(reader)
    return {facet: +values for facet, values in tallies.counts(tallies.count_by_topic()).items() if +values}


def counted(reader) -> dict:
    """The same, counted one by one."""
    counts = {}
    for each in Recommendation.objects.visible_to(reader).select_related("issue"):
        kinds = [
            ("topic", each.issue.topic_id),
            ("status", each.status),
            ("open", str(each.is_open).lower()),
            ("priority", str(each.priority).lower()),
            *(("addressee", str(addressee.organization_id)) for addressee in each.addressees.all()),
            *(("chapter", str(link.chapter_id)) for link in each.chapter_links.all()),
        ]
        for facet, value in kinds:
            counts.setdefault(facet, Counter())[value] += 1
    return counts


def check():
    for reader in READERS.values():
        assert kept(reader) == counted(reader)


def fold_soon():
    """With one of the next twenty rows, all are folded."""
    name = "recommendations_tally_id_seq"
    sql("SELECT setval(%s, (nextval(%s) / 1000 + 1) * 1000 - 20)", name, name)


# Whatever is written


@pytest.fixture
def places(db):
    """Two topics in each of two documents, one of them for staff, and something in each."""
    documents = [DocumentFactory(), DocumentFactory(visibility="staff")]
    topics = [TopicFactory(document=document) for document in documents for _ in range(2)]
    issues = [IssueFactory(topic=topic) for topic in topics]
    letters = map(chr, count(0x100))  # each once, so that a recommendation can be moved to any issue
    return {
        "letters": letters,
        "document": documents,
        "group": WorkingGroupFactory.create_batch(2),
        "topic": topics,
        "issue": issues,
        "organization": OrganizationFactory.create_batch(3),
        "chapter": [ChapterFactory(number=number) for number in (7, 12)],
        "recommendation": [RecommendationFactory(issue=issue, letter=next(letters)) for issue in issues],
    }


# Each takes the places and three numbers, which choose among what there is.


def add(places, one, other, another):
    issue = places["issue"][one % 4]
    letter = next(places["letters"])
    places["recommendation"].append(RecommendationFactory(issue=issue, letter=letter, priority=bool(other % 2)))


def move_recommendation(places, one, other, another):
    sql(
        "UPDATE recommendations_recommendation SET issue_id = %s WHERE id %% 3 = %s",
        places["issue"][one % 4].pk,
        other % 3,
    )


def move_issue(places, one, other, another):
    sql(
        "UPDATE recommendations_issue SET topic_id = %s WHERE id IN (%s, %s)",
        places["topic"][one % 4].pk,
        places["issue"][other % 4].pk,
        places["issue"][another % 4].pk,
    )


def move_topic(places, one, other, another):
    sql(
        "UPDATE recommendations_topic SET document_id = %s, group_id = %s WHERE id = %s",
        places["document"][one % 2].pk,
        places["group"][other % 2].pk,
        places["topic"][another % 4].pk,
    )


def publish(places, one, other, another):
    sql(
        "UPDATE recommendations_document SET visibility = %s WHERE id = %s",
        ["public", "members", "staff"][one % 3],
        places["document"][other % 2].pk,
    )


def record_status(places, one, other, another):
    if recommendation := Recommendation.objects.order_by("pk").first():
        record(recommendation, status=["in_progress", "implemented", "issued"][one % 3], reason_en="A reason.")


def give_priority(places, one, other, another):
    sql("UPDATE recommendations_recommendation SET priority = NOT priority WHERE id %% 2 = %s", one % 2)


def ask(places, one, other, another):
    sql(
        """
        INSERT INTO recommendations_addressee
            (recommendation_id, organization_id, is_named, response, response_title, response_url)
            SELECT id, %s, true, 'awaiting', '', '' FROM recommendations_recommendation WHERE id %% 2 = %s
            ON CONFLICT DO NOTHING
        """,
        places["organization"][one % 3].pk,
        other % 2,
    )


def ask_another(places, one, other, another):
    sql(
        """
        UPDATE recommendations_addressee SET organization_id = %(to)s WHERE organization_id = %(from)s
            AND recommendation_id NOT IN
                (SELECT recommendation_id FROM recommendations_addressee WHERE organization_id = %(to)s)
        """.replace("%(to)s", str(places["organization"][one % 3].pk)).replace(
            "%(from)s", str(places["organization"][other % 3].pk)
        )
    )


def ask_nobody(places, one, other, another):
    sql("DELETE FROM recommendations_addressee WHERE organization_id = %s", places["organization"][one % 3].pk)


def map_chapter(places, one, other, another):
    recommendation = Recommendation.objects.order_by("pk").last()
    chapter = places["chapter"][one % 2]
    if recommendation and not recommendation.chapter_links.filter(chapter=chapter).exists():
        ChapterLinkFactory(recommendation=recommendation, chapter=chapter)


def remove(places, one, other, another):
    """Through Django, which removes addressees and links first; what has a ledger stays."""
    Recommendation.objects.filter(last_update=None, pk__in=[places["recommendation"][one % 4].pk]).delete()


def change_nothing(places, one, other, another):
    sql("UPDATE recommendations_recommendation SET status = status, issue_id = issue_id, title_en = title_en || '!'")


WRITERS = [
    add,
    move_recommendation,
    move_issue,
    move_topic,
    publish,
    record_status,
    give_priority,
    ask,
    ask_another,
    ask_nobody,
    map_chapter,
    remove,
    change_nothing,
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(WRITERS), st.integers(0, 11), st.integers(0, 11), st.integers(0, 11)), max_size=12
    )
)
def test_the_counts_are_those_of_the_rows_whatever_is_written(places, writes):
    with transaction.atomic():
        mine = places | {"recommendation": places["recommendation"][:]}
        for write, *numbers in writes:
            write(mine, *numbers)
            check()
        transaction.set_rollback(True)  # the next example begins anew


def test_each_way_of_writing_is_counted(places):
    for write in WRITERS:
        for numbers in [(0, 0, 0), (1, 1, 1), (2, 0, 3)]:
            write(places, *numbers)
            check()


def test_a_table_of_links_that_is_emptied_counts_nothing(places):
    for recommendation in places["recommendation"]:
        AddresseeFactory(recommendation=recommendation)
        ChapterLinkFactory(recommendation=recommendation)

    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("TRUNCATE recommendations_addressee, recommendations_chapterlink")

    check()
    assert "addressee" not in kept(READERS["staff"])


def test_what_cannot_be_counted_right_is_refused(places):
    """A recommendation and its links that go in one statement: neither sees where the other was."""
    recommendation = places["recommendation"][0]
    AddresseeFactory(recommendation=recommendation)

    with pytest.raises(IntegrityError), transaction.atomic():
        sql(
            """
            WITH links AS (DELETE FROM recommendations_addressee WHERE recommendation_id = %s)
            DELETE FROM recommendations_recommendation WHERE id = %s
            """,
            recommendation.pk,
            recommendation.pk,
        )

    check()


def test_a_recommendation_that_comes_with_its_links_in_one_statement_is_counted_once(places):
    organization = OrganizationFactory()
    sql(
        """
        WITH made AS (
            INSERT INTO recommendations_recommendation (issue_id, code, letter, title_en, title_es, summary_en,
                    summary_es, success_test_en, success_test_es, official_wording, priority, status)
                VALUES (%s, '2023-ZZ-1', '', 'T', 'T', 'S', 'S', 'S', 'S', '', false, 'issued') RETURNING id
        )
        INSERT INTO recommendations_addressee (recommendation_id, organization_id, is_named, response, response_title,
                response_url)
            SELECT id, %s, true, 'awaiting', '', '' FROM made
        """,
        places["issue"][0].pk,
        organization.pk,
    )

    check()
    assert kept(READERS["staff"])["addressee"][str(organization.pk)] == 1


def test_counts_that_do_not_agree_are_found_and_mended(places):
    assert recount() == 0
    topic = places["topic"][0]
    sql(
        "INSERT INTO recommendations_tally (topic_id, facet, value, number) VALUES (%s, 'status', 'issued', 2)",
        topic.pk,
    )
    sql("DELETE FROM recommendations_tally WHERE facet = 'priority' AND topic_id = %s", topic.pk)

    assert recount() == 2

    check()


def test_changes_of_a_count_are_folded_and_it_stays_the_same(places):
    split = "SELECT 1 FROM recommendations_tally GROUP BY topic_id, facet, value HAVING count(*) > 1"
    give_priority(places, 0, 0, 0)
    assert sql(split)

    fold_soon()
    while int(sql("SELECT last_value FROM recommendations_tally_id_seq")[0][0]) % 1000 > 900:
        give_priority(places, 0, 0, 0)

    assert not sql(split)
    check()


def test_the_migration_counts_what_is_there_in_the_same_way(places):
    ask(places, 0, 0, 0)
    map_chapter(places, 0, 0, 0)

    assert sql(
        """
        (SELECT topic_id, facet, value, sum(number) FROM recommendations_tally GROUP BY 1, 2, 3 HAVING sum(number) <> 0)
        EXCEPT SELECT topic_id, facet, value, number FROM recommendation_tallies()
        """
    ) == []  # fmt: skip
    assert {facet for (facet,) in sql("SELECT DISTINCT facet FROM recommendation_tallies()")} == {
        "status",
        "priority",
        "addressee",
        "chapter",
    }


def test_a_topic_is_removed_with_what_was_counted_of_it(db):
    recommendation = RecommendationFactory()
    issue, topic = recommendation.issue, recommendation.issue.topic

    for each in (recommendation, issue, topic):
        each.delete()

    assert not Topic.objects.exists()
    assert kept(READERS["staff"]) == {}
