"""How a digest goes from one state to another: by the table alone, also for SQL; approval is of an edition as frozen."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from reviews.digests.models import Digest, DigestState
from reviews.digests.pipeline.fan_out import fan_out
from reviews.digests.pipeline.plan import plan
from reviews.digests.pipeline.staff import approve, hold, release
from reviews.digests.pipeline.transitions import ALLOWED, move
from reviews.models import Milestone
from tests.database import refused, sql
from tests.factories import MilestoneFactory, SeriesFactory, SubscriptionFactory

from ..stages import NOW, frozen, planned

pytestmark = pytest.mark.django_db(transaction=True)


def in_state(state) -> Digest:
    """A frozen digest in any state, past every rule."""
    digest = frozen()
    sql("SET session_replication_role = replica")
    sql("UPDATE digests_digest SET state = %s, sent_at = now() WHERE id = %s", state, digest.pk)
    sql("SET session_replication_role = origin")
    digest.refresh_from_db()
    return digest


@pytest.mark.parametrize("before", DigestState.values)
def test_the_database_refuses_every_way_that_is_not_in_the_table(before):
    digest = in_state(before)

    for after in set(DigestState.values) - {before}:
        if (before, after) in ALLOWED:
            sql("UPDATE digests_digest SET state = %s WHERE id = %s", after, digest.pk)
            in_state_again = "UPDATE digests_digest SET state = %s WHERE id = %s"
            sql("SET session_replication_role = replica")
            sql(in_state_again, before, digest.pk)
            sql("SET session_replication_role = origin")
        else:
            with refused(f"A digest does not go from {before} to {after}"):
                sql("UPDATE digests_digest SET state = %s WHERE id = %s", after, digest.pk)


def test_so_does_the_code():
    with pytest.raises(ValueError, match="from frozen to sent"):
        move(frozen(), DigestState.SENT)


# Approval


@pytest.fixture
def careful():
    """A milestone of a series that wants approval, with one reader."""
    milestone = MilestoneFactory(series=SeriesFactory(needs_approval=True))
    SubscriptionFactory(series=[milestone.series])
    return milestone


def state_of(digest):
    digest.refresh_from_db()
    return digest.state, digest.state_reason


def test_what_waits_for_approval_leaves_only_once_it_is_approved(careful):
    digest = frozen(careful)
    assert state_of(digest) == ("held", "approval")

    with pytest.raises(ValidationError, match="approve it"):
        release(digest.pk)
    approve(digest.pk, NOW)

    assert state_of(digest) == ("frozen", "")
    assert fan_out(digest.pk, NOW) == 1


def test_who_releases_what_is_planned_has_approved_nothing(careful):
    digest = planned(careful)
    hold(digest.pk)
    release(digest.pk)

    digest = frozen(careful)

    assert state_of(digest) == ("held", "approval")
    assert digest.approved_at is None


def test_what_is_approved_can_be_held_and_released_and_stays_approved(careful):
    digest = frozen(careful)
    approve(digest.pk, NOW)

    hold(digest.pk)
    release(digest.pk)

    assert fan_out(digest.pk, NOW) == 1


def test_a_new_edition_is_to_be_approved_anew(careful):
    digest = frozen(careful)
    approve(digest.pk, NOW)
    Milestone.objects.filter(pk=careful.pk).update(starts_on=date(2030, 7, 3), ends_on=date(2030, 7, 3))
    plan(NOW)

    edition = Digest.objects.get(replaces=digest)

    assert edition.approved_at is None
    assert state_of(digest)[0] == "cancelled"


def test_an_approval_ends_when_the_setting_of_the_series_changes(careful):
    digest = frozen(careful)
    approve(digest.pk, NOW)
    for needs_approval in (False, True):
        careful.series.needs_approval = needs_approval
        careful.series.save()

    assert fan_out(digest.pk, NOW) == 0

    assert state_of(digest) == ("held", "approval")


def test_a_series_that_begins_to_want_approval_has_what_is_frozen_already_approved_first():
    milestone = MilestoneFactory()
    SubscriptionFactory(series=[milestone.series])
    digest = frozen(milestone)
    milestone.series.needs_approval = True
    milestone.series.save()

    assert fan_out(digest.pk, NOW + timedelta(minutes=1)) == 0

    assert state_of(digest) == ("held", "approval")


def test_what_is_not_frozen_cannot_be_approved_by_sql():
    digest = planned()

    with refused("approved_digest_is_frozen"):
        sql("UPDATE digests_digest SET approved_at = now() WHERE id = %s", digest.pk)
