"""Whether mail may leave, what providers said of it, and what staff were told."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
