"""Addresses that nothing may be sent to, and what the decision rests on."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class SuppressionQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(Q(until=None) | Q(until__gt=Now()))

    def of(self, address: str):
        """The suppression in force of one address, in whatever case it is written."""
        return self.in_force().filter(address__iexact=address)

    def addresses(self):
        """The addresses of those in force, in lower case, as a subquery."""
        return self.in_force().annotate(lower_address=Lower("address")).values("lower_address")


class Suppression(models.Model):
    """An address that nothing may be sent to, whoever wants to send it."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("Address does not exist")
        COMPLAINT = "complaint", _("Complaint")
        STAFF = "staff", _("Staff decision")

    address = models.EmailField(_("e-mail address"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    since = models.DateTimeField(_("since"), db_default=Now(), editable=False)
    until = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("Leave blank to suppress it permanently.")
    )

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-since"]
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [
            models.UniqueConstraint(Lower("address"), name="address_is_suppressed_once"),
        ]

    def __str__(self):
        return gettext("Suppression %(number)d") % {"number": self.pk}


class MailEvent(models.Model):
    """A bounce or complaint, told by a provider or seen in the server's answer; stored so that each counts once."""

    class Kind(models.TextChoices):
        BOUNCE = "bounce", _("Bounce")
        COMPLAINT = "complaint", _("Complaint")

    event_id = models.CharField(max_length=200, unique=True)  # a hash: what a provider tells may hold an address
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.BOUNCE)
    domain = models.CharField(max_length=254, blank=True)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            # a bounce asks: how many others of its domain were there just now?
            models.Index(fields=["domain", "received_at"], condition=Q(kind="bounce"), name="bounces_of_a_domain"),
        ]

    def __str__(self):
        return self.event_id


class Alert(models.Model):
    """An alert that staff were sent of something which has not ended yet; see alerts.py."""

    key = models.CharField(max_length=100, unique=True)
    raised_at = models.DateTimeField()

    def __str__(self):
        return self.key
