"""Each sending of one digest to one subscriber."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import NOTE_CHANGE

from .states import UNFINISHED, DeliveryState, DigestState
from .subscriptions import Subscription

TAKEN = [DeliveryState.ACCEPTED.value, DeliveryState.SENDING.value, DeliveryState.UNKNOWN.value]
UNKNOWNS_ALLOWED = 2  # one retry with the same Message-ID; after that staff decide


class DeliveryQuerySet(models.QuerySet):
    def taken(self):
        """Those that their readers have, or may have."""
        return self.filter(state__in=TAKEN)

    def overdue(self, since):
        """Those that could have been sent before `since`, and were not."""
        return self.filter(state=DeliveryState.QUEUED, digest__state=DigestState.SENDING, digest__due_at__lt=since)

    def unknown(self):
        """Those of which it is unknown whether their readers have them, after the retry that is allowed."""
        return self.filter(state=DeliveryState.UNKNOWN, unknowns__gte=UNKNOWNS_ALLOWED)

    def unfinished(self):
        """Those that are being sent, or will be."""
        return self.filter(state__in=UNFINISHED).exclude(state=DeliveryState.UNKNOWN, unknowns__gte=UNKNOWNS_ALLOWED)


class Delivery(models.Model):
    """One digest to one subscription."""

    digest = models.ForeignKey("Digest", models.PROTECT, related_name="deliveries", verbose_name=_("digest"))
    # Null: its data was erased at the reader's request; that a message went out is kept.
    subscription = models.ForeignKey(
        Subscription, models.SET_NULL, null=True, related_name="deliveries", verbose_name=_("subscription")
    )
    rendering = models.ForeignKey("Rendering", models.PROTECT, related_name="deliveries")
    state = models.CharField(_("state"), max_length=20, choices=DeliveryState, default=DeliveryState.QUEUED)
    message_id = models.CharField("Message-ID", max_length=100, unique=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    unknowns = models.PositiveSmallIntegerField(_("attempts of unknown outcome"), default=0)
    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    smtp_code = models.PositiveSmallIntegerField(_("server’s code"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            # a worker asks: what is to be sent now?
            models.Index(
                fields=["digest", "next_attempt_at"],
                condition=Q(state__in=[state.value for state in UNFINISHED]),
                name="delivery_to_send",
            ),
        ]
        triggers = [
            # A digest that was stopped stays public where readers have it, or may have it.
            pgtrigger.Trigger(
                name="content_changed",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Q(old__state__in=TAKEN) & ~pgtrigger.Q(new__state__in=TAKEN),
                func=NOTE_CHANGE,
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["digest", "subscription"], name="one_delivery_per_subscription"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease__isnull=False, lease_until__isnull=False),
                name="sending_holds_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(smtp_code__range=(200, 299), finished_at__isnull=False),
                name="accepted_has_the_servers_word",
            ),
        ]

    def __str__(self):
        return gettext("Delivery %(number)d") % {"number": self.pk}
