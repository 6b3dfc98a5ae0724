"""The ledger: append-only, and one with the current status, whoever writes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations.dates import Precision, last_day
from recommendations.models import Evidence, Recommendation, Update
from recommendations.status import NEEDS_EVIDENCE, Status
from tests.database import in_another_connection, sql, wait_until_somebody_waits_for_us
from tests.factories import SOURCE, DocumentFactory, RecommendationFactory, UserFactory, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def recommendation():
    return RecommendationFactory()


def status_on(recommendation, day) -> str:
    return Recommendation.objects.as_of(day).get(pk=recommendation.pk).shown_status


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
                "Say why the status goes back or the recommendation is reopened.",
            ),
            (
                {"status": "implemented", "visibility": "members"},
                "Only a public update can change the status, since the status is public.",
            ),
            (
                {"status": "superseded"},
                "Name the recommendation that takes its place, and only for “superseded”.",
            ),
            ({"effective_on": date(2023, 9, 17)}, "The recommendation was published later, on 18 September 2023."),
            (
                {"effective_on": date(2023, 8, 31), "precision": "month"},
                "The recommendation was published later, on 18 September 2023.",
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
        with pytest.raises(ValidationError, match="only for “superseded”"):
            record(recommendation, status="withdrawn", successor=RecommendationFactory())

    def test_a_recommendation_in_its_own_place(self, recommendation):
        with pytest.raises(ValidationError, match="A recommendation cannot take its own place"):
            record(recommendation, status="superseded", successor=recommendation)

    def test_a_correction_without_a_reason(self, recommendation):
        wrong = record(recommendation)

        with pytest.raises(ValidationError, match="Say why the earlier row is corrected"):
            record(recommendation, corrects=wrong)

    def test_a_second_correction_of_the_same_row(self, recommendation):
        wrong = record(recommendation)
        record(recommendation, corrects=wrong, reason_en="Another date.")

        with pytest.raises(ValidationError, match="already exists"):
            record(recommendation, corrects=wrong, reason_en="Yet another.")

    def test_a_correction_of_another_recommendation(self, recommendation):
        elsewhere = record(RecommendationFactory())

        with pytest.raises(ValidationError, match="the same recommendation and the same readers"):
            record(recommendation, corrects=elsewhere, reason_en="Another date.")

    def test_a_correction_for_other_readers(self, recommendation):
        public = record(recommendation)

        with pytest.raises(ValidationError, match="the same recommendation and the same readers"):
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


class TestCorrections:
    def test_a_correction_takes_the_row_out_of_force(self, recommendation):
        record(recommendation, status="under_consideration", effective_on=date(2024, 1, 1))
        wrong = record(recommendation, status="implemented", effective_on=date(2024, 5, 1))

        right = record(recommendation, status="in_progress", corrects=wrong, reason_en="Only a part was done.")

        assert (right.previous_status, recommendation.status) == ("under_consideration", "in_progress")
        assert list(recommendation.updates.in_force().newest_first().values_list("status", flat=True)) == [
            "in_progress",
            "under_consideration",
        ]

    def test_both_rows_stay_readable(self, recommendation):
        wrong = record(recommendation)
        right = record(recommendation, corrects=wrong, reason_en="Another date.")

        timeline = recommendation.updates.for_timeline()

        assert [(row, row.is_corrected) for row in timeline] == [(right, False), (wrong, True)]

    def test_a_correction_can_be_corrected(self, recommendation):
        first = record(recommendation, status="in_progress")
        second = record(recommendation, status="under_consideration", corrects=first, reason_en="Only announced.")

        record(recommendation, status="in_progress", corrects=second, reason_en="It had begun after all.")

        assert recommendation.status == "in_progress"
        assert recommendation.updates.in_force().count() == 1

    def test_a_correction_reaches_back_into_past_views(self, recommendation):
        wrong = record(recommendation, status="implemented", effective_on=date(2024, 5, 1))

        record(recommendation, status="in_progress", corrects=wrong, reason_en="A misreading.")

        assert status_on(recommendation, date(2024, 5, 1)) == "in_progress"


def confirm(update, **changes) -> Update:
    """Record an earlier row once more, as verified by staff."""
    names = ["status", "effective_on", "precision", "what_en", "what_es", "visibility", "successor"]
    same = {name: getattr(update, name) for name in names}
    values = same | {"basis": "verified", "corrects": update, "reason_en": "Checked."} | changes
    return record(update.recommendation, **values)


class TestConfirmations:
    def test_a_confirmation_leaves_every_past_view_and_takes_the_row_off_the_list(self, recommendation):
        first = record(recommendation, status="under_consideration", effective_on=date(2024, 1, 10), basis="reported")
        second = record(recommendation, status="in_progress", effective_on=date(2024, 4, 1), basis="public_source")
        record(recommendation, status="issued", effective_on=date(2024, 6, 1), reason_en="Stopped.")
        days = [date(2024, 1, 9) + timedelta(days=days) for days in range(200)]
        before = [status_on(recommendation, day) for day in days]
        assert list(Update.objects.to_verify()) == [second]

        for earlier in [second, first]:
            confirmed = confirm(earlier)

            assert confirmed.is_confirmation
            assert confirmed.previous_status == earlier.previous_status
            assert [status_on(recommendation, day) for day in days] == before
        assert not Update.objects.to_verify().exists()
        assert recommendation.status == "issued"

    @pytest.mark.parametrize(
        "changes",
        [
            {"what_en": "Another thing happened."},
            {"what_es": "Pasó otra cosa."},
            {"status": "in_progress"},
            {"effective_on": date(2024, 5, 2)},
            {"precision": "month"},
            {"basis": "reported"},
        ],
    )
    def test_whatever_says_something_else_is_a_correction(self, recommendation, changes):
        assert not confirm(record(recommendation, basis="public_source"), **changes).is_confirmation

    def test_what_is_verified_is_not_confirmed_again(self, recommendation):
        assert not confirm(record(recommendation, basis="verified")).is_confirmation

    def test_a_row_that_counts_from_its_recording_is_not_confirmed_to_count_from_a_later_day(self, recommendation):
        today = timezone.localdate()
        update = record(recommendation, effective_on=today, precision="year", basis="public_source")
        _recorded_days_ago(update, 3)

        with pytest.raises(ValidationError, match="and change what past views show"):
            confirm(update)

        known = today - timedelta(days=4)
        assert confirm(update, effective_on=known, precision="day").counts_from == known

    def test_it_does_not_undo_what_a_later_row_of_the_same_day_says(self, recommendation):
        update = record(recommendation, status="in_progress", basis="public_source")
        later = record(recommendation, status="partially_implemented")

        with pytest.raises(ValidationError, match="A later row of the same day leads to another status"):
            confirm(update)

        confirm(later, status="in_progress")
        assert confirm(update).is_confirmation


def _recorded_days_ago(update, days):
    """As no writer can have it: the ledger says itself when a row was recorded."""
    sql("SET LOCAL session_replication_role = replica")
    sql(
        "UPDATE recommendations_update SET recorded_at = now() - make_interval(days => %s) WHERE id = %s",
        days,
        update.pk,
    )
    sql("SET LOCAL session_replication_role = origin")
    update.refresh_from_db()


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


class TestPastViews:
    def test_a_past_view_shows_what_had_surely_happened(self, recommendation):
        record(recommendation, status="under_consideration", effective_on=date(2024, 1, 10))
        record(recommendation, status="in_progress", effective_on=date(2024, 4, 1), precision="quarter")

        views = {day: status_on(recommendation, day) for day in [date(2024, 1, 9), date(2024, 1, 10)]}
        assert views == {date(2024, 1, 9): "issued", date(2024, 1, 10): "under_consideration"}
        views = {day: status_on(recommendation, day) for day in [date(2024, 6, 29), date(2024, 6, 30)]}
        assert views == {date(2024, 6, 29): "under_consideration", date(2024, 6, 30): "in_progress"}

    def test_a_late_update_changes_no_past_view_before_its_date(self, recommendation):
        record(recommendation, status="under_consideration", effective_on=date(2024, 1, 10))

        record(recommendation, status="in_progress", effective_on=date(2024, 5, 1))

        assert status_on(recommendation, date(2024, 4, 30)) == "under_consideration"

    def test_a_late_update_leaves_the_status_where_a_later_row_stands(self, recommendation):
        standing = record(recommendation, status="partially_implemented", effective_on=date(2024, 5, 1))

        late = record(recommendation, status="in_progress", effective_on=date(2024, 2, 1))

        assert (late.previous_status, late.status) == ("issued", "in_progress")
        assert (recommendation.status, recommendation.last_update) == ("partially_implemented", standing)
        assert status_on(recommendation, date(2024, 3, 1)) == "in_progress"
        assert status_on(recommendation, timezone.localdate()) == "partially_implemented"


@st.composite
def drafts(draw, corrections=True):
    """What could be recorded, one after the other; `corrects` picks among the rows that can be corrected."""
    draft = st.fixed_dictionaries(
        {
            "status": st.sampled_from(Status.values),
            "effective_on": st.dates(date(2023, 9, 18), timezone.localdate()),
            "precision": st.sampled_from(Precision.values),
            "visibility": st.sampled_from(["public", "public", "members", "staff"]),
            "corrects": st.none() | st.integers(0, 5) if corrections else st.none(),
        }
    )
    return draw(st.lists(draft, min_size=1, max_size=6))


class Model:
    """The ledger in a few plain lines, to compare with."""

    def __init__(self, recommendation, successor):
        self.recommendation, self.successor = recommendation, successor
        self.rows = []  # stored updates that are not corrected

    def status_on(self, day):
        public = [row for row in self.rows if row.visibility == "public" and row.counts_from <= day]
        return max(public, key=lambda row: (row.counts_from, row.pk)).status if public else "issued"

    def record(self, draft) -> Update:
        """Record what `draft` says, with whatever else the rules ask for."""
        draft = dict(draft)
        candidates = [row for row in self.rows if row.visibility == draft["visibility"]]
        pick = draft.pop("corrects")
        corrected = candidates[pick % len(candidates)] if candidates and pick is not None else None
        if corrected:
            self.rows.remove(corrected)
        counts_from = min(last_day(draft["effective_on"], draft["precision"]), timezone.localdate())
        if draft["visibility"] != "public":
            draft["status"] = self.status_on(counts_from)
        successor = self.successor if draft["status"] == "superseded" else None
        update = record(self.recommendation, corrects=corrected, successor=successor, reason_en="A reason.", **draft)
        assert (update.counts_from, update.previous_status) == (counts_from, self.status_on(counts_from))
        self.rows.append(update)
        return update

    def turning_points(self) -> list[date]:
        """The days around each row's date, the day of publication, and today."""
        days = {row.counts_from - timedelta(days=before) for row in self.rows for before in (0, 1)}
        published = date(2023, 9, 18)
        return sorted({published, timezone.localdate(), *(day for day in days if day >= published)})


@settings(deadline=None, max_examples=25)
@given(drafts=drafts())
def test_the_status_the_view_of_today_and_a_plain_model_always_agree(drafts):
    model = Model(RecommendationFactory(), RecommendationFactory())

    for draft in drafts:
        model.record(draft)

        assert model.recommendation.status == model.status_on(timezone.localdate())
        views = {day: status_on(model.recommendation, day) for day in model.turning_points()}
        assert views == {day: model.status_on(day) for day in views}


@settings(deadline=None, max_examples=25)
@given(drafts=drafts(corrections=False))
def test_no_entry_changes_a_view_of_a_day_before_it(drafts):
    model = Model(RecommendationFactory(), RecommendationFactory())
    *earlier, last = drafts
    for draft in earlier:
        model.record(draft)
    days = [*model.turning_points(), last["effective_on"]]
    before = {day: status_on(model.recommendation, day) for day in days}

    counts_from = model.record(last).counts_from

    for day in (day for day in days if day < counts_from):
        assert status_on(model.recommendation, day) == before[day]


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
