"""The ledger: append-only, and one with the current status, whoever writes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from core.text.dates import Precision
from recommendations.models import Evidence, Recommendation, Update
from recommendations.models.status import NEEDS_EVIDENCE
from tests.database import in_another_connection, wait_until_somebody_waits_for_us
from tests.factories import SOURCE, DocumentFactory, RecommendationFactory, UserFactory, record

pytestmark = pytest.mark.django_db


class TestRecordUpdate:
    def test_an_update_sets_the_status(self, recommendation):
        update = record(recommendation, status="in_progress")

        assert (recommendation.status, recommendation.last_update) == ("in_progress", update)
        assert (update.previous_status, update.status) == ("issued", "in_progress")

    def test_an_update_closes_and_reopens(self, recommendation):
        record(recommendation, status="implemented")
        assert not recommendation.is_open

        record(recommendation, status="in_progress", reason_en="It was repealed.")
        assert recommendation.is_open

    def test_an_update_may_leave_the_status_as_it_is(self, recommendation):
        record(recommendation, status="in_progress", effective_on=date(2024, 5, 1))

        update = record(recommendation, effective_on=date(2024, 6, 1))

        assert not update.changes_status
        assert (recommendation.status, recommendation.last_update) == ("in_progress", update)
        assert recommendation.last_update_on == date(2024, 6, 1)

    def test_an_update_keeps_who_recorded_what_and_on_what_basis(self, recommendation):
        editor = UserFactory()
        before = timezone.now()

        update = record(recommendation, recorded_by=editor, basis="reported", what_en="A law.", what_es="Una ley.")

        update = Update.objects.get(pk=update.pk)
        assert (update.recorded_by, update.basis) == (editor, "reported")
        assert (update.what_en, update.what_es) == ("A law.", "Una ley.")
        assert before <= update.recorded_at <= timezone.now()

    def test_evidence_is_stored_with_the_update(self, recommendation):
        update = record(recommendation, evidence=[SOURCE, SOURCE | {"published_on": date(2024, 4, 30)}])

        assert list(update.evidence.values_list("title", "publisher", "url", "published_on")) == [
            ("A source", "A gazette", "https://example.org/source", None),
            ("A source", "A gazette", "https://example.org/source", date(2024, 4, 30)),
        ]

    def test_the_later_record_of_a_day_decides(self, recommendation):
        record(recommendation, status="under_consideration")

        update = record(recommendation, status="in_progress")

        assert update.previous_status == "under_consideration"
        assert recommendation.status == "in_progress"

    def test_a_stale_copy_of_the_recommendation_does_no_harm(self, recommendation):
        stale = Recommendation.objects.get(pk=recommendation.pk)
        record(recommendation, status="in_progress")

        update = record(stale)

        assert (update.previous_status, update.status) == ("in_progress", "in_progress")

    @pytest.mark.parametrize("status", NEEDS_EVIDENCE)
    def test_evidence_is_asked_for_again(self, recommendation, status):
        """Else correcting the first row would leave the status without any."""
        record(recommendation, status=status)

        with pytest.raises(ValidationError, match="needs evidence"):
            record(recommendation, evidence=[])

    @pytest.mark.parametrize("status", NEEDS_EVIDENCE)
    def test_a_note_for_staff_needs_none(self, recommendation, status):
        record(recommendation, status=status)

        assert record(recommendation, evidence=[], visibility="staff").status == status


class TestRefusals:
    """What `record_update` refuses, with words that a person can act on."""

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"status": "finished"}, "Value 'finished' is not a valid choice."),
            ({"basis": "hearsay"}, "Value 'hearsay' is not a valid choice."),
            ({"visibility": "friends"}, "Value 'friends' is not a valid choice."),
            ({"precision": "week"}, "Value 'week' is not a valid choice."),
            ({"what_en": ""}, "This field cannot be blank."),
            (
                {"status": "implemented", "evidence": []},
                "The status “Implemented” needs evidence: add at least one source.",
            ),
            (
                {"status": "overtaken", "evidence": []},
                "The status “Overtaken by events” needs evidence: add at least one source.",
            ),
            (
                {"status": "issued"},
                "Explain why the status moves backward or the recommendation is reopened.",
            ),
            (
                {"status": "implemented", "visibility": "members"},
                "Only a public update can change the status, because the status is public.",
            ),
            (
                {"status": "superseded"},
                "Name the recommendations that replace it if the status is “superseded”, and only then.",
            ),
            ({"effective_on": date(2023, 9, 17)}, "The recommendation was published later, on September 18, 2023."),
            (
                {"effective_on": date(2023, 8, 31), "precision": "month"},
                "The recommendation was published later, on September 18, 2023.",
            ),
            ({"evidence": [SOURCE | {"url": "somewhere"}]}, "Enter a valid URL."),
            ({"evidence": [SOURCE | {"publisher": ""}]}, "This field cannot be blank."),
        ],
    )
    def test_nothing_is_stored_and_the_words_say_why(self, recommendation, fields, message):
        standing = record(recommendation, status="in_progress", effective_on=date(2024, 1, 1))

        with pytest.raises(ValidationError) as refusal:
            record(recommendation, **fields)

        assert message in refusal.value.messages
        recommendation.refresh_from_db()
        assert (recommendation.status, recommendation.last_update) == ("in_progress", standing)
        assert (Update.objects.count(), Evidence.objects.count()) == (1, 1)

    def test_the_future(self, recommendation):
        tomorrow = timezone.localdate() + timedelta(days=1)

        with pytest.raises(ValidationError, match=r"This date is in the future\."):
            record(recommendation, effective_on=tomorrow)

    def test_a_successor_where_nothing_is_superseded(self, recommendation):
        with pytest.raises(ValidationError, match="“superseded”, and only then"):
            record(recommendation, status="withdrawn", successors=[RecommendationFactory()])

    def test_a_recommendation_in_its_own_place(self, recommendation):
        with pytest.raises(ValidationError, match="A recommendation cannot supersede itself"):
            record(recommendation, status="superseded", successors=[recommendation])

    def test_a_correction_without_a_reason(self, recommendation):
        wrong = record(recommendation)

        with pytest.raises(ValidationError, match="Explain why the earlier entry is being corrected"):
            record(recommendation, corrects=wrong)

    def test_a_second_correction_of_the_same_row(self, recommendation):
        wrong = record(recommendation)
        record(recommendation, corrects=wrong, reason_en="Another date.")

        with pytest.raises(ValidationError, match="has already been replaced"):
            record(recommendation, corrects=wrong, reason_en="Yet another.")

    def test_a_correction_of_another_recommendation(self, recommendation):
        elsewhere = record(RecommendationFactory())

        with pytest.raises(ValidationError, match="visible to the same readers"):
            record(recommendation, corrects=elsewhere, reason_en="Another date.")

    def test_a_correction_for_other_readers(self, recommendation):
        public = record(recommendation)

        with pytest.raises(ValidationError, match="visible to the same readers"):
            record(recommendation, corrects=public, visibility="staff", reason_en="Another date.")


class TestDates:
    @pytest.mark.parametrize(
        ("precision", "stored", "counts_from"),
        [
            ("day", date(2024, 5, 17), date(2024, 5, 17)),
            ("month", date(2024, 5, 1), date(2024, 5, 31)),
            ("quarter", date(2024, 4, 1), date(2024, 6, 30)),
            ("year", date(2024, 1, 1), date(2024, 12, 31)),
        ],
    )
    def test_a_period_is_stored_by_its_first_day_and_counts_from_its_last(
        self, recommendation, precision, stored, counts_from
    ):
        update = record(recommendation, effective_on=date(2024, 5, 17), precision=precision)

        assert (update.effective_on, update.counts_from) == (stored, counts_from)

    @pytest.mark.parametrize("precision", Precision)
    def test_a_period_that_is_not_over_counts_from_the_day_of_recording(self, precision):
        today = timezone.localdate()
        document = DocumentFactory(published_on=today - timedelta(days=1))

        update = record(RecommendationFactory(document=document), effective_on=today, precision=precision)

        assert update.counts_from == today

    def test_the_month_of_publication_is_not_too_early(self, recommendation):
        update = record(recommendation, effective_on=date(2023, 9, 1), precision="month")

        assert update.counts_from == date(2023, 9, 30)

    def test_an_update_known_to_the_year_counts_only_after_one_within_that_year(self, recommendation):
        record(recommendation, status="in_progress", effective_on=date(2024, 1, 1), precision="year")

        update = record(recommendation, status="under_consideration", effective_on=date(2024, 11, 1))

        assert update.previous_status == "issued"
        assert recommendation.status == "in_progress"


class TestReaders:
    def test_a_row_that_is_not_public_leaves_the_public_record_as_it_was(self, recommendation):
        public = record(recommendation, status="in_progress", effective_on=date(2024, 5, 1))

        record(recommendation, visibility="staff", effective_on=date(2024, 6, 1))

        assert (recommendation.status, recommendation.last_update) == ("in_progress", public)

    def test_each_reader_sees_the_rows_meant_for_them(self, recommendation):
        for visibility in ["public", "members", "staff"]:
            record(recommendation, visibility=visibility)

        def seen_by(user):
            return set(Update.objects.visible_to(user).values_list("visibility", flat=True))

        assert seen_by(AnonymousUser()) == {"public"}
        assert seen_by(UserFactory()) == {"public", "members"}
        assert seen_by(UserFactory(is_staff=True)) == {"public", "members", "staff"}


@pytest.mark.django_db(transaction=True)
def test_two_who_record_at_once_are_taken_one_after_the_other():
    recommendation = RecommendationFactory()
    same = Recommendation.objects.get(pk=recommendation.pk)

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            record(recommendation, status="implemented")
            other = pool.submit(
                in_another_connection, record, same, status="in_progress", reason_en="It was stopped again."
            )
            wait_until_somebody_waits_for_us()
        second = other.result(timeout=10)

    recommendation.refresh_from_db()
    assert (second.previous_status, second.status) == ("implemented", "in_progress")
    assert (recommendation.status, recommendation.last_update) == ("in_progress", second)


@pytest.mark.django_db(transaction=True)
def test_many_who_record_at_once_leave_one_consistent_ledger():
    recommendation = RecommendationFactory()
    statuses = ["under_consideration", "in_progress", "partially_implemented", "implemented"] * 2

    with ThreadPoolExecutor(max_workers=4) as pool:
        for status in statuses:
            same = Recommendation.objects.get(pk=recommendation.pk)
            pool.submit(in_another_connection, record, same, status=status, reason_en="As it is told.")

    rows = list(recommendation.updates.order_by("pk"))
    recommendation.refresh_from_db()
    assert sorted(row.status for row in rows) == sorted(statuses)
    assert [row.previous_status for row in rows] == ["issued", *(row.status for row in rows[:-1])]
    assert (recommendation.status, recommendation.last_update) == (rows[-1].status, rows[-1])
