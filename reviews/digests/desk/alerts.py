"""What staff are told of digests by e-mail."""

from datetime import datetime, timedelta

from mail.models import Message
from mail.watch.alerts import alert_source
from reviews.digests.models import Digest, DigestState, Reason

LATE = timedelta(minutes=15)


@alert_source
def of_digests(now: datetime) -> dict[str, str]:
    """Return what staff should know at `now`: a key that stays the same while it lasts, and a sentence."""
    found = {}
    digests = Digest.objects.select_related("milestone")
    for digest in digests.filter(state=DigestState.PLANNED, due_at__lt=now - LATE):
        found[f"late-{digest.pk}"] = (
            f"The digest “{digest}” was due at {digest.due_at:%Y-%m-%d %H:%M} UTC and is not frozen."
        )
    for digest in digests.filter(state=DigestState.SKIPPED, state_reason=Reason.MILESTONE_PASSED):
        found[f"passed-{digest.pk}"] = f"The digest “{digest}” was not sent: {digest.get_state_reason_display()}."
    for digest in digests.filter(state=DigestState.HELD):
        found[f"held-{digest.pk}"] = f"The digest “{digest}” is held: {digest.get_state_reason_display()}."
    for digest in digests.filter(batch__in=Message.objects.unknown().filter(batch__isnull=False).values("batch")):
        found[f"unknown-{digest.pk}"] = (
            f"Of some messages of the digest “{digest}” it is unknown whether they were sent; retrying may repeat them."
        )
    return found
