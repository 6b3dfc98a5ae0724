"""Digests brought to a stage of their life by the steps that the scheduler takes."""

from datetime import UTC, datetime, timedelta

from django.db.models import F

from reviews.digests.models import Delivery, Digest, DigestState, Outbox
from reviews.digests.pipeline.freeze import freeze
from reviews.digests.pipeline.plan import plan
from reviews.digests.pipeline.run import prepare
from tests.factories import MilestoneFactory

# Ten in the morning in Mexico City, an hour after the first digest of MilestoneFactory's milestones is due.
NOW = datetime(2030, 6, 1, 16, tzinfo=UTC)
LATER = NOW + timedelta(days=23)  # a week before the milestone, when the next one is due


def planned(milestone=None, lead_days=30, now=NOW) -> Digest:
    milestone = milestone or MilestoneFactory()
    plan(now)
    return milestone.digests.get(lead_days=lead_days)


def frozen(milestone=None, lead_days=30, now=NOW) -> Digest:
    digest = planned(milestone, lead_days, now)
    assert freeze(digest.pk, now)
    digest.refresh_from_db()
    return digest


def told(digest) -> list[str]:
    """What a frozen digest tells as news, in English."""
    return [row["what_en"] for row in digest.content["news"]]


def expanded(milestone=None, lead_days=30, now=NOW) -> Digest:
    """With a delivery for each reader, none of which is sent."""
    digest = planned(milestone, lead_days, now)
    prepare(now)
    digest.refresh_from_db()
    assert digest.state == DigestState.SENDING
    return digest


def hours_pass(hours=5):
    """All that has been put off until later is due, and every lease has run out."""
    some = timedelta(hours=hours)
    Delivery.objects.update(next_attempt_at=F("next_attempt_at") - some, lease_until=F("lease_until") - some)
    Outbox.objects.update(resume_at=F("resume_at") - some)
