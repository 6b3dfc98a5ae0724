"""Each edition of a digest, with all that was frozen into it; items.py says what is news in it."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from mail.models import Batch, Body
from recommendations.models import Update
from reviews.digests.pipeline.transitions import ALLOWED
from reviews.models import EXPECTED, Milestone

from .deliveries import Delivery
from .states import WITH_CONTENT, DigestKind, DigestState, Reason

# How long before its time a digest is frozen for staff to look at, where the series wants that.
APPROVAL_TIME = timedelta(days=2)


# The table of pipeline/transitions.py, in SQL.
REFUSE_OTHER_WAYS = f"""
IF (OLD.state, NEW.state) NOT IN ({", ".join(f"('{before}', '{after}')" for before, after in sorted(ALLOWED))}) THEN
    RAISE EXCEPTION 'A digest does not go from % to %.', OLD.state, NEW.state USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class DigestQuerySet(models.QuerySet):
    def due(self, now):
        """Planned ones whose time has come: to be frozen, earlier where staff are to look at them first."""
        early = Q(milestone__series__needs_approval=True, due_at__lte=now + APPROVAL_TIME)
        return self.filter(Q(due_at__lte=now) | early, state=DigestState.PLANNED)

    def awaiting_staff(self, on: date):
        """Held ones that may still be of use on the day `on`, soonest due first: staff release or cancel them."""
        is_coming = Q(milestone__state__in=EXPECTED, milestone__starts_on__gte=on)
        held = self.filter(is_coming | ~Q(kind=DigestKind.DIGEST), state=DigestState.HELD)
        return held.select_related("milestone__series").order_by("due_at", "pk")

    def published(self):
        """Limit to those whose web copy may be read: sent, or being sent, or stopped when readers had it."""
        somebody_has_it = Exists(Delivery.objects.possibly_delivered().filter(digest=OuterRef("pk")))
        is_leaving = Q(state__in=[DigestState.SENDING, DigestState.SENT])
        return self.filter(is_leaving | somebody_has_it, frozen_at__isnull=False)

    def next_planned(self) -> "Digest | None":
        """The digest that is to leave next, as far as is known."""
        return self.filter(kind=DigestKind.DIGEST, state=DigestState.PLANNED).order_by("due_at").first()


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
        help_text=_("The edition that was stopped. Anyone who got that one does not get this one."),
    )
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=20, choices=DigestState, default=DigestState.PLANNED)
    state_reason = models.CharField(_("reason"), max_length=20, choices=Reason, default=Reason.NONE, blank=True)
    milestone_revision = models.PositiveIntegerField(_("revision of the milestone"))
    # Of this edition, as it is frozen: cleared where the series' setting changes; another date is another edition.
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    # Staff have released it though it goes to many more than the last one.
    may_go_to_many = models.BooleanField(default=False, editable=False)
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    content = models.JSONField(_("content"), null=True, blank=True)  # all that the bodies are made from
    news = models.ManyToManyField(Update, through="DigestItem", related_name="digests")
    # Its messages; none before it is fanned out.
    batch = models.OneToOneField(Batch, models.PROTECT, null=True, editable=False, related_name="digest")

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
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(frozen_at__isnull=False), name="approved_digest_is_frozen"
            ),
        ]
        triggers = [
            CONTENT_CHANGED,
            pgtrigger.Protect(
                name="content_never_changes",
                operation=pgtrigger.UpdateOf("content", "frozen_at"),
                condition=pgtrigger.Q(old__frozen_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="state_goes_by_the_table",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
                func=REFUSE_OTHER_WAYS,
            ),
        ]

    def __str__(self):
        return f"{self.milestone}, {self.label}"

    def get_absolute_url(self):
        return reverse("digests:digest", args=[self.pk])

    @property
    def as_of(self) -> date:
        """The day, at the milestone's place, on which it was frozen."""
        return date.fromisoformat(self.content["as_of"])

    @property
    def sent_label(self) -> str:
        """Return which of the messages about its milestone it was to its readers: a late one came nearer than was planned."""
        if self.kind != DigestKind.DIGEST:
            return self.get_kind_display()
        days = self.content["days_left"]
        if days == 0:
            return gettext("on the day")
        return ngettext("%(count)d day before", "%(count)d days before", days) % {"count": days}

    @property
    def due_on(self) -> date:
        """The day, at the milestone's place, on which it is due."""
        return timezone.localdate(self.due_at, ZoneInfo(self.milestone.time_zone))

    @property
    def label(self) -> str:
        """Return which of the messages about its milestone it is: "7 days before, edition 2"."""
        if self.kind != DigestKind.DIGEST:
            return self.get_kind_display()
        days = ngettext("%(count)d day before", "%(count)d days before", self.lead_days) % {"count": self.lead_days}
        if self.edition == 1:
            return days
        return gettext("%(days)s, edition %(edition)d") % {"days": days, "edition": self.edition}

    @property
    def status_label(self) -> str:
        """Its state and why: "Held: waits for approval"."""
        state, reason = self.get_state_display(), self.get_state_reason_display()
        if self.state_reason == Reason.STAFF:
            return f"{state} {reason}"  # "Held by staff"
        return f"{state}: {reason}" if reason else state

    @property
    def is_held_by_staff(self) -> bool:
        return self.state == DigestState.HELD and self.state_reason == Reason.STAFF

    def editions(self) -> list["Digest"]:
        """This one and those that it replaces, newest first."""
        return [self, *self.replaces.editions()] if self.replaces else [self]


class Rendering(models.Model):
    """The bodies of a digest in one language for one set of groups, made once and the same for all who get them."""

    digest = models.ForeignKey(Digest, models.PROTECT, related_name="renderings")
    language = models.CharField(max_length=2)
    groups = ArrayField(models.SlugField(), default=list)  # sorted slugs; empty for all groups
    subject = models.TextField()  # the milestone's name, which may have 200 letters, and more
    html = models.TextField()
    text = models.TextField()
    # As it goes over the wire; made when the first reader gets it.
    body = models.OneToOneField(Body, models.PROTECT, null=True, editable=False, related_name="rendering")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "language", "groups"], name="one_rendering_per_audience"),
        ]

    def __str__(self):
        return f"{self.digest_id}: {self.language} {', '.join(self.groups)}"
