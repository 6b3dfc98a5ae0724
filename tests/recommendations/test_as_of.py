"""The ledger as past views read it: corrections, confirmations, and what was so on a day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given, settings

from recommendations.models import Recommendation, Update
from tests.database import as_if_recorded
from tests.factories import RecommendationFactory, record
from tests.recommendations.ledger.plain_ledger import PlainLedger, drafts

pytestmark = pytest.mark.django_db


def status_on(recommendation, day) -> str:
    return Recommendation.objects.as_of(day).get(pk=recommendation.pk).effective_status


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
    names = ["status", "effective_on", "precision", "what_en", "what_es", "visibility"]
    same = {name: getattr(update, name) for name in names} | {"successors": update.successors.all()}
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
        as_if_recorded(update, days_ago=3)

        with pytest.raises(ValidationError, match="and change what past views show"):
            confirm(update)

        known = today - timedelta(days=4)
        assert confirm(update, effective_on=known, precision="day").counts_from == known

    def test_it_does_not_undo_what_a_later_row_of_the_same_day_says(self, recommendation):
        update = record(recommendation, status="in_progress", basis="public_source")
        later = record(recommendation, status="partially_implemented")

        with pytest.raises(ValidationError, match="A later entry for the same day set a different status"):
            confirm(update)

        confirm(later, status="in_progress")
        assert confirm(update).is_confirmation


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


@settings(deadline=None, max_examples=25)
@given(drafts=drafts())
def test_the_status_the_view_of_today_and_a_plain_model_always_agree(drafts):
    model = PlainLedger(RecommendationFactory(), RecommendationFactory())

    for draft in drafts:
        model.record(draft)

        assert model.recommendation.status == model.status_on(timezone.localdate())
        views = {day: status_on(model.recommendation, day) for day in model.turning_points()}
        assert views == {day: model.status_on(day) for day in views}


@settings(deadline=None, max_examples=25)
@given(drafts=drafts(corrections=False))
def test_no_entry_changes_a_view_of_a_day_before_it(drafts):
    model = PlainLedger(RecommendationFactory(), RecommendationFactory())
    *earlier, last = drafts
    for draft in earlier:
        model.record(draft)
    days = [*model.turning_points(), last["effective_on"]]
    before = {day: status_on(model.recommendation, day) for day in days}

    counts_from = model.record(last).counts_from

    for day in (day for day in days if day < counts_from):
        assert status_on(model.recommendation, day) == before[day]
