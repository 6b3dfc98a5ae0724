"""The pauses and the rate of outgoing mail, of all of it and by domain; and the last runs of the periodic jobs."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class MailControl(models.Model):
    """The pause and the rate of all outgoing mail. One row, or none while nobody has touched it."""

    class PauseReason(models.TextChoices):
        NONE = "", ""
        STAFF = "staff", _("by staff")
        REFUSED = "refused", _("the mail server refuses us")

    is_paused = models.BooleanField(_("paused"), default=False)
    pause_reason = models.CharField(
        _("reason"), max_length=10, choices=PauseReason, default=PauseReason.NONE, blank=True, editable=False
    )
    pause_detail = models.CharField(
        _("detail"), max_length=150, blank=True, editable=False
    )  # who, or the server's code
    resume_at = models.DateTimeField(
        _("on hold until"), null=True, blank=True, help_text=_("Set when the mail server asks us to try again later.")
    )
    rate_per_minute = models.PositiveIntegerField(
        _("maximum messages per minute"),
        null=True,
        blank=True,
        help_text=_("Leave blank to send as fast as the mail server accepts them."),
    )

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_mail_control"),
        ]

    def __str__(self):
        return str(self._meta.verbose_name)

    @property
    def why_paused(self) -> str:
        """The reason of the pause in words: "by staff (ana)"."""
        reason = self.get_pause_reason_display()
        return f"{reason} ({self.pause_detail})" if self.pause_detail else reason


class DomainPauseQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(Q(until=None) | Q(until__gt=Now()))


class DomainPause(models.Model):
    """A pause of mail to the addresses of one domain, whose server refuses many of them at once."""

    domain = models.CharField(_("domain"), max_length=254)
    since = models.DateTimeField(_("since"), db_default=Now(), editable=False)
    until = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("Leave blank to pause it until someone removes this entry.")
    )

    objects = DomainPauseQuerySet.as_manager()

    class Meta:
        ordering = ["domain"]
        verbose_name = _("paused domain")
        verbose_name_plural = _("paused domains")
        constraints = [
            models.UniqueConstraint(fields=["domain"], name="one_pause_per_domain"),
            models.CheckConstraint(condition=Q(domain=Lower("domain")), name="paused_domain_is_lower_case"),
        ]

    def __str__(self):
        return self.domain


class Heartbeat(models.Model):
    """The last run of a periodic job, by the database's clock; see watchdog.py."""

    job = models.CharField(max_length=30, unique=True)
    at = models.DateTimeField(null=True)
    watched_since = models.DateTimeField(db_default=Now())

    def __str__(self):
        return gettext("%(job)s: %(when)s") % {"job": self.job, "when": self.at}
