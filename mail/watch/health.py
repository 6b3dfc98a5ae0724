"""What `/readyz` says of mail: 500 where a periodic job does not run; the rest is for people and monitoring."""

import dataclasses
from datetime import datetime

from django.db import connection
from django.db.models.functions import Now
from health_check.base import HealthCheck
from health_check.exceptions import ServiceUnavailable

from mail.models import DomainPause, MailControl, Message, MessageState

from .heartbeat import last_runs
from .watchdog import look


@dataclasses.dataclass
class Mail(HealthCheck):
    """The last run of each periodic job, what is paused, since when the oldest message that is due waits, and how many
    are of unknown outcome."""

    last_runs: dict[str, datetime | None] = dataclasses.field(default_factory=dict)
    paused: bool = False
    paused_domains: int = 0
    oldest_due_at: datetime | None = None
    unknown: int = 0

    def run(self):
        # In a thread of its own, which must give its connection back: each answer would keep one for ever.
        with connection.temporary_connection():
            self.last_runs = last_runs()
            self.paused = MailControl.objects.filter(is_paused=True).exists()
            self.paused_domains = DomainPause.objects.in_force().count()
            due = Message.objects.filter(state=MessageState.QUEUED, next_attempt_at__lte=Now())
            self.oldest_due_at = due.order_by("next_attempt_at").values_list("next_attempt_at", flat=True).first()
            self.unknown = Message.objects.unknown().count()
            silent = look()
        if silent:
            raise ServiceUnavailable("; ".join(silent.values()))
