"""One round of the digests' life, for the scheduler and for the command alike."""

import logging
from datetime import datetime

from django.db import OperationalError, transaction

from reviews.digests.models import Digest, DigestState, Reason

from .fan_out import fan_out
from .finish import release_items
from .freeze import freeze
from .plan import plan
from .transitions import move

logger = logging.getLogger(__name__)


def prepare(now: datetime) -> list[int]:
    """Plan, freeze and fan out what is due at `now`; return the digests that have something to send."""
    plan(now)
    for digest in Digest.objects.due(now).order_by("milestone", "lead_days"):
        _attempt(digest, freeze, now)
    for digest in Digest.objects.filter(state=DigestState.FROZEN, due_at__lte=now):
        _attempt(digest, fan_out, now)
    release_items()
    return list(Digest.objects.filter(state=DigestState.SENDING).values_list("pk", flat=True))


def _attempt(digest, step, now):
    """Take one step of one digest. What goes wrong with it holds this digest, whole, and no other."""
    try:
        step(digest.pk, now)
    except OperationalError as error:
        # Another scheduler was quicker, or the database is away: the next tick sees.
        logger.warning("digest %s waits for the next tick: %s", digest.pk, type(error).__name__)
    except Exception:
        logger.exception("digest %s could not be made", digest.pk)
        with transaction.atomic():
            failed = Digest.objects.select_for_update().filter(pk=digest.pk, state=digest.state).first()
            if failed:
                move(failed, DigestState.HELD, Reason.ERROR)
