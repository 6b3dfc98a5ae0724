"""A frozen digest to its readers: one delivery for each active subscription of the series."""

from django.db import connection, transaction

from .models import Digest, DigestState
from .render import render, wanted_audiences

# The subscriptions as SubscriptionQuerySet.active() has them, each with the rendering for its language and groups.
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
ON CONFLICT (digest_id, subscription_id) DO NOTHING
"""


@transaction.atomic
def expand(digest_id: int, host: str) -> int:
    """Turn a frozen digest into deliveries, and give how many. `host` stands at the end of each Message-ID."""
    digest = (
        Digest.objects.select_for_update(of=["self"])
        .select_related("milestone")
        .filter(pk=digest_id, state=DigestState.FROZEN)
        .first()
    )
    if digest is None:
        return 0
    for language, groups in wanted_audiences(digest.milestone.series):
        render(digest, language, groups)  # for those who have subscribed since the freeze
    with connection.cursor() as cursor:
        cursor.execute(DELIVERIES, {"digest": digest.pk, "series": digest.milestone.series_id, "host": host})
        count = cursor.rowcount
    digest.state = DigestState.SENDING
    digest.save(update_fields=["state"])
    return count
