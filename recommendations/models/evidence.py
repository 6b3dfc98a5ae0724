"""The sources of the ledger's rows: what each is called, of what kind it is, who published it, where, when."""

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.database.web_addresses import is_web_address
from recommendations.ledger.triggers import BELONGS_TO_ITS_TRANSACTION, FILLED_IN_ONCE, GRADE_FOLLOWS, NEVER_EMPTIED

from .record_changes import record_changes
from .updates import Update

QUOTED_BELOW = 20  # words


class EvidenceKind(models.TextChoices):
    LAW = "law", _("Law or gazette")
    OFFICIAL = "official", _("Official statement")
    DATA = "data", _("Data")
    PRESS = "press", _("Press")
    CORRESPONDENCE = "correspondence", _("Own page or correspondence")


# Those that show what happened at first hand.
FIRST_HAND = [EvidenceKind.LAW, EvidenceKind.OFFICIAL, EvidenceKind.DATA]


class Evidence(models.Model):
    """A source for one update. Never changed; what it did not say, its kind or a quotation, may be filled in once."""

    update = models.ForeignKey(Update, models.PROTECT, related_name="evidence", verbose_name=_("update"))
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200)
    url = models.URLField(_("address"), max_length=500)
    published_on = models.DateField(_("published"), null=True, blank=True)
    kind = models.CharField(
        _("kind"),
        max_length=20,
        choices=EvidenceKind,
        blank=True,
        default="",
        db_default="",
        help_text=_("Press: also trade press, notes of law firms, blogs and columns. The confidence counts with it."),
    )
    quotation = models.CharField(
        _("quotation"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("The words that matter, as they stand there, in their own language: fewer than 20."),
    )
    quotation_language = models.CharField(
        _("language of the quotation"),
        max_length=2,
        choices=settings.LANGUAGES,
        blank=True,
        default="",
        db_default="",
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        triggers = [
            BELONGS_TO_ITS_TRANSACTION,
            CONTENT_CHANGED,
            FILLED_IN_ONCE,
            GRADE_FOLLOWS,
            NEVER_EMPTIED,
            # What comes with its row is a change of the record by that row; what is filled in later is one of its own.
            record_changes(
                "SELECT recommendation_id FROM recommendations_update WHERE id = NEW.update_id", pgtrigger.Update
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(publisher="") & ~Q(url=""), name="evidence_names_its_source"
            ),
            is_web_address("url", name="evidence_url_is_a_web_address"),
            models.CheckConstraint(condition=Q(kind__in=["", *EvidenceKind.values]), name="evidence_kind_is_known"),
            models.CheckConstraint(
                condition=Q(quotation="", quotation_language="") | (~Q(quotation="") & ~Q(quotation_language="")),
                name="quotation_has_its_language",
                violation_error_message=_("Give a quotation and its language, or neither."),
            ),
        ]

    def __str__(self):
        return f"{self.title} ({self.publisher})"

    def clean(self):
        if len(self.quotation.split()) >= QUOTED_BELOW:
            raise ValidationError({"quotation": _("Quote fewer than %(words)d words.") % {"words": QUOTED_BELOW}})
