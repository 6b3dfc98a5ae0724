"""A frozen digest to its readers: one message for each active subscription of the series."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction

from mail.delivery.queue import Recipient, enqueue_many
from mail.models import Batch
from recommendations.models import Recommendation
from reviews.digests.kinds import DIGEST, NOTICE
from reviews.digests.models import Delivery, Digest, DigestKind, DigestState, Reason, Subscription
from reviews.digests.public.render import render
from reviews.models import Milestone

from .compose import body_of
from .plan import has_passed, use_ends_at
from .readers import readers_of
from .transitions import move, stop

# From this many readers on, more than twice as many as last time is asked about: an import gone wrong looks like that.
MANY = 20
AT_ONCE = 1000  # rows in one INSERT


@transaction.atomic
def fan_out(digest_id: int, now: datetime) -> int:
    """Turn a frozen digest whose time has come into messages, and return how many.

    More than twice as many as the last digest of the series had: it is held until staff release it, and 0 is returned;
    as where something in it is not public any more, or it needs an approval that it has not. It is skipped where the
    milestone's day is over.
    """
    digest = (
        Digest.objects.select_for_update(of=["self"])
        .select_related("milestone__series")
        .filter(pk=digest_id, state=DigestState.FROZEN, due_at__lte=now)
        .first()
    )
    if digest is None or not _is_of_this_revision(digest):
        return 0
    is_digest = digest.kind == DigestKind.DIGEST
    if is_digest and has_passed(digest.milestone, now):
        stop(digest, Reason.MILESTONE_PASSED, DigestState.SKIPPED)
        return 0
    earlier = Delivery.objects.filter(digest__in=digest.editions()[1:])
    if earlier.being_sent().exists():
        return 0  # whether these get it is known soon; the next tick asks again
    # A reader who unsubscribes or erases at this moment is waited for and left out, or waits and has the message
    # canceled. In order, so that two of these do not wait for each other.
    readers = list(readers_of(digest).order_by("pk").select_for_update(of=["self"], no_key=True))
    if reason := _why_held(digest, len(readers)):
        move(digest, DigestState.HELD, reason)
        return 0
    renderings = _renderings(digest, readers)
    batch = Batch.objects.create(
        name=str(digest)[:300], expires_at=use_ends_at(digest.milestone) if is_digest else None
    )
    recipients = [
        Recipient(reader.email, reader.language, body_of(renderings[reader.pk]).pk, reader.key) for reader in readers
    ]
    messages = enqueue_many(DIGEST if is_digest else NOTICE, recipients, batch=batch)
    Delivery.objects.bulk_create(
        [
            Delivery(
                digest=digest, subscription=reader, rendering=renderings[reader.pk], message_id=messages[reader.key]
            )
            for reader in readers
        ],
        batch_size=AT_ONCE,
    )
    move(digest, DigestState.SENDING, batch=batch)
    return len(readers)


def _is_of_this_revision(digest) -> bool:
    """Return whether the milestone is as it was when the digest was frozen; it stays so until the end of the transaction."""
    milestone = Milestone.objects.select_for_update(no_key=True).get(pk=digest.milestone_id)
    return milestone.revision == digest.milestone_revision


def _why_held(digest, count) -> Reason | None:
    if digest.kind == DigestKind.DIGEST and digest.milestone.series.needs_approval and digest.approved_at is None:
        return Reason.APPROVAL
    if not _is_public(digest):
        return Reason.NOT_PUBLIC
    if not digest.may_go_to_many and count >= MANY and _is_many_more(digest, count):
        return Reason.MANY_MORE
    return None


def _is_public(digest) -> bool:
    """Return whether everybody may still read of all the recommendations that are reported or listed."""
    if digest.kind != DigestKind.DIGEST:
        return True
    codes = {row["code"] for row in [*digest.content["news"], *digest.content.get("answers", [])]}
    codes |= {row["code"] for group in digest.content["groups"] for row in group["open"]}
    return Recommendation.objects.public().filter(code__in=codes).count() == len(codes)


def _is_many_more(digest, count) -> bool:
    last = (
        Digest.objects.published()
        .filter(milestone__series=digest.milestone.series, kind=DigestKind.DIGEST)
        .exclude(pk=digest.pk)
        .order_by("-frozen_at")
        .first()
    )
    return last is not None and count > 2 * last.deliveries.count()


def _renderings(digest, readers) -> dict:
    """Return the rendering for the language and the groups of each reader, by the subscription's pk."""
    groups = defaultdict(set)
    links = Subscription.groups.through.objects.filter(subscription__series=digest.milestone.series_id)
    for subscription, slug in links.values_list("subscription", "workinggroup__slug"):
        groups[subscription].add(slug)
    audiences = {reader.pk: (reader.language, tuple(sorted(groups[reader.pk]))) for reader in readers}
    rendered = {audience: render(digest, *audience) for audience in set(audiences.values())}
    return {pk: rendered[audience] for pk, audience in audiences.items()}
