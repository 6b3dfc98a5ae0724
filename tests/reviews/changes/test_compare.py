"""What changed between two days, by definition."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations.models import Recommendation
from recommendations.models.status import NEEDS_EVIDENCE, Status
from reviews.changes.compare import Clock, Kind, changes, count_recorded_later
from tests.database import as_if_recorded
from tests.factories import (
    SOURCE,
    AddresseeFactory,
    DocumentFactory,
    IssueFactory,
    RecommendationFactory,
    UserFactory,
    record,
    record_answer,
)

from .moves import AFTER, BEFORE, BETWEEN, SINCE, UNTIL, move

pytestmark = pytest.mark.django_db


def changed(since=SINCE, until=UNTIL, user=None):
    return changes(Recommendation.objects.visible_to(user or AnonymousUser()), since, until, user)


def kinds(**days) -> dict[str, str]:
    """{code: kind}, in document order."""
    return {change.recommendation.code: change.kind.value for change in changed(**days)}


# The kinds


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("issued", "under_consideration", "forward"),
        ("issued", "partially_implemented", "forward"),
        ("partially_implemented", "in_progress", "backward"),
        ("in_progress", "issued", "backward"),
        ("issued", "implemented", "closed"),
        ("in_progress", "not_implemented", "closed"),
        ("partially_implemented", "superseded", "closed"),
        ("implemented", "in_progress", "reopened"),
        ("withdrawn", "issued", "reopened"),
        ("overtaken", "implemented", "forward"),
        ("implemented", "not_implemented", "backward"),
        ("not_implemented", "withdrawn", "backward"),
        ("in_progress", "in_progress", "updated"),
        ("withdrawn", "withdrawn", "updated"),
    ],
)
def test_the_kind_is_by_the_status_before_and_after(before, after, kind):
    recommendation = RecommendationFactory()
    move(recommendation, before, BEFORE)
    move(recommendation, after)

    [change] = [each for each in changed() if each.recommendation == recommendation]

    assert (change.kind, change.before, change.after) == (kind, before, after)
    assert change.changes_status == (before != after)


@pytest.mark.parametrize("before", Status.values)
@pytest.mark.parametrize("after", Status.values)
def test_every_way_from_one_status_to_another_has_one_kind(before, after):
    recommendation = RecommendationFactory()
    move(recommendation, before, BEFORE)
    move(recommendation, after)

    [change] = [each for each in changed() if each.recommendation == recommendation]

    opening = (Status(before).is_open, Status(after).is_open)
    expected = {
        (True, False): {Kind.CLOSED},
        (False, True): {Kind.REOPENED},
    }.get(opening, {Kind.UPDATED} if before == after else {Kind.FORWARD, Kind.BACKWARD})
    assert change.kind in expected


def test_what_was_published_between_is_new_wherever_it_stands():
    document = DocumentFactory(published_on=BETWEEN)
    RecommendationFactory(code="2024-A-1", document=document)
    move(RecommendationFactory(code="2024-A-2", document=document), "implemented", UNTIL)

    assert [(change.kind, change.before, change.after) for change in changed()] == [
        ("new", None, "issued"),
        ("new", None, "implemented"),
    ]


def test_what_is_published_on_the_first_day_was_there_before_and_on_the_last_day_is_new():
    RecommendationFactory(code="2024-A-1", document=DocumentFactory(published_on=SINCE))
    RecommendationFactory(code="2024-A-2", document=DocumentFactory(published_on=UNTIL))
    RecommendationFactory(code="2024-A-3", document=DocumentFactory(published_on=UNTIL + timedelta(days=1)))

    assert kinds() == {"2024-A-2": "new"}


def test_what_moved_and_came_back_has_updates_and_the_same_status():
    recommendation = RecommendationFactory()
    there, back = move(recommendation, "in_progress"), move(recommendation, "issued", UNTIL)

    [change] = changed()

    assert (change.kind, change.before, change.after) == ("updated", "issued", "issued")
    assert change.updates == [back, there]


def test_of_what_nothing_is_recorded_nothing_is_said():
    move(RecommendationFactory(), "in_progress", BEFORE)
    move(RecommendationFactory(), "in_progress", AFTER)

    assert changed() == []


# The updates


def test_updates_count_after_the_first_day_and_up_to_the_last_newest_first():
    recommendation = RecommendationFactory()
    _first_day, day_after, last_day, _later = (
        record(recommendation, effective_on=day)
        for day in (SINCE, SINCE + timedelta(days=1), UNTIL, UNTIL + timedelta(days=1))
    )

    [change] = changed()

    assert change.updates == [last_day, day_after]


def test_what_is_known_to_the_month_counts_from_its_last_day():
    move(RecommendationFactory(code="2023-A-1"), "in_progress", date(2024, 5, 1), precision="month")
    move(RecommendationFactory(code="2023-A-2"), "in_progress", date(2024, 6, 1), precision="month")
    move(RecommendationFactory(code="2023-A-3"), "in_progress", date(2025, 6, 1), precision="month")

    assert kinds() == {"2023-A-2": "forward"}


def test_a_late_entry_counts_by_when_it_happened():
    recommendation = RecommendationFactory(code="2023-A-1")
    move(recommendation, "implemented", AFTER)
    move(recommendation, "in_progress", BETWEEN)

    assert kinds() == {"2023-A-1": "forward"}
    assert kinds(since=UNTIL, until=AFTER) == {"2023-A-1": "closed"}


def test_what_was_corrected_is_as_if_it_had_never_been():
    recommendation = RecommendationFactory()
    wrong = move(recommendation, "implemented")
    right = move(recommendation, "in_progress", corrects=wrong)

    [change] = changed()

    assert (change.kind, change.updates) == ("forward", [right])


def test_a_correction_dated_later_takes_the_row_out_of_its_own_time():
    recommendation = RecommendationFactory(code="2023-A-1")
    wrong = move(recommendation, "implemented")
    move(recommendation, "in_progress", AFTER, corrects=wrong)

    assert kinds() == {}
    assert kinds(until=AFTER) == {"2023-A-1": "forward"}


def test_updates_are_those_that_the_reader_may_read():
    recommendation = RecommendationFactory()
    notes = {name: record(recommendation, visibility=name, effective_on=BETWEEN) for name in ("members", "staff")}
    member, staff = UserFactory(), UserFactory(is_staff=True)

    assert changed() == []
    assert [change.updates for change in changed(user=member)] == [[notes["members"]]]
    assert [change.updates for change in changed(user=staff)] == [[notes["staff"], notes["members"]]]


def test_the_turning_points_are_what_moved_the_status_or_else_the_newest():
    moved, stayed = RecommendationFactory(code="2023-A-1"), RecommendationFactory(code="2023-A-2")
    turn = move(moved, "in_progress")
    rest = record(moved, effective_on=UNTIL)
    earlier, newest = record(stayed, effective_on=BETWEEN), record(stayed, effective_on=UNTIL)

    told = {change.recommendation: (change.turning_points, change.other_updates) for change in changed()}

    assert told == {moved: ([turn], [rest]), stayed: ([newest], [earlier])}


# Answers


def test_an_answer_between_is_a_change_of_its_own_kind_where_nothing_else_happened():
    answered = record_answer(AddresseeFactory(), effective_on=BETWEEN)
    record_answer(AddresseeFactory(), effective_on=BEFORE)
    record_answer(AddresseeFactory(), effective_on=AFTER)

    [change] = changed()

    assert (change.kind, change.before, change.after) == ("answered", "issued", "issued")
    assert (change.answers, change.updates) == ([answered], [])


def test_an_answer_stands_beside_a_move():
    answered = record_answer(AddresseeFactory(), effective_on=BETWEEN)
    move(answered.addressee.recommendation, "in_progress")

    [change] = changed()

    assert (change.kind, change.answers) == ("forward", [answered])


def test_an_answer_that_was_corrected_or_taken_back_is_no_change():
    addressee = AddresseeFactory()
    wrong = record_answer(addressee, effective_on=BETWEEN)
    right = record_answer(addressee, "noted", effective_on=BETWEEN, corrects=wrong, reason_en="Misread.")
    assert [change.answers for change in changed()] == [[right]]

    record_answer(addressee, "retracted", effective_on=BETWEEN, corrects=right, reason_en="Of another office.")
    assert changed() == []


def test_an_answer_for_members_is_a_change_to_them_alone():
    record_answer(AddresseeFactory(), effective_on=BETWEEN, visibility="members")

    assert changed() == []
    assert len(changed(user=UserFactory())) == 1


def test_changes_stand_in_document_order():
    issue = IssueFactory()
    for letter in "cab":
        move(RecommendationFactory(code=f"2023-A-1{letter}", issue=issue, letter=letter), "in_progress")

    assert list(kinds()) == ["2023-A-1a", "2023-A-1b", "2023-A-1c"]


def test_days_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="comes after"):
        changed(since=UNTIL, until=SINCE)


def test_the_number_of_queries_is_fixed(django_assert_num_queries):
    def read():
        for change in changed():
            assert change.recommendation.group.name
            assert change.updates or change.answers
            assert all(update.evidence.all() for update in change.updates)
            assert all(update.successors.all() for update in change.updates if update.status == "superseded")
            assert all(answer.in_words for answer in change.answers)

    for _ in range(2):
        move(RecommendationFactory(), "superseded")
        record_answer(AddresseeFactory(), effective_on=BETWEEN)
        with django_assert_num_queries(10 + 4):  # of which four lead to the words of the last day, and back
            read()
        for recommendation in RecommendationFactory.create_batch(5):
            move(recommendation, "in_progress")


# What always holds


DAYS = st.dates(date(2023, 9, 18), date(2025, 12, 31))
STATUSES = st.sampled_from([status for status in Status.values if status != Status.SUPERSEDED])


@st.composite
def ledgers(draw):
    """For each of some recommendations: the day of its publication, and updates, some of them corrections."""
    return draw(
        st.lists(
            st.tuples(DAYS, st.lists(st.tuples(STATUSES, DAYS, st.booleans()), max_size=5)), min_size=1, max_size=4
        )
    )


def write(ledger) -> list[int]:
    """Store it; give the primary keys of the recommendations."""
    written = []
    for published_on, rows in ledger:
        recommendation = RecommendationFactory(document=DocumentFactory(published_on=published_on))
        last = None
        for status, day, corrects in rows:
            last = record(
                recommendation,
                status=status,
                effective_on=max(day, published_on),
                reason_en="A reason.",
                corrects=last if corrects else None,
                evidence=[SOURCE] if status in NEEDS_EVIDENCE else [],
            )
        written.append(recommendation.pk)
    return written


@settings(deadline=None, max_examples=30)
@given(ledger=ledgers(), days=st.lists(DAYS, min_size=3, max_size=3).map(sorted))
def test_the_changes_lead_from_the_state_on_one_day_to_that_on_another(ledger, days):
    ours = Recommendation.objects.filter(pk__in=write(ledger))
    first, middle, last = days

    def state(day) -> dict[int, str]:
        return dict(ours.as_of(day).values_list("pk", "effective_status"))

    def told(since, until) -> set:
        return {update for change in changes(ours, since, until) for update in change.updates}

    found = changes(ours, first, last)
    by_recommendation = {change.recommendation.pk: change for change in found}
    assert len(by_recommendation) == len(found)
    assert {pk: change.before for pk, change in by_recommendation.items()} == {
        pk: state(first).get(pk) for pk in by_recommendation
    }
    assert state(first) | {pk: change.after for pk, change in by_recommendation.items()} == state(last)
    # Each update is told in one part of a time and in no other.
    assert told(first, last) == told(first, middle) | told(middle, last)
    assert not told(first, middle) & told(middle, last)


# By the day of recording


def recorded(since, until):
    """What changed by the day of recording, between two numbers of days ago: {code: (kind, before, after)}."""
    days = [timezone.localdate() - timedelta(days=ago) for ago in (since, until)]
    found = changes(Recommendation.objects.all(), *days, clock=Clock.RECORDED)
    return {change.recommendation.code: (change.kind.value, change.before, change.after) for change in found}


def test_what_is_recorded_late_is_a_change_of_the_day_on_which_it_was_recorded():
    recommendation = RecommendationFactory(code="2023-A-1")
    as_if_recorded(move(recommendation, "issued", BEFORE), days_ago=30)
    as_if_recorded(move(recommendation, "in_progress", BEFORE), days_ago=10)

    assert recorded(11, 9) == {"2023-A-1": ("forward", "issued", "in_progress")}
    assert recorded(9, 0) == {}
    assert kinds(since=BETWEEN) == {}


def test_by_the_day_of_recording_a_past_status_is_what_could_be_read_then():
    recommendation = RecommendationFactory(code="2023-A-1")
    as_if_recorded(move(recommendation, "issued", BEFORE), days_ago=30)
    wrong = move(recommendation, "implemented", BEFORE)
    as_if_recorded(wrong, days_ago=20)
    as_if_recorded(move(recommendation, "in_progress", BETWEEN, corrects=wrong), days_ago=10)

    assert recorded(21, 15) == {"2023-A-1": ("closed", "issued", "implemented")}
    assert recorded(15, 0) == {"2023-A-1": ("reopened", "implemented", "in_progress")}


def test_what_stood_not_yet_here_is_new_on_the_day_on_which_it_was_recorded():
    as_if_recorded(move(RecommendationFactory(code="2023-A-1"), "in_progress", BEFORE), days_ago=10)

    assert recorded(30, 20) == {}
    assert recorded(20, 5) == {"2023-A-1": ("new", None, "in_progress")}


def test_what_was_recorded_later_about_earlier_days_is_counted():
    recommendation = RecommendationFactory()
    as_if_recorded(move(recommendation, "in_progress", BEFORE), days_ago=10)
    as_if_recorded(move(recommendation, "in_progress", BETWEEN), days_ago=10)
    today = timezone.localdate()

    assert count_recorded_later(Recommendation.objects.all(), SINCE, today) == 1
    assert count_recorded_later(Recommendation.objects.all(), SINCE, today - timedelta(days=11)) == 0
