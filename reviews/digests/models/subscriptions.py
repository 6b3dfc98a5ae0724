"""Who gets digests, and who must not be sent anything."""

import re
import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviews.models import Series
from working_groups.models import WorkingGroup

TAKEN_EVERYWHERE = re.compile(r"[!#-~]+")  # visible ASCII but for the double quote


def check_every_server_takes(email: str):
    """Raises ValidationError for an address that some mail server, or our own code for headers, would not take.

    Those are addresses with letters beyond ASCII (RFC 6531), with control characters, with a quoted local part, and
    with what looks like an encoded word (RFC 2047).
    """
    if not TAKEN_EVERYWHERE.fullmatch(email) or "=?" in email:
        raise ValidationError(_("This address has letters that not every mail server takes; use another."))


class SubscriptionState(models.TextChoices):
    PENDING = "pending", _("Waiting for confirmation")
    CONFIRMED = "confirmed", _("Confirmed")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")


class ConsentOrigin(models.TextChoices):
    FORM = "form", _("Subscription form")
    IMPORT = "import", _("Import")
    STAFF = "staff", _("Entered by staff")


class Letter(models.TextChoices):
    """A message about a subscription itself that is to be sent; see letters.py."""

    NONE = "", _("None")
    CONFIRM = "confirm", _("Asks for confirmation")
    MANAGE = "manage", _("Says how to change what there is")


class SubscriptionQuerySet(models.QuerySet):
    def active(self):
        """Those that may be sent a digest: confirmed, and not to a suppressed address."""
        suppressed = Suppression.objects.annotate(address=Lower("email")).values("address")
        return self.filter(state=SubscriptionState.CONFIRMED).exclude(
            pk__in=self.model.objects.annotate(address=Lower("email")).filter(address__in=suppressed).values("pk")
        )


class Subscription(models.Model):
    """One address's wish for the digests of some series, about some groups, in one language."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # in links, signed; never the pk
    email = models.EmailField(_("e-mail address"), validators=[check_every_server_takes])
    language = models.CharField(_("language"), max_length=2, choices=[("en", _("English")), ("es", _("Spanish"))])
    series = models.ManyToManyField(Series, related_name="subscriptions", verbose_name=_("series"))
    groups = models.ManyToManyField(
        WorkingGroup,
        blank=True,
        related_name="subscriptions",
        verbose_name=_("groups"),
        help_text=_("None chosen means all."),
    )
    state = models.CharField(_("state"), max_length=20, choices=SubscriptionState, default=SubscriptionState.PENDING)
    consent_origin = models.CharField(_("origin of consent"), max_length=20, choices=ConsentOrigin)
    consent_version = models.CharField(_("version of the consent text"), max_length=20)
    consent_proof = models.CharField(
        _("proof of consent"), max_length=300, blank=True, help_text=_("For an import: where the proof is kept.")
    )
    letter = models.CharField(_("letter to be sent"), max_length=10, choices=Letter, default=Letter.NONE, blank=True)
    letter_lease_until = models.DateTimeField(null=True, editable=False)
    letter_sent_at = models.DateTimeField(_("last letter"), null=True, editable=False)
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    unsubscribed_at = models.DateTimeField(_("unsubscribed"), null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_subscription_per_address",
                violation_error_message=_("This address has a subscription already."),
            ),
            models.CheckConstraint(condition=Q(state__in=SubscriptionState.values), name="subscription_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="confirmed_subscription_says_when",
                violation_error_message=_("A confirmed subscription says when it was confirmed."),
            ),
            models.CheckConstraint(
                condition=~Q(state="unsubscribed") | Q(unsubscribed_at__isnull=False),
                name="unsubscribed_says_when",
                violation_error_message=_("An ended subscription says when it ended."),
            ),
        ]

    def __str__(self):
        # Not the address: this is what logs and the history of the admin show.
        return gettext("Subscription %(number)d") % {"number": self.pk}


class Suppression(models.Model):
    """An address that nothing may be sent to, whatever its subscription says."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("Address does not exist")
        COMPLAINT = "complaint", _("Complaint")
        STAFF = "staff", _("Decided by staff")

    email = models.EmailField(_("e-mail address"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_suppression_per_address"),
        ]

    def __str__(self):
        return gettext("Suppression %(number)d") % {"number": self.pk}
