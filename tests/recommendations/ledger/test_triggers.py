"""The rules of the ledger, tried past Django: the database itself holds them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from recommendations.models import Evidence, Recommendation
from recommendations.models.status import CLOSED, NEEDS_EVIDENCE, PROGRESS, Status
from tests.database import (
    check_what_waits_for_the_commit,
    in_another_connection,
    insert,
    refused,
    sql,
    wait_until_somebody_waits_for_us,
)
from tests.factories import DocumentFactory, IssueFactory, RecommendationFactory, record

from .by_sql import insert_evidence, insert_succession, insert_update

pytestmark = pytest.mark.django_db


def is_backward(before, after) -> bool:
    """Whether going from one status to another reopens what was closed, or undoes progress."""
    if before in CLOSED:
        return after != before
    return after in PROGRESS and PROGRESS.index(after) < PROGRESS.index(before)


def stand_at(status) -> Recommendation:
    """A recommendation with this status."""
    successors = [RecommendationFactory()] if status == "superseded" else []
    recommendation = RecommendationFactory()
    record(recommendation, status=status, successors=successors)
    return recommendation


class TestRowsNeverChange:
    @pytest.mark.parametrize("table", ["recommendations_update", "recommendations_evidence"])
    @pytest.mark.parametrize("change", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
    def test_a_row_is_never_changed_or_removed(self, recommendation, table, change):
        record(recommendation, status="implemented")

        with refused("ledger_rows_never_change"):
            sql(change.format(table))

    @pytest.mark.parametrize(
        "column", ["status = 'issued'", "what_en = 'Nothing.'", "effective_on = '2024-01-01'", "visibility = 'staff'"]
    )
    def test_not_even_one_column_changes(self, recommendation, column):
        record(recommendation, status="in_progress")

        with refused("ledger_rows_never_change"):
            sql(f"UPDATE recommendations_update SET {column}")

    @pytest.mark.parametrize(
        "table", ["recommendations_evidence", "recommendations_update", "recommendations_recommendation"]
    )
    def test_the_ledger_is_never_emptied(self, recommendation, table):
        record(recommendation, status="in_progress")
        check_what_waits_for_the_commit()

        with refused("ledger_is_never_emptied"):
            sql(f"TRUNCATE {table} CASCADE")

    def test_a_recommendation_with_a_ledger_stays(self, recommendation):
        record(recommendation, status="in_progress")

        with refused("recommendation_id"):
            sql("DELETE FROM recommendations_recommendation")

    @pytest.mark.parametrize("table", ["recommendations_recommendation", "recommendations_issue"])
    def test_a_code_never_changes(self, recommendation, table):
        with refused("Cannot update rows"):
            sql(f"UPDATE {table} SET code = '2023-ZZ-1'")


class TestStatusComesFromTheLedger:
    @pytest.mark.parametrize("column", ["status = 'implemented'", "last_update_on = '2024-01-01'"])
    def test_it_is_never_set_by_hand(self, recommendation, column):
        with refused("status_comes_from_ledger"):
            sql(f"UPDATE recommendations_recommendation SET {column}")

    def test_the_last_update_is_never_an_earlier_one(self, recommendation):
        earlier = record(recommendation, status="in_progress")
        record(recommendation, effective_on=date(2024, 6, 1))

        with refused("status_comes_from_ledger"):
            sql("UPDATE recommendations_recommendation SET last_update_id = %s", earlier.pk)

    def test_it_does_not_go_back_to_issued_by_hand(self, recommendation):
        record(recommendation, status="in_progress")

        with refused("status_comes_from_ledger"):
            sql("UPDATE recommendations_recommendation SET status = 'issued', last_update_id = NULL")

    def test_two_recommendations_do_not_exchange_their_ledgers(self, recommendation):
        record(recommendation, status="in_progress")

        with refused("status_comes_from_ledger"):
            sql("UPDATE recommendations_recommendation SET id = id + 1000000 WHERE id = %s", recommendation.pk)

    def test_a_new_recommendation_is_issued(self, recommendation):
        with refused("status_comes_from_ledger"):
            sql(
                """
                INSERT INTO recommendations_recommendation (issue_id, topic_id, code, letter, title_en, title_es,
                    summary_en, summary_es, success_test_en, success_test_es, official_wording, priority, status)
                SELECT issue_id, topic_id, '2023-ZZ-1', 'b', title_en, title_es, summary_en, summary_es, success_test_en,
                    success_test_es, official_wording, priority, 'implemented'
                FROM recommendations_recommendation
                """
            )

    def test_a_row_sets_it(self, recommendation):
        update = insert_update(recommendation, status="in_progress", effective_on=date(2024, 5, 1))

        recommendation.refresh_from_db()
        assert (recommendation.status, recommendation.last_update) == ("in_progress", update)
        assert (recommendation.last_update_on, recommendation.is_open) == (date(2024, 5, 1), True)

    @pytest.mark.parametrize("status", CLOSED)
    def test_a_closing_row_closes(self, status):
        assert not stand_at(status).is_open

    def test_a_writer_has_no_say_in_the_status_before_and_the_time_of_recording(self, recommendation):
        before = timezone.now()

        update = insert_update(recommendation, previous_status="implemented", recorded_at=before - timedelta(days=99))

        assert (update.previous_status, update.recorded_at >= before) == ("issued", True)


class TestARowSaysWhatItMust:
    @pytest.mark.parametrize(
        ("column", "rule"),
        [
            ({"status": "finished"}, "update_status_is_known"),
            ({"basis": "hearsay"}, "update_basis_is_known"),
            ({"visibility": "friends", "status": "issued"}, "update_visibility_is_known"),
            ({"what_en": ""}, "update_says_what_happened"),
            ({"precision": "week"}, "update_date_starts_its_period"),
        ],
    )
    def test_known_words_only(self, recommendation, column, rule):
        with refused(rule):
            insert_update(recommendation, **column)

    @pytest.mark.parametrize("status", NEEDS_EVIDENCE)
    def test_evidence_is_stored_before_the_commit(self, recommendation, status):
        with refused("status_needs_evidence"):
            insert_update(recommendation, status=status)

        insert_evidence(insert_update(recommendation, status=status))
        check_what_waits_for_the_commit()

    def test_an_unchanged_status_needs_evidence_of_its_own(self):
        recommendation = stand_at("implemented")

        with refused("status_needs_evidence"):
            insert_update(recommendation, status="implemented")

    def test_a_publication_date_stays_before_the_ledger(self):
        update = record(RecommendationFactory(), effective_on=date(2024, 5, 1))

        with refused("update_follows_publication"):
            sql("UPDATE recommendations_document SET published_on = '2024-05-02'")
        assert update.recommendation.document.published_on < date(2024, 5, 1)

    @pytest.mark.parametrize(
        "move",
        [
            "UPDATE recommendations_topic SET document_id = %(document)s WHERE id = %(old_topic)s",
            "UPDATE recommendations_issue SET topic_id = %(topic)s WHERE id = %(old_issue)s",
            """
            UPDATE recommendations_recommendation SET issue_id = %(issue)s, topic_id = %(topic)s
                WHERE id = %(recommendation)s
            """,
            """
            UPDATE recommendations_document SET id = 1000000 WHERE id = %(old_document)s;
            UPDATE recommendations_document SET id = %(old_document)s WHERE id = %(document)s;
            """,
        ],
    )
    def test_nothing_moves_to_a_document_that_came_after_its_ledger(self, move):
        issue = IssueFactory(topic__document__published_on=date(2024, 5, 2))
        recommendation = record(RecommendationFactory(), effective_on=date(2024, 5, 1)).recommendation
        names = {
            "issue": issue.pk,
            "topic": issue.topic.pk,
            "document": issue.document.pk,
            "recommendation": recommendation.pk,
            "old_issue": recommendation.issue.pk,
            "old_topic": recommendation.issue.topic.pk,
            "old_document": recommendation.document.pk,
        }

        with refused("update_follows_publication"):
            sql(move % names)

    def test_a_recommendation_moves_to_a_document_that_came_before_its_ledger(self):
        issue = IssueFactory(topic__document__published_on=date(2024, 5, 1))
        recommendation = record(RecommendationFactory(), effective_on=date(2024, 5, 1)).recommendation

        sql("UPDATE recommendations_recommendation SET issue_id = %s, topic_id = %s", issue.pk, issue.topic_id)

        recommendation.refresh_from_db()
        assert recommendation.document == issue.document

    @pytest.mark.parametrize("column", ["title", "publisher", "url"])
    def test_evidence_names_its_source(self, recommendation, column):
        update = insert_update(recommendation)
        source = {"title": "A source", "publisher": "A gazette", "url": "https://example.org/"}

        with refused("evidence_names_its_source"):
            insert("recommendations_evidence", update_id=update.pk, **source | {column: ""})

    @pytest.mark.parametrize("before", Status)
    def test_going_back_and_reopening_need_a_reason(self, before):
        recommendation = stand_at(before)
        for after in Status:
            row = {"status": after}
            if is_backward(before, after):
                with refused("going_back_needs_a_reason"):
                    insert_update(recommendation, **row)
                row["reason_en"] = "The program was stopped."
            with transaction.atomic():
                insert_update(recommendation, **row)
                transaction.set_rollback(True)

    def test_superseded_names_its_successors_and_nothing_else_does(self, recommendation):
        successor = RecommendationFactory()

        with refused("superseded_names_its_successor"):
            insert_update(recommendation, status="superseded")
        with refused("only_superseded_has_successors"):
            insert_succession(insert_update(recommendation, status="in_progress"), successor)
        with refused("nothing_supersedes_itself"):
            insert_succession(insert_update(recommendation, status="superseded"), recommendation)

    @pytest.mark.parametrize("visibility", ["members", "staff"])
    def test_only_public_rows_change_the_status(self, recommendation, visibility):
        with refused("only_public_updates_change_status"):
            insert_update(recommendation, visibility=visibility, status="in_progress")

        insert_update(recommendation, visibility=visibility, status="issued")
        recommendation.refresh_from_db()
        assert (recommendation.status, recommendation.last_update) == ("issued", None)


class TestCorrections:
    def test_a_correction_says_why(self, recommendation):
        wrong = insert_update(recommendation)

        with refused("correction_needs_a_reason"):
            insert_update(recommendation, corrects_id=wrong.pk)

    def test_a_row_is_corrected_once(self, recommendation):
        wrong = insert_update(recommendation)
        insert_update(recommendation, corrects_id=wrong.pk, reason_en="Another date.")

        with refused("recommendations_update_corrects_id_key"):
            insert_update(recommendation, corrects_id=wrong.pk, reason_en="Yet another.")

    def test_a_correction_stays_with_its_recommendation(self, recommendation):
        elsewhere = insert_update(RecommendationFactory())

        with refused("correction_matches_what_it_corrects"):
            insert_update(recommendation, corrects_id=elsewhere.pk, reason_en="Another date.")

    def test_a_row_does_not_correct_itself(self, recommendation):
        row = {"id": 1000000, "corrects_id": 1000000, "reason_en": "A slip."}

        with refused("correction_matches_what_it_corrects"):
            insert_update(recommendation, **row)

    def test_a_row_does_not_correct_one_that_the_same_statement_stores_after_it(self, recommendation):
        insert_update(recommendation)

        with refused("correction_matches_what_it_corrects"):
            sql(
                """
                INSERT INTO recommendations_update (id, corrects_id, recommendation_id, effective_on, precision, status,
                    what_en, what_es, reason_en, reason_es, basis, visibility)
                SELECT row.id, row.corrects_id, row.recommendation_id, effective_on, precision, status,
                    what_en, what_es, 'A slip.', reason_es, basis, visibility
                FROM recommendations_update, (VALUES (1000000, 1000001, %s), (1000001, NULL, %s))
                    AS row (id, corrects_id, recommendation_id)
                """,
                recommendation.pk,
                RecommendationFactory().pk,
            )

    @pytest.mark.parametrize(("of", "by"), [("public", "members"), ("members", "public"), ("staff", "members")])
    def test_a_correction_has_the_same_readers(self, recommendation, of, by):
        wrong = insert_update(recommendation, status="issued", visibility=of)

        with refused("correction_matches_what_it_corrects"):
            insert_update(recommendation, status="issued", visibility=by, corrects_id=wrong.pk, reason_en="A slip.")

    def test_the_corrected_row_is_out_of_force(self, recommendation):
        insert_update(recommendation, status="under_consideration", effective_on=date(2024, 1, 1))
        wrong = insert_update(recommendation, status="in_progress", effective_on=date(2024, 5, 1))

        right = insert_update(
            recommendation,
            status="under_consideration",
            effective_on=date(2024, 5, 1),
            corrects_id=wrong.pk,
            reason_en="It was only announced.",
        )

        recommendation.refresh_from_db()
        assert right.previous_status == "under_consideration"
        assert (recommendation.status, recommendation.last_update) == ("under_consideration", right)


class TestDates:
    def test_nothing_takes_effect_in_the_future(self, recommendation):
        today = timezone.localdate()

        with refused("update_is_not_in_the_future"):
            insert_update(recommendation, effective_on=today + timedelta(days=1))
        assert insert_update(recommendation, effective_on=today).counts_from == today

    @pytest.mark.parametrize(
        ("precision", "too_early", "just_right"),
        [
            ("day", date(2023, 8, 16), date(2023, 8, 17)),
            ("month", date(2023, 7, 1), date(2023, 8, 1)),
            ("quarter", date(2023, 4, 1), date(2023, 7, 1)),
            ("year", date(2022, 1, 1), date(2023, 1, 1)),
        ],
    )
    def test_nothing_comes_before_publication(self, precision, too_early, just_right):
        recommendation = RecommendationFactory(document=DocumentFactory(published_on=date(2023, 8, 17)))

        with refused("update_follows_publication"):
            insert_update(recommendation, effective_on=too_early, precision=precision)
        insert_update(recommendation, effective_on=just_right, precision=precision)

    @pytest.mark.parametrize(
        ("precision", "day"),
        [
            ("month", date(2024, 5, 2)),
            ("quarter", date(2024, 5, 1)),
            ("quarter", date(2024, 4, 2)),
            ("year", date(2024, 4, 1)),
            ("year", date(2024, 1, 2)),
        ],
    )
    def test_a_period_is_stored_by_its_first_day(self, recommendation, precision, day):
        with refused("update_date_starts_its_period"):
            insert_update(recommendation, effective_on=day, precision=precision)


@pytest.mark.django_db(transaction=True)
def test_evidence_comes_with_its_update():
    update = record(RecommendationFactory(), status="implemented")

    with refused("evidence_comes_with_its_update"):
        insert_evidence(update)
    assert Evidence.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_began_before_an_update_adds_no_evidence_to_it():
    recommendation = RecommendationFactory()

    with ThreadPoolExecutor() as pool, refused("evidence_comes_with_its_update"):
        sql("SELECT 1")
        update = pool.submit(in_another_connection, record, recommendation, status="implemented").result(timeout=10)
        insert_evidence(update)
    assert Evidence.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_move_to_a_later_document_waits_for_who_is_writing():
    recommendation = RecommendationFactory()
    later = DocumentFactory(published_on=date(2024, 5, 2))

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            insert_update(recommendation, effective_on=date(2024, 5, 1))
            move = pool.submit(in_another_connection, move_topics, later)
            wait_until_somebody_waits_for_us()
        with pytest.raises(IntegrityError):
            move.result(timeout=10)


def move_topics(document):
    sql("UPDATE recommendations_topic SET document_id = %s", document.pk)


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_are_taken_one_after_the_other():
    recommendation = RecommendationFactory()

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            insert_update(recommendation, status="under_consideration")
            other = pool.submit(in_another_connection, insert_update, recommendation, status="in_progress")
            wait_until_somebody_waits_for_us()
        second = other.result(timeout=10)

    recommendation.refresh_from_db()
    assert second.previous_status == "under_consideration"
    assert (recommendation.status, recommendation.last_update) == ("in_progress", second)
