"""Each change of a public record is noted in the order of commits, so that a mirror built from the notes is the site."""

import json
import random
import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from core.visibility import Visibility
from recommendations.models import Addressee, ChapterLink, Document, Recommendation, Update
from recommendations.models.status import Status
from tests.database import check_what_waits_for_the_commit, in_another_connection, refused, sql
from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    OrganizationFactory,
    RecommendationFactory,
    record,
)


@pytest.fixture
def read(client):
    """Reads the changes after a cursor, page by page: gives the results and the last cursor."""

    def read(after=0) -> tuple[list[dict], int]:
        results, url = [], f"/api/v1/changes/?after={after}"
        while url:
            answer = json.loads(client.get(url).content)
            results += answer["results"]
            url = answer["next"]
        return results, answer["cursor"]

    return read


@pytest.mark.django_db
class TestWhatIsNoted:
    @pytest.fixture
    def recommendation(self):
        recommendation = RecommendationFactory(code="2023-SB-1", title_en="Modern customs")
        check_what_waits_for_the_commit()
        return recommendation

    @pytest.fixture
    def noted(self, recommendation, read):
        """Gives what was noted since it was asked last."""
        cursor = read()[1]

        def noted() -> list[dict]:
            nonlocal cursor
            check_what_waits_for_the_commit()
            results, cursor = read(cursor)
            return results

        return noted

    def test_a_new_record(self, recommendation, read):
        [change], cursor = read()

        assert (change["code"], change["update"], change["cursor"]) == ("2023-SB-1", None, cursor)
        assert change["record"]["title_en"] == "Modern customs"
        assert change["record"]["ledger"] == []

    def test_a_row_of_the_ledger_entered_late(self, recommendation, noted):
        update = record(recommendation, status="in_progress", effective_on=date(2023, 10, 1))

        [change] = noted()
        assert change["update"] == update.pk
        assert [row["id"] for row in change["record"]["ledger"]] == [update.pk]
        assert change["record"]["status"] == "in_progress"

    def test_a_row_that_is_not_public_is_not(self, recommendation, noted):
        record(recommendation, visibility=Visibility.STAFF)

        assert noted() == []

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE recommendations_recommendation SET priority = true",
            "UPDATE recommendations_issue SET title_es = 'Otro título'",
            "UPDATE recommendations_topic SET title_en = 'Another heading'",
            "UPDATE recommendations_document SET title_en = 'Another paper'",
            "UPDATE working_groups_workinggroup SET name_en = 'Another group'",
            "UPDATE working_groups_organization SET name_en = 'Another body'",
            "UPDATE recommendations_addressee SET is_named = NOT is_named",
            "UPDATE recommendations_chapter SET title_en = 'Another chapter'",
            "UPDATE recommendations_chapterlink SET reason_en = 'Another reason'",
            "DELETE FROM recommendations_chapterlink",
        ],
    )
    def test_whatever_else_the_record_shows_by_sql_too(self, recommendation, noted, statement):
        AddresseeFactory(recommendation=recommendation, organization=OrganizationFactory())
        ChapterLinkFactory(recommendation=recommendation, chapter=ChapterFactory())
        noted()

        sql(statement)

        assert [change["code"] for change in noted()] == ["2023-SB-1"]

    def test_a_write_that_changes_nothing_is_not(self, recommendation, noted):
        recommendation.save()

        assert noted() == []

    def test_a_record_that_is_hidden_is_removed_once_and_says_no_more(self, recommendation, noted):
        Document.objects.update(visibility=Visibility.STAFF)
        [change] = noted()
        assert (change["code"], change["record"]) == ("2023-SB-1", None)

        Recommendation.objects.update(title_en="A secret")
        assert noted() == []

    def test_a_record_that_was_never_public_is_not_mentioned(self, noted):
        RecommendationFactory(document=DocumentFactory(visibility=Visibility.STAFF)).delete()

        assert noted() == []

    def test_a_record_that_is_deleted(self, recommendation, noted):
        recommendation.delete()

        [change] = noted()
        assert (change["code"], change["record"]) == ("2023-SB-1", None)

    def test_notes_are_never_changed(self, recommendation):
        for statement in [
            "UPDATE recommendations_recordchange SET is_public = false",
            "DELETE FROM recommendations_recordchange",
            "TRUNCATE recommendations_recordchange",
            "INSERT INTO recommendations_recordchange (code, is_public, noted_at) VALUES ('2023-XX-1', true, now())",
            "SELECT note_record_removal('2023-SB-1')",
        ]:
            with refused("record_changes_are_append_only"):
                sql(statement)


def test_a_cursor_that_is_none_is_said(client, db):
    response = client.get("/api/v1/changes/?after=yesterday")

    assert response.status_code == 400
    assert "after" in response.json()["parameters"]


def test_queries_do_not_depend_on_how_much_changed(client, django_assert_max_num_queries, db):
    for _number in range(12):
        record(RecommendationFactory(), status="in_progress")
    check_what_waits_for_the_commit()

    with django_assert_max_num_queries(9):
        assert len(client.get("/api/v1/changes/").json()["results"]) == 24


@pytest.mark.django_db(transaction=True)
def test_what_commits_later_is_read_later_though_it_was_written_first(read):
    first, second = RecommendationFactory(code="2023-AA-1"), RecommendationFactory(code="2023-AA-2")
    cursor = read()[1]

    with transaction.atomic():
        record(first, status="in_progress")
        other = threading.Thread(target=in_another_connection, args=[record, second], kwargs={"status": "in_progress"})
        other.start()
        other.join(timeout=20)
        results, cursor = read(cursor)
        assert [change["code"] for change in results] == ["2023-AA-2"]

    assert [change["code"] for change in read(cursor)[0]] == ["2023-AA-1"]


@pytest.mark.django_db(transaction=True)
def test_a_mirror_is_the_site_after_a_thousand_writes(client, read):
    """Two writers, with rows about the past among theirs, while the mirror reads."""
    chapters = [ChapterFactory(number=number) for number in (1, 2, 3)]
    bodies = [OrganizationFactory() for _number in range(3)]
    documents = [DocumentFactory(), DocumentFactory()]
    for number in range(12):
        RecommendationFactory(code=f"2023-AA-{number}", document=documents[number % 2])
    writers = [
        threading.Thread(target=in_another_connection, args=[write, seed, 500, chapters, bodies]) for seed in (1, 2)
    ]
    mirror, cursor = {}, 0
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        cursor = bring_up_to_date(mirror, read, cursor)
    bring_up_to_date(mirror, read, cursor)

    assert Update.objects.count() > 300
    site = {
        code: client.get(f"/api/v1/recommendations/{code}/").json()
        for code in Recommendation.objects.public().values_list("code", flat=True)
    }
    assert mirror == site


def bring_up_to_date(mirror, read, cursor) -> int:
    results, cursor = read(cursor)
    for change in results:
        mirror[change["code"]] = change["record"]
        if change["record"] is None:
            del mirror[change["code"]]
    return cursor


def write(seed, times, chapters, bodies):
    """Make a number of writes of all kinds, each in a transaction of its own."""
    choose = random.Random(seed)
    for number in range(times):
        recommendation = choose.choice(Recommendation.objects.all())
        with transaction.atomic():
            match choose.randrange(10):
                case 0:
                    Recommendation.objects.filter(pk=recommendation.pk).update(title_en=f"Title {seed}.{number}")
                case 1:
                    Addressee.objects.update_or_create(
                        recommendation=recommendation, organization=choose.choice(bodies)
                    )
                case 2:
                    ChapterLink.objects.filter(recommendation=recommendation).delete()
                    ChapterLink.objects.create(recommendation=recommendation, chapter=choose.choice(chapters))
                case 3:
                    body = choose.choice(bodies)
                    type(body).objects.filter(pk=body.pk).update(name_en=f"Body {seed}.{number}")
                case 4:
                    hidden = choose.choice([Visibility.PUBLIC, Visibility.PUBLIC, Visibility.STAFF])
                    Document.objects.filter(pk=recommendation.document.pk).update(visibility=hidden)
                case _:
                    status = choose.choice(Status.values[:4])
                    record(
                        recommendation,
                        status=status,
                        effective_on=date(2023, 10, 1) + timedelta(days=choose.randrange(900)),
                        reason_en="So it was.",
                    )
    connection.close()
