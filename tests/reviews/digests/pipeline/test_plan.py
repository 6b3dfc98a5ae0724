"""Planning: for each coming milestone one digest for each lead time of its series, due at a fixed local hour."""

from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from reviews.digests.models import Digest
from reviews.digests.pipeline.plan import due_at, plan
from reviews.digests.pipeline.run import prepare
from reviews.digests.pipeline.staff import hold, release
from reviews.models import Milestone, Series
from tests.factories import MilestoneFactory, SeriesFactory, SubscriptionFactory
from tests.parallel import beside

from ..stages import NOW, fanned_out, frozen, planned

LONG_BEFORE = datetime(2030, 1, 2, tzinfo=UTC)
ZONES = sorted(zone for zone in available_timezones() if not zone.startswith(("posix/", "right/")))


def due(starts_on, lead_days, zone, hour=9):
    """When the digest is due, in UTC: as the database has it."""
    milestone = Milestone(starts_on=starts_on, time_zone=zone, series=Series(send_hour=hour))
    return due_at(milestone, lead_days).astimezone(UTC)


# When


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/Mexico_City", datetime(2030, 6, 1, 15, tzinfo=UTC)),
        ("America/New_York", datetime(2030, 6, 1, 13, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2030, 5, 31, 19, tzinfo=UTC)),  # +14
        ("Etc/GMT-14", datetime(2030, 5, 31, 19, tzinfo=UTC)),
        ("Etc/GMT+12", datetime(2030, 6, 1, 21, tzinfo=UTC)),  # -12
    ],
)
def test_a_digest_is_due_at_the_series_hour_by_the_clock_of_the_milestones_place(zone, expected):
    assert due(date(2030, 7, 1), 30, zone) == expected


def test_days_before_are_calendar_days_also_across_a_change_of_clocks():
    # 30 days before 1 April is 2 March, a week before the clocks of New York go forward.
    assert due(date(2030, 4, 1), 30, "America/New_York") == datetime(2030, 3, 2, 14, tzinfo=UTC)
    assert due(date(2030, 4, 1), 1, "America/New_York") == datetime(2030, 3, 31, 13, tzinfo=UTC)


def test_an_hour_that_the_clocks_leave_out_shifts_forward():
    # On 10 March 2030 it is 1:59 and then 3:00 in New York.
    assert due(date(2030, 3, 11), 1, "America/New_York", hour=2) == datetime(2030, 3, 10, 7, tzinfo=UTC)


def test_of_an_hour_that_comes_twice_it_is_the_first():
    # On 3 November 2030 it is 1:59 and then 1:00 again in New York.
    assert due(date(2030, 11, 4), 1, "America/New_York", hour=1) == datetime(2030, 11, 3, 5, tzinfo=UTC)


def test_a_leap_day_counts_and_can_be_the_day_itself():
    assert due(date(2028, 3, 30), 30, "UTC") == datetime(2028, 2, 29, 9, tzinfo=UTC)
    assert due(date(2028, 3, 1), 1, "UTC") == datetime(2028, 2, 29, 9, tzinfo=UTC)
    assert due(date(2028, 2, 29), 7, "UTC") == datetime(2028, 2, 22, 9, tzinfo=UTC)


@given(
    starts_on=st.dates(date(2024, 1, 1), date(2060, 12, 31)),
    lead_days=st.integers(0, 365),
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 22),  # 23 is left out in Nuuk once a year, and what comes after it is another day
)
@example(starts_on=date(2030, 9, 15), lead_days=7, zone="America/Santiago", hour=0)  # midnight is left out
def test_the_local_date_is_the_lead_time_before_the_milestone_everywhere(starts_on, lead_days, zone, hour):
    local = due(starts_on, lead_days, zone, hour).astimezone(ZoneInfo(zone))

    assert local.date() + timedelta(days=lead_days) == starts_on
    assert local.time() >= time(hour)


# What


@pytest.mark.django_db
def test_each_lead_time_of_a_coming_milestone_gets_one_digest():
    milestone = MilestoneFactory(series__lead_days=[60, 14])

    plan(LONG_BEFORE)

    found = milestone.digests.values_list("lead_days", "due_at", "state", "edition", "milestone_revision")
    assert set(found) == {(days, due_at(milestone, days), "planned", 1, 1) for days in (60, 14)}


@pytest.mark.django_db
def test_planning_again_changes_nothing():
    MilestoneFactory()
    plan(LONG_BEFORE)
    before = list(Digest.objects.values())

    plan(LONG_BEFORE + timedelta(minutes=1))

    assert list(Digest.objects.values()) == before
    assert len(before) == 3


@pytest.mark.django_db
def test_a_lead_time_that_is_listed_twice_is_one():
    MilestoneFactory(series__lead_days=[7, 7])

    plan(LONG_BEFORE)

    assert Digest.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"state": "tentative", "precision": "month", "ends_on": date(2030, 7, 31)},
        {"state": "tentative", "precision": "unknown", "starts_on": None, "ends_on": None},
        {"state": "postponed"},
        {"state": "held"},
        {"state": "cancelled"},
        {"day": date(2029, 12, 31)},
    ],
    ids=["window", "unknown", "postponed", "held", "cancelled", "past"],
)
def test_a_milestone_that_is_off_or_past_or_without_a_day_is_not_planned(fields):
    MilestoneFactory(**fields)

    plan(LONG_BEFORE)

    assert not Digest.objects.exists()


@pytest.mark.django_db
def test_a_tentative_milestone_with_a_day_is_planned():
    MilestoneFactory(state="tentative")

    plan(LONG_BEFORE)

    assert Digest.objects.count() == 3


@pytest.mark.django_db
def test_a_milestone_is_past_when_its_day_is_over_at_its_own_place():
    noon = datetime(2030, 7, 1, 12, tzinfo=UTC)
    ahead = MilestoneFactory(day=date(2030, 7, 1), time_zone="Pacific/Kiritimati")  # there it is 2 July
    behind = MilestoneFactory(day=date(2030, 6, 30), time_zone="Etc/GMT+12")  # there it is 1 July, just
    today = MilestoneFactory(day=date(2030, 7, 1), time_zone="Etc/GMT+12")

    plan(noon)

    assert not ahead.digests.exists()
    assert not behind.digests.exists()
    assert today.digests.exists()


@pytest.mark.django_db
def test_a_window_that_becomes_a_day_is_planned():
    milestone = MilestoneFactory(state="tentative", precision="month", ends_on=date(2030, 7, 31))
    plan(LONG_BEFORE)

    milestone.starts_on = milestone.ends_on = date(2030, 7, 9)
    milestone.precision = "day"
    milestone.save()
    plan(LONG_BEFORE)

    assert milestone.digests.get(lead_days=7).due_at == datetime(2030, 7, 2, 15, tzinfo=UTC)


@pytest.mark.django_db
def test_a_milestone_that_cannot_be_planned_stops_no_other(caplog):
    lost, moved = MilestoneFactory(), MilestoneFactory()
    plan(LONG_BEFORE)
    Milestone.objects.filter(pk=lost.pk).update(time_zone="America/Atlantis")  # no form lets it through
    Milestone.objects.filter(pk=moved.pk).update(starts_on=date(2030, 8, 1), ends_on=date(2030, 8, 1))
    MilestoneFactory(time_zone="America/Atlantis")
    fresh = MilestoneFactory()

    plan(LONG_BEFORE)

    assert fresh.digests.count() == 3
    assert set(moved.digests.values_list("milestone_revision", flat=True)) == {2}
    assert "cannot be planned" in caplog.text


# What planned digests do when their milestone changes


@pytest.mark.django_db
def test_the_planned_digests_of_a_moved_milestone_move_with_it():
    milestone = MilestoneFactory()
    plan(LONG_BEFORE)
    before = set(milestone.digests.values_list("pk", flat=True))

    milestone.starts_on = milestone.ends_on = date(2030, 8, 1)
    milestone.save()
    plan(LONG_BEFORE)

    assert set(milestone.digests.values_list("pk", flat=True)) == before
    assert set(milestone.digests.values_list("lead_days", "due_at", "milestone_revision")) == {
        (days, due_at(milestone, days), 2) for days in (30, 7, 1)
    }


@pytest.mark.django_db
def test_the_planned_digests_follow_the_place_and_the_hour_too():
    milestone = MilestoneFactory()
    plan(LONG_BEFORE)

    milestone.time_zone = "America/New_York"
    milestone.save()
    milestone.series.send_hour = 6
    milestone.series.save()
    plan(LONG_BEFORE)

    assert milestone.digests.get(lead_days=30).due_at == datetime(2030, 6, 1, 10, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [{"state": "cancelled"}, {"state": "postponed"}, {"state": "tentative", "precision": "month"}],
    ids=["cancelled", "postponed", "window"],
)
def test_a_milestone_that_is_called_off_takes_its_digests_with_it_and_brings_them_back(change):
    milestone = MilestoneFactory()
    plan(LONG_BEFORE)
    before = list(milestone.digests.values("pk", "due_at", "state", "state_reason"))

    Milestone.objects.filter(pk=milestone.pk).update(**change)
    plan(LONG_BEFORE)
    assert set(milestone.digests.values_list("state", flat=True)) == {"cancelled"}
    assert all(milestone.digests.values_list("state_reason", flat=True))

    Milestone.objects.filter(pk=milestone.pk).update(state="scheduled", precision="day")
    plan(LONG_BEFORE)
    assert list(milestone.digests.values("pk", "due_at", "state", "state_reason")) == before
    milestone.refresh_from_db()
    assert set(milestone.digests.values_list("milestone_revision", flat=True)) == {milestone.revision}


@pytest.mark.django_db
def test_a_lead_time_that_the_series_drops_is_cancelled():
    milestone = MilestoneFactory()
    plan(LONG_BEFORE)

    milestone.series.lead_days = [30, 1]
    milestone.series.save()
    plan(LONG_BEFORE)

    assert dict(milestone.digests.values_list("lead_days", "state")) == {30: "planned", 7: "cancelled", 1: "planned"}


def in_days(days) -> dict:
    day = timezone.localdate() + timedelta(days=days)
    return {"starts_on": day, "ends_on": day}


@pytest.mark.django_db
def test_what_should_have_gone_out_before_the_date_was_known_waits_for_staff():
    milestone = MilestoneFactory(**in_days(5))

    plan(timezone.now())

    found = {
        days: (state, reason)
        for days, state, reason in milestone.digests.values_list("lead_days", "state", "state_reason")
    }
    assert found == {30: ("skipped", "nearer"), 7: ("held", "late_date"), 1: ("planned", "")}


@pytest.mark.django_db
def test_what_a_nearer_date_makes_late_waits_for_staff_until_the_date_is_later_again():
    milestone = MilestoneFactory(**in_days(60))
    plan(timezone.now())

    Milestone.objects.filter(pk=milestone.pk).update(**in_days(20))
    plan(timezone.now())
    assert set(milestone.digests.values_list("lead_days", "state")) == {(30, "held"), (7, "planned"), (1, "planned")}

    Milestone.objects.filter(pk=milestone.pk).update(**in_days(50))
    plan(timezone.now())
    assert set(milestone.digests.values_list("state", flat=True)) == {"planned"}


@pytest.mark.django_db
def test_what_staff_release_is_not_held_again():
    milestone = MilestoneFactory(**in_days(20))
    plan(timezone.now())
    held = milestone.digests.get(state="held")

    release(held.pk)
    plan(timezone.now())

    held.refresh_from_db()
    assert held.state == "planned"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("stage", "edition"), [(planned, 1), (frozen, 2), (fanned_out, 2)])
@pytest.mark.parametrize(
    "changes",
    [
        [{"starts_on": date(2030, 8, 1), "ends_on": date(2030, 8, 1)}],
        [{"state": "cancelled"}, {"state": "scheduled"}],
        [{"state": "tentative", "precision": "unknown", "starts_on": None, "ends_on": None}],
    ],
    ids=["moved", "off-and-on", "without-a-date"],
)
def test_what_staff_hold_stays_held_whatever_becomes_of_its_milestone(stage, edition, changes):
    digest = stage()
    hold(digest.pk)

    for change in changes:
        Milestone.objects.filter(pk=digest.milestone_id).update(**change)
        plan(NOW)

    newest = digest.milestone.digests.filter(lead_days=30).latest("edition")
    assert (newest.state, newest.state_reason, newest.edition) == ("held", "staff", edition)


@pytest.mark.django_db(transaction=True)
def test_a_milestone_of_another_series_takes_its_digests_to_the_readers_of_that_one():
    milestone, other = MilestoneFactory(), SeriesFactory()
    SubscriptionFactory(series=[milestone.series])
    reader = SubscriptionFactory(series=[other])
    digest = fanned_out(milestone)
    Milestone.objects.filter(pk=milestone.pk).update(series=other)

    plan(NOW)
    replaced_by = Digest.objects.get(replaces=digest)
    prepare(NOW)

    digest.refresh_from_db()
    assert (digest.state, digest.state_reason) == ("cancelled", "milestone_moved")
    assert replaced_by.deliveries.get().subscription == reader


@pytest.mark.django_db(transaction=True)
def test_a_digest_that_was_skipped_is_planned_again_when_its_milestone_moves_far_enough():
    milestone = MilestoneFactory()
    prepare(NOW + timedelta(days=24))  # the scheduler was down: only the digest of 7 days before is of use
    assert milestone.digests.get(lead_days=30).state == "skipped"

    Milestone.objects.filter(pk=milestone.pk).update(
        starts_on=milestone.starts_on + timedelta(days=5), ends_on=milestone.ends_on + timedelta(days=5)
    )
    plan(NOW + timedelta(days=24))
    assert milestone.digests.get(lead_days=30).state == "skipped"

    Milestone.objects.filter(pk=milestone.pk).update(
        starts_on=milestone.starts_on + timedelta(days=90), ends_on=milestone.ends_on + timedelta(days=90)
    )
    plan(NOW + timedelta(days=24))
    again = milestone.digests.get(lead_days=30)
    assert (again.state, again.state_reason, again.edition) == ("planned", "", 1)


@pytest.mark.django_db(transaction=True)
def test_planning_many_times_at_once_is_planning_once():
    for _ in range(5):
        MilestoneFactory()
    start = Barrier(8)

    def plan_together():
        start.wait(30)
        plan(NOW)

    for future in [beside(plan_together) for _ in range(8)]:
        future.result(60)

    assert Digest.objects.count() == 15
