"""One round of the digests' life, for the scheduler and for the command alike."""

import logging
from datetime import datetime

from django.db import OperationalError
from django.utils import timezone

from reviews.digests.mail.message import host
from reviews.digests.models import Digest, DigestState, Reason

from .deliver import cancel_leftovers, give_up_leases
from .fan_out import expand
from .freeze import freeze
from .plan import plan

logger = logging.getLogger(__name__)


def prepare(now: datetime) -> list[int]:
    """Plan, freeze and expand what is due at `now`; give the digests that have something to send."""
    plan(now)
    for digest in Digest.objects.due(now).order_by("milestone", "lead_days"):
        _attempt(digest, freeze, digest.pk, now)
    for digest in Digest.objects.filter(state=DigestState.FROZEN, due_at__lte=now):
        _attempt(digest, expand, digest.pk, host(), now)
    give_up_leases(timezone.now())  # a lease runs by the clock, whatever day is prepared
    cancel_leftovers()
    return list(Digest.objects.filter(state=DigestState.SENDING).values_list("pk", flat=True))


def _attempt(digest, step, *args):
    """Take one step of one digest. What goes wrong with it holds this digest, whole, and no other."""
    try:
        step(*args)
    except OperationalError as error:
        # Another scheduler was quicker, or the database is away: the next tick sees.
        logger.warning("digest %s waits for the next tick: %s", digest.pk, type(error).__name__)
    except Exception:
        logger.exception("digest %s could not be made", digest.pk)
        Digest.objects.filter(pk=digest.pk, state=digest.state).update(
            state=DigestState.HELD, state_reason=Reason.ERROR
        )
