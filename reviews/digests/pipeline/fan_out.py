"""A frozen digest to its readers: one delivery for each active subscription of the series."""

from datetime import datetime

from django.db import connection, transaction

from recommendations.models import Recommendation
from reviews.digests.models import Delivery, DeliveryState, Digest, DigestKind, DigestState, Reason
from reviews.digests.public.render import render, wanted_audiences

from .plan import has_passed

# From this many readers on, more than twice as many as last time is asked about: an import gone wrong looks like that.
MANY = 20

# The subscriptions as SubscriptionQuerySet.active() has them, each with the rendering for its language and groups.
# A notice goes to those who have a digest of the milestone; a new edition to those who have not got an earlier one.
DELIVERIES = """
INSERT INTO digests_delivery (digest_id, subscription_id, rendering_id, state, message_id, attempts, unknowns, note)
SELECT %(digest)s, s.id, r.id, 'queued', '<digest-' || %(digest)s || '.' || s.key || '@' || %(host)s || '>', 0, 0, ''
    FROM digests_subscription s
    JOIN digests_subscription_series ss ON ss.subscription_id = s.id AND ss.series_id = %(series)s
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(g.slug ORDER BY g.slug), '{}') AS slugs
            FROM digests_subscription_groups sg JOIN working_groups_workinggroup g ON g.id = sg.workinggroup_id
            WHERE sg.subscription_id = s.id
    ) audience
    JOIN digests_rendering r
        ON r.digest_id = %(digest)s AND r.language = s.language AND r.groups = audience.slugs
    WHERE s.state = 'confirmed'
        AND NOT EXISTS (SELECT FROM digests_suppression x WHERE lower(x.email) = lower(s.email))
        AND NOT EXISTS (SELECT FROM digests_delivery d WHERE d.subscription_id = s.id AND d.id = ANY(%(had)s))
        AND (%(is_digest)s OR EXISTS (
            SELECT FROM digests_delivery d JOIN digests_digest g ON g.id = d.digest_id
                WHERE d.subscription_id = s.id AND g.milestone_id = %(milestone)s AND g.kind = 'digest'
                    AND d.state IN ('accepted', 'sending', 'unknown')
        ))
FOR KEY SHARE OF s  -- who erases themselves at this moment is waited for, and left out
ON CONFLICT (digest_id, subscription_id) DO NOTHING
"""


@transaction.atomic
def expand(digest_id: int, host: str, now: datetime) -> int:
    """Turn a frozen digest whose time has come into deliveries, and give how many.

    `host` stands at the end of each Message-ID. More than twice as many as the last digest of the series had: it is
    held until staff release it, and 0 is given; as where something in it is not public any more. It is skipped where
    the milestone's day is over.
    """
    digest = (
        Digest.objects.select_for_update(of=["self"])
        .select_related("milestone__series")
        .filter(pk=digest_id, state=DigestState.FROZEN, due_at__lte=now)
        .first()
    )
    if digest is None:
        return 0
    if digest.kind == DigestKind.DIGEST and has_passed(digest.milestone, now):
        digest.stop(Reason.MILESTONE_PASSED, DigestState.SKIPPED)
        return 0
    if not _is_public(digest):
        digest.state, digest.state_reason = DigestState.HELD, Reason.NOT_PUBLIC
        digest.save(update_fields=["state", "state_reason"])
        return 0
    earlier = Delivery.objects.filter(digest__in=digest.editions()[1:])
    if earlier.filter(state=DeliveryState.SENDING).exists():
        return 0  # whether these get it is known soon; the next tick asks again
    for language, groups in wanted_audiences(digest.milestone.series):
        render(digest, language, groups)  # for those who have subscribed since the freeze
    with connection.cursor() as cursor:
        cursor.execute(
            DELIVERIES,
            {
                "digest": digest.pk,
                "series": digest.milestone.series_id,
                "milestone": digest.milestone_id,
                "is_digest": digest.kind == DigestKind.DIGEST,
                "had": list(earlier.taken().values_list("pk", flat=True)),
                "host": host,
            },
        )
        count = cursor.rowcount
        # Until the planner knows of them, each claim would sort them all: 95 ms with 5,000, where it takes 0.2.
        cursor.execute("ANALYZE digests_delivery")
    if digest.approved_at is None and count >= MANY and _is_many_more(digest, count):
        digest.deliveries.all().delete()
        digest.state, digest.state_reason = DigestState.HELD, Reason.MANY_MORE
        digest.save(update_fields=["state", "state_reason"])
        return 0
    digest.state = DigestState.SENDING
    digest.save(update_fields=["state"])
    return count


def _is_public(digest) -> bool:
    """Whether everybody may still read of all the recommendations that are told of or listed."""
    if digest.kind != DigestKind.DIGEST:
        return True
    codes = {row["code"] for row in digest.content["news"]}
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
