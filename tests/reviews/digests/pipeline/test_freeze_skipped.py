"""Digests that are skipped, held or cancelled, and where their news go."""

from datetime import UTC, date, datetime

import pytest

from reviews.digests.pipeline.fan_out import fan_out
from reviews.digests.pipeline.freeze import freeze
from reviews.digests.pipeline.plan import plan
from reviews.digests.pipeline.run import prepare
from reviews.digests.pipeline.staff import cancel, hold, release
from reviews.models import Milestone
from tests.factories import DocumentFactory, MilestoneFactory, RecommendationFactory, SeriesFactory, record

from ..stages import LATER, NOW, fanned_out, frozen, planned, reported

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_several_lead_times_that_are_due_only_the_nearest_is_sent():
    milestone = MilestoneFactory()
    plan(NOW)

    prepare(LATER)

    assert dict(milestone.digests.values_list("lead_days", "state")) == {30: "skipped", 7: "sending", 1: "planned"}
    assert milestone.digests.get(lead_days=30).state_reason


def test_a_lead_time_is_skipped_also_when_a_nearer_one_went_out_already():
    milestone = MilestoneFactory(series__lead_days=[7])
    fanned_out(milestone, 7, LATER)
    milestone.series.lead_days = [14, 7]
    milestone.series.save()

    prepare(LATER)

    assert milestone.digests.get(lead_days=14).state == "skipped"


@pytest.mark.parametrize("needs_approval", [True, False], ids=["waits-for-approval", "held-by-staff"])
def test_what_waits_when_a_nearer_one_freezes_stops_and_its_news_go_there(recommendation, needs_approval):
    milestone = MilestoneFactory(series__needs_approval=needs_approval)
    record(recommendation, what_en="First.")
    farther = frozen(milestone, 30)
    if not needs_approval:
        hold(farther.pk)
    record(recommendation, what_en="Second.")

    nearer = frozen(milestone, 7, LATER)

    farther.refresh_from_db()
    assert (farther.state, farther.state_reason) == ("skipped", "nearer")
    assert sorted(reported(nearer)) == ["First.", "Second."]


def test_what_waits_is_not_stopped_by_a_nearer_one_that_is_frozen_early_for_approval():
    milestone = MilestoneFactory(series__needs_approval=True, series__lead_days=[2, 1])
    farther = frozen(milestone, 2, datetime(2030, 6, 28, 12, tzinfo=UTC))

    frozen(milestone, 1, datetime(2030, 6, 29, 12, tzinfo=UTC))  # three hours before the farther one is due

    farther.refresh_from_db()
    assert (farther.state, farther.state_reason) == ("held", "approval")


def test_what_waited_until_its_milestone_was_over_is_skipped_and_its_news_are_the_next_ones(recommendation):
    series = SeriesFactory(lead_days=[7])
    update = record(recommendation, what_en="First.")
    digest = frozen(MilestoneFactory(series=series), 7, LATER)
    hold(digest.pk)
    release(digest.pk)

    assert fan_out(digest.pk, datetime(2030, 7, 2, 6, tzinfo=UTC)) == 0

    digest.refresh_from_db()
    assert (digest.state, digest.state_reason) == ("skipped", "milestone_passed")
    following = frozen(MilestoneFactory(series=series, day=date(2030, 8, 1)), 7, datetime(2030, 7, 25, 16, tzinfo=UTC))
    assert following.news.get() == update


def test_a_digest_of_what_is_not_public_any_more_is_held_until_staff_cancel_it():
    series, document = SeriesFactory(), DocumentFactory()
    hidden = RecommendationFactory(document=document, code="2023-XX-9")
    told_of = record(RecommendationFactory(), what_en="Seen.")
    record(hidden, what_en="Hidden.")
    digest = frozen(MilestoneFactory(series=series))
    document.visibility = "staff"
    document.save()

    for _ in range(2):
        assert prepare(NOW) == []
        digest.refresh_from_db()
        assert (digest.state, digest.state_reason) == ("held", "not_public")
        release(digest.pk)  # that staff have not read why changes nothing
    cancel(digest.pk)

    following = frozen(MilestoneFactory(series=series))
    assert following.news.get() == told_of


def test_of_what_is_listed_only_all_has_to_be_public_too():
    document = DocumentFactory()
    RecommendationFactory(document=document)
    digest = frozen()
    document.visibility = "members"
    document.save()

    prepare(NOW)

    digest.refresh_from_db()
    assert digest.state_reason == "not_public"


def test_what_went_out_for_an_earlier_date_does_not_stop_the_digests_of_the_new_one():
    milestone = MilestoneFactory(series__lead_days=[7])
    fanned_out(milestone, 7, LATER)
    milestone.series.lead_days = [30, 7]
    milestone.series.save()
    milestone.starts_on = milestone.ends_on = date(2030, 9, 1)
    milestone.save()

    prepare(datetime(2030, 8, 3, tzinfo=UTC))

    assert milestone.digests.get(lead_days=30).state == "sending"


def test_the_lead_times_of_one_milestone_do_not_stop_those_of_another():
    series = SeriesFactory()
    near, far = MilestoneFactory(series=series), MilestoneFactory(series=series, day=date(2030, 7, 20))

    prepare(LATER)

    assert near.digests.get(lead_days=7).state == "sending"
    assert far.digests.get(lead_days=30).state == "sending"


def test_a_digest_is_skipped_when_its_milestone_has_passed():
    digest = planned(lead_days=1)

    prepare(datetime(2030, 7, 2, 6, tzinfo=UTC))  # in Mexico City the day has just ended

    digest.refresh_from_db()
    assert (digest.state, digest.content) == ("skipped", None)
    assert digest.state_reason


def test_a_digest_can_go_out_until_its_milestones_day_is_over():
    digest = planned(lead_days=1)

    assert freeze(digest.pk, datetime(2030, 7, 2, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    "change",
    [{"state": "cancelled"}, {"starts_on": date(2030, 7, 2), "ends_on": date(2030, 7, 2)}],
    ids=["off", "moved"],
)
def test_a_digest_does_not_freeze_on_a_milestone_that_has_just_changed(change):
    digest = planned()
    Milestone.objects.filter(pk=digest.milestone_id).update(**change)

    assert not freeze(digest.pk, NOW)

    digest.refresh_from_db()
    assert (digest.state, digest.content) == ("planned", None)
