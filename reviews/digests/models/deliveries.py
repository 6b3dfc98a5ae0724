"""Deliveries: the message that brings a digest to a subscriber."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mail.models import POSSIBLY_DELIVERED, Message, MessageState

from .subscriptions import Subscription


class DeliveryQuerySet(models.QuerySet):
    def possibly_delivered(self):
        """Limit to those that their readers have, or may have."""
        return self.filter(message__state__in=POSSIBLY_DELIVERED)

    def being_sent(self):
        return self.filter(message__state=MessageState.SENDING)


class Delivery(models.Model):
    """One digest to one subscription. What becomes of it is the message's state."""

    digest = models.ForeignKey("Digest", models.PROTECT, related_name="deliveries", verbose_name=_("digest"))
    # Null: its data was erased at the reader's request; that a message went out is kept.
    subscription = models.ForeignKey(
        Subscription, models.SET_NULL, null=True, related_name="deliveries", verbose_name=_("subscription")
    )
    rendering = models.ForeignKey("Rendering", models.PROTECT, related_name="deliveries")
    message = models.OneToOneField(Message, models.PROTECT, related_name="delivery", verbose_name=_("message"))

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["digest", "subscription"], name="one_delivery_per_subscription"),
        ]

    def __str__(self):
        return gettext("Delivery %(number)d") % {"number": self.pk}
