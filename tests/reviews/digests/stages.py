"""Digests brought to a stage of their life by the steps that the scheduler takes."""

from datetime import UTC, datetime, timedelta

from mail.delivery.deliver import assemble_for
from mail.message.mime import as_received
from reviews.digests.models import Delivery, Digest, DigestState
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


def reported(digest) -> list[str]:
    """What a frozen digest reports as news, in English."""
    return [row["what_en"] for row in digest.content["news"]]


def fanned_out(milestone=None, lead_days=30, now=NOW) -> Digest:
    """With a message for each reader, none of which is sent."""
    digest = planned(milestone, lead_days, now)
    prepare(now)
    digest.refresh_from_db()
    assert digest.state == DigestState.SENDING
    return digest


def as_sent(delivery: Delivery, sent_at=NOW) -> bytes:
    """The message of a delivery as its reader gets it, if it is sent first at `sent_at`."""
    return as_received(wire_of(delivery, sent_at))


def wire_of(delivery: Delivery, sent_at=NOW) -> bytes:
    """The same as it goes over the wire."""
    message = delivery.message
    message.first_attempt_at = message.first_attempt_at or sent_at
    return assemble_for(message, bytes(message.body.content), message.body.signed_with)
