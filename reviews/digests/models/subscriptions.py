"""Who gets digests, and the e-mails about that itself."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mail.message.addresses import check_usable
from mail.models import Message, Suppression
from reviews.models import Series
from working_groups.models import WorkingGroup


class SubscriptionState(models.TextChoices):
    PENDING = "pending", _("Waiting for confirmation")
    CONFIRMED = "confirmed", _("Confirmed")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")


class ConsentOrigin(models.TextChoices):
    FORM = "form", _("Subscription form")
    IMPORT = "import", _("Import")
    STAFF = "staff", _("Entered by staff")


class SubscriptionQuerySet(models.QuerySet):
    def active(self):
        """Return those that may be sent a digest: confirmed, and not to a suppressed address."""
        return self.filter(state=SubscriptionState.CONFIRMED).exclude(pk__in=self.suppressed().values("pk"))

    def suppressed(self):
        """Return those whose address nothing is sent to."""
        with_address = self.model.objects.alias(address=Lower("email"))
        return with_address.filter(address__in=Suppression.objects.addresses())


class Subscription(models.Model):
    """The wish of one address for the digests of some series, about some groups, in one language."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # in links, signed; never the pk
    email = models.EmailField(_("e-mail address"), validators=[check_usable])
    language = models.CharField(_("language"), max_length=2, choices=[("en", _("English")), ("es", _("Spanish"))])
    series = models.ManyToManyField(Series, related_name="subscriptions", verbose_name=_("series"))
    groups = models.ManyToManyField(
        WorkingGroup,
        blank=True,
        related_name="subscriptions",
        verbose_name=_("groups"),
        help_text=_("If none is chosen, all are included."),
    )
    state = models.CharField(_("state"), max_length=20, choices=SubscriptionState, default=SubscriptionState.PENDING)
    consent_origin = models.CharField(_("origin of consent"), max_length=20, choices=ConsentOrigin)
    consent_version = models.CharField(_("version of the consent text"), max_length=20)
    consent_proof = models.CharField(
        _("proof of consent"), max_length=300, blank=True, help_text=_("For an import: where the proof is stored.")
    )
    created_at = models.DateTimeField(_("requested"), default=timezone.now, editable=False)
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
                violation_error_message=_("This address already has a subscription."),
            ),
            models.CheckConstraint(condition=Q(state__in=SubscriptionState.values), name="subscription_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="confirmed_subscription_says_when",
                violation_error_message=_("A confirmed subscription must have the date of its confirmation."),
            ),
            models.CheckConstraint(
                condition=~Q(state="unsubscribed") | Q(unsubscribed_at__isnull=False),
                name="unsubscribed_says_when",
                violation_error_message=_("An ended subscription must have the date on which it ended."),
            ),
        ]

    def __str__(self):
        # Not the address: this is what logs and the history of the admin show.
        return gettext("Subscription %(number)d") % {"number": self.pk}


class SubscriptionEmail(models.Model):
    """That a message is about a subscription itself: it asks for confirmation, or says how to change what there is."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="emails")
    message = models.OneToOneField(Message, models.PROTECT, related_name="subscription_email")

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return gettext("E-mail %(number)d about a subscription") % {"number": self.pk}
