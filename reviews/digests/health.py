"""What `/readyz` shows of the digests. It is for people and monitoring; a late digest takes no web process out."""

import dataclasses
from datetime import datetime

from django.db import connection
from django.utils import timezone
from health_check.base import HealthCheck

from .models import Delivery, Outbox


@dataclasses.dataclass
class Digests(HealthCheck):
    """The scheduler's last tick, whether mail is paused, the due time of the oldest digest that waits, and how many
    deliveries are of unknown outcome."""

    ticked_at: datetime | None = None
    paused: bool = False
    oldest_due_at: datetime | None = None
    unknown: int = 0

    def run(self):
        # In a thread of its own, which must give its connection back: each answer would keep one for ever.
        with connection.temporary_connection():
            outbox = Outbox.objects.filter(pk=1).first()
            if outbox:
                self.ticked_at, self.paused = outbox.ticked_at, outbox.is_paused
            overdue = Delivery.objects.overdue(timezone.now())
            self.oldest_due_at = overdue.order_by("digest__due_at").values_list("digest__due_at", flat=True).first()
            self.unknown = Delivery.objects.unknown().count()
