"""One round of the digests' life, for the scheduler and for the command alike."""

from datetime import datetime

from .deliver import give_up_leases
from .expand import expand
from .freeze import freeze
from .message import host
from .models import Digest, DigestState
from .plan import plan


def prepare(now: datetime) -> list[int]:
    """Plan, freeze and expand what is due at `now`; give the digests that have something to send."""
    plan(now)
    for digest in Digest.objects.due(now).order_by("milestone", "lead_days"):
        freeze(digest.pk, now)
    for digest in Digest.objects.filter(state=DigestState.FROZEN):
        expand(digest.pk, host())
    give_up_leases(now)
    return list(Digest.objects.filter(state=DigestState.SENDING).values_list("pk", flat=True))
