"""The counts that are kept beside the recommendations agree with them, also where several write at once."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import NotSupportedError, transaction

from recommendations.models.status import Status
from recommendations.tasks import recount
from tests.database import in_another_connection, sql, wait_until_somebody_waits_for_us
from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    IssueFactory,
    RecommendationFactory,
    TopicFactory,
    record,
)

from .test_counts import READERS, check, fold_soon, kept


@pytest.fixture
def at_once(transactional_db):
    """Runs functions beside each other, each on a connection of its own; gives what they give."""

    def at_once(*functions):
        with ThreadPoolExecutor(len(functions)) as pool:
            return [
                future.result(60) for future in [pool.submit(in_another_connection, function) for function in functions]
            ]

    return at_once


def test_writers_of_one_topic_do_not_wait_for_each_other(at_once):
    issue = IssueFactory()
    first, second = RecommendationFactory(issue=issue, letter="a"), RecommendationFactory(issue=issue, letter="b")

    with transaction.atomic():
        record(first, status="in_progress")
        sql("SET LOCAL lock_timeout = 1")
        at_once(partial(record, second, status="in_progress"))  # ends before we commit
        AddresseeFactory(recommendation=first)

    check()
    assert kept(READERS["staff"])["status"] == {"in_progress": 2}


def test_many_writers_at_once_lose_no_count(at_once):
    issues = [IssueFactory() for _ in range(2)]
    recommendations = [RecommendationFactory(issue=issues[n % 2], letter=str(n)) for n in range(6)]
    fold_soon()

    def write(recommendation):
        for status in Status.values[1:3] * 3:
            record(recommendation, status=status, reason_en="A reason.")
        AddresseeFactory(recommendation=recommendation)
        AddresseeFactory(recommendation=recommendation).delete()

    at_once(*(partial(write, each) for each in recommendations))

    check()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE recommendations_issue SET topic_id = {topic}",
        "UPDATE recommendations_recommendation SET issue_id = {issue}",
        "TRUNCATE recommendations_addressee",
    ],
)
def test_what_might_have_links_that_a_transaction_does_not_see_is_not_moved_by_it(transactional_db, change):
    recommendation, elsewhere = RecommendationFactory(), IssueFactory()
    AddresseeFactory(recommendation=recommendation)

    with transaction.atomic():
        sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(NotSupportedError, match="READ COMMITTED"):
            sql(change.format(topic=elsewhere.topic.pk, issue=elsewhere.pk))
        transaction.set_rollback(True)

    check()


def test_while_somebody_writes_the_counts_are_not_compared(at_once, caplog):
    recommendation = RecommendationFactory()

    with transaction.atomic():
        AddresseeFactory(recommendation=recommendation)
        at_once(recount)

    assert "not compared" in caplog.text
    check()


def test_an_issue_that_moves_takes_along_what_is_being_added_to_it(at_once):
    there = TopicFactory()
    recommendation = RecommendationFactory()
    moved = []

    def move():
        with transaction.atomic():
            sql("UPDATE recommendations_issue SET topic_id = %s", there.pk)
        moved.append(True)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            RecommendationFactory(issue=recommendation.issue, letter="b")
            AddresseeFactory(recommendation=recommendation)
            mover = pool.submit(in_another_connection, move)
            wait_until_somebody_waits_for_us()
            assert not moved
        mover.result(60)

    check()
    assert kept(READERS["staff"])["topic"] == {there.pk: 2}


def test_what_is_added_to_an_issue_that_is_moving_is_counted_where_it_goes(at_once):
    there = TopicFactory()
    recommendation = RecommendationFactory()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            sql("UPDATE recommendations_issue SET topic_id = %s", there.pk)
            adder = pool.submit(
                in_another_connection,
                partial(ChapterLinkFactory, recommendation=recommendation, chapter=ChapterFactory(number=7)),
            )
            wait_until_somebody_waits_for_us()
        adder.result(60)

    check()
    assert kept(READERS["staff"])["chapter"].total() == 1
