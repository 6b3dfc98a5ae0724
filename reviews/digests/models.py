"""Who gets digests, each edition with what was frozen into it, and each sending of one edition to one subscriber."""

import re
import uuid
from datetime import date, timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from recommendations.models import Update
from reviews.models import Milestone, Series
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


class DigestKind(models.TextChoices):
    DIGEST = "digest", _("Digest")
    DATE_CHANGED = "date_changed", _("Notice of a changed date")
    CANCELLATION = "cancellation", _("Notice of cancellation")


class DigestState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    FROZEN = "frozen", _("Frozen")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    HELD = "held", pgettext_lazy("digest", "Held")
    CANCELLED = "cancelled", pgettext_lazy("digest", "Cancelled")
    SKIPPED = "skipped", _("Skipped")


class Reason(models.TextChoices):
    """Why a digest is held, skipped or cancelled."""

    NONE = "", ""
    APPROVAL = "approval", _("waits for approval")
    MANY_MORE = "many_more", _("would go to more than twice as many as the last one")
    STAFF = "staff", _("by staff")
    MILESTONE_OFF = "milestone_off", _("the milestone is off, or has no date")
    MILESTONE_MOVED = "milestone_moved", _("the milestone has moved; a new edition follows")
    LATE_DATE = "late_date", _("its day was past when the date became known")
    CHANGED_AGAIN = "changed_again", _("the milestone has changed again")
    MILESTONE_PASSED = "milestone_passed", _("the milestone has passed")
    NEARER = "nearer", _("a nearer lead time is due")
    UNCHANGED = "unchanged", _("nothing changed")
    NOT_PUBLIC = "not_public", _("something in it is not public any more; cancel it, and the next one tells the rest")
    ERROR = "error", _("it could not be made; the log says why")


BY_MILESTONE = [Reason.MILESTONE_OFF, Reason.MILESTONE_MOVED]
MAY_STILL_LEAVE = [DigestState.PLANNED, DigestState.FROZEN, DigestState.SENDING, DigestState.HELD]
ENDED = [DigestState.CANCELLED, DigestState.SKIPPED]
WITH_CONTENT = [DigestState.FROZEN, DigestState.SENDING, DigestState.SENT]


# How long before its time a digest is frozen for staff to look at, where the series wants that.
APPROVAL_TIME = timedelta(days=2)


class DigestQuerySet(models.QuerySet):
    def due(self, now):
        """Planned ones whose time has come: to be frozen, earlier where staff are to look at them first."""
        early = Q(milestone__series__needs_approval=True, due_at__lte=now + APPROVAL_TIME)
        return self.filter(Q(due_at__lte=now) | early, state=DigestState.PLANNED)

    def published(self):
        """Those whose web copy may be read: what was sent, or is being sent, and what stopped when readers had it."""
        is_taken = Exists(Delivery.objects.taken().filter(digest=OuterRef("pk")))
        return self.filter(Q(state__in=[DigestState.SENDING, DigestState.SENT]) | is_taken, frozen_at__isnull=False)


class Digest(models.Model):
    """One edition for one milestone and one lead time: planned, then frozen, then sent from what was frozen."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="digests", verbose_name=_("milestone"))
    kind = models.CharField(_("kind"), max_length=20, choices=DigestKind, default=DigestKind.DIGEST)
    lead_days = models.PositiveSmallIntegerField(_("days before"))
    edition = models.PositiveSmallIntegerField(_("edition"), default=1)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("replaces"),
        help_text=_("The edition that was stopped. Whoever got that one does not get this one."),
    )
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=20, choices=DigestState, default=DigestState.PLANNED)
    state_reason = models.CharField(_("why"), max_length=20, choices=Reason, default=Reason.NONE, blank=True)
    milestone_revision = models.PositiveIntegerField(_("revision of the milestone"))
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    content = models.JSONField(_("content"), null=True, blank=True)  # all that the bodies are made from
    news = models.ManyToManyField(Update, through="DigestNews", related_name="digests")

    objects = DigestQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "-pk"]
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        indexes = [
            # the tick asks, each minute: what is due, and what is under way?
            models.Index(fields=["due_at"], condition=Q(state="planned"), name="digest_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "kind", "lead_days", "edition"], name="one_digest_per_lead_time_and_edition"
            ),
            models.CheckConstraint(condition=Q(kind__in=DigestKind.values), name="digest_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=DigestState.values), name="digest_state_is_known"),
            models.CheckConstraint(condition=Q(state_reason__in=Reason.values), name="digest_reason_is_known"),
            models.CheckConstraint(condition=Q(edition__gte=1), name="digest_editions_count_from_one"),
            models.CheckConstraint(
                condition=~Q(state__in=WITH_CONTENT) | Q(frozen_at__isnull=False, content__isnull=False),
                name="digest_is_frozen_before_it_is_sent",
            ),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_digest_says_when"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="content_never_changes",
                operation=pgtrigger.UpdateOf("content", "frozen_at"),
                condition=pgtrigger.Q(old__frozen_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.milestone}, {self.what}"

    def get_absolute_url(self):
        return reverse("digests:digest", args=[self.pk])

    @property
    def as_of(self) -> date:
        """The day, at the milestone's place, on which it was frozen."""
        return date.fromisoformat(self.content["as_of"])

    @property
    def what(self) -> str:
        """Which of the messages about its milestone it is: "7 days before, edition 2"."""
        if self.kind != DigestKind.DIGEST:
            return self.get_kind_display()
        days = ngettext("%(count)d day before", "%(count)d days before", self.lead_days) % {"count": self.lead_days}
        if self.edition == 1:
            return days
        return gettext("%(days)s, edition %(edition)d") % {"days": days, "edition": self.edition}

    @property
    def standing(self) -> str:
        """Its state and why: "Held: waits for approval"."""
        state, reason = self.get_state_display(), self.get_state_reason_display()
        if self.state_reason == Reason.STAFF:
            return f"{state} {reason}"  # "Held by staff"
        return f"{state}: {reason}" if reason else state

    @property
    def is_held_by_staff(self) -> bool:
        return self.state == DigestState.HELD and self.state_reason == Reason.STAFF

    def stop(self, reason: Reason, state=DigestState.CANCELLED):
        """Let nothing more of it leave. Where nobody has got it, its news are the next digest's."""
        self.state, self.state_reason = state, reason
        self.save(update_fields=["state", "state_reason"])
        self.deliveries.filter(state__in=[DeliveryState.QUEUED, DeliveryState.DEFERRED]).update(
            state=DeliveryState.CANCELLED, note=reason, finished_at=timezone.now()
        )
        if not self.deliveries.taken().exists():
            self.assigned.all().delete()

    def editions(self) -> list["Digest"]:
        """This one and those that it replaces, newest first."""
        return [self, *self.replaces.editions()] if self.replaces else [self]


class DigestNews(models.Model):
    """That an update is news in a digest; in each series it is so once."""

    digest = models.ForeignKey(Digest, models.PROTECT, related_name="assigned")
    series = models.ForeignKey(Series, models.PROTECT, related_name="told")
    update = models.ForeignKey(Update, models.PROTECT, related_name="told_in")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "update"], name="news_is_told_once_in_a_series"),
        ]

    def __str__(self):
        return f"{self.digest_id}: {self.update_id}"


class Rendering(models.Model):
    """The bodies of a digest in one language for one set of groups, made once and the same for all who get them."""

    digest = models.ForeignKey(Digest, models.PROTECT, related_name="renderings")
    language = models.CharField(max_length=2)
    groups = ArrayField(models.SlugField(), default=list)  # sorted slugs; empty for all groups
    subject = models.TextField()  # the milestone's name, which may have 200 letters, and more
    html = models.TextField()
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "language", "groups"], name="one_rendering_per_audience"),
        ]

    def __str__(self):
        return f"{self.digest_id}: {self.language} {', '.join(self.groups)}"


class DeliveryState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    ACCEPTED = "accepted", pgettext_lazy("delivery", "Accepted")
    DEFERRED = "deferred", _("Deferred")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")
    CANCELLED = "cancelled", _("Not sent")


UNFINISHED = [DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED, DeliveryState.UNKNOWN]
UNKNOWNS_ALLOWED = 2  # one retry with the same Message-ID; after that staff decide


class DeliveryQuerySet(models.QuerySet):
    def taken(self):
        """Those that their readers have, or may have."""
        return self.filter(state__in=[DeliveryState.ACCEPTED, DeliveryState.SENDING, DeliveryState.UNKNOWN])

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

    digest = models.ForeignKey(Digest, models.PROTECT, related_name="deliveries", verbose_name=_("digest"))
    # Null: its data was erased at the reader's request; that a message went out is kept.
    subscription = models.ForeignKey(
        Subscription, models.SET_NULL, null=True, related_name="deliveries", verbose_name=_("subscription")
    )
    rendering = models.ForeignKey(Rendering, models.PROTECT, related_name="deliveries")
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


class Outbox(models.Model):
    """Whether mail may leave at all, and how fast. One row, or none while nobody has touched it."""

    is_paused = models.BooleanField(_("paused"), default=False)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    resume_at = models.DateTimeField(
        _("rests until"), null=True, blank=True, help_text=_("Set when the mail server asks us to come back later.")
    )
    rate_per_minute = models.PositiveIntegerField(
        _("most messages a minute"), null=True, blank=True, help_text=_("Empty: as fast as the mail server takes them.")
    )

    ticked_at = models.DateTimeField(_("last tick of the scheduler"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_outbox"),
        ]

    def __str__(self):
        return str(self._meta.verbose_name)

    @classmethod
    def load(cls) -> "Outbox":
        """The one row, made if need be."""
        return cls.objects.get_or_create(pk=1)[0]


class MailEvent(models.Model):
    """A bounce or complaint that a provider has told us; kept so that each counts once."""

    event_id = models.CharField(max_length=200, unique=True)
    received_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return self.event_id


class Alert(models.Model):
    """That staff were told of something which has not ended yet; see alerts.py."""

    key = models.CharField(max_length=50, unique=True)
    raised_at = models.DateTimeField()

    def __str__(self):
        return self.key
