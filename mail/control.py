"""Whether mail may leave: pause and resume all of it, and back off where the server asks for that."""

import logging
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from .models import MailControl
from .watch.heartbeat import last_runs

logger = logging.getLogger(__name__)

BACK_OFF = timedelta(minutes=1)
SCHEDULER_IS_LATE = timedelta(minutes=5)  # its jobs run each minute


def pause_for_refusal(code: str):
    """Stop all mail: the server refuses us, and would refuse every other message too. Staff resume it."""
    logger.error("outgoing mail is paused: the mail server refuses us (%s)", code)
    _set(is_paused=True, pause_reason=MailControl.PauseReason.REFUSED, pause_detail=code)


def pause(name: str) -> MailControl:
    """Stop all mail, as the member of staff called `name` wants."""
    return _set(is_paused=True, pause_reason=MailControl.PauseReason.STAFF, pause_detail=name)


def resume() -> MailControl:
    """Let mail leave again, at once."""
    return _set(is_paused=False, pause_reason=MailControl.PauseReason.NONE, pause_detail="", resume_at=None)


def back_off(why: str):
    """Leave the server alone for a while."""
    logger.warning("outgoing mail backs off: %s", why)
    _set(resume_at=Now() + BACK_OFF)


def status() -> dict:
    """Return how outgoing mail stands, for the template `admin/mail/_control.html`."""
    row, now = MailControl.objects.first() or MailControl(), timezone.now()
    runs = last_runs().values()
    return {
        "control": row,
        "backs_off": row.resume_at is not None and row.resume_at > now,
        "is_silent": any(at is None or at < now - SCHEDULER_IS_LATE for at in runs),
        "silent_since": None if None in runs else min(runs, default=None),
    }


def _set(**values) -> MailControl:
    return MailControl.objects.update_or_create(pk=1, defaults=values)[0]
