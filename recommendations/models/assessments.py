"""Why a recommendation stands where it does, and what would move it: kept by staff beside the ledger."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.text.bilingual import Bilingual

from .record_changes import LINK_CHANGES_RECORD


class Testability(models.TextChoices):
    MEASURABLE = "measurable", _("Measurable")
    PARTLY = "partly", _("Partly measurable")
    NOT = "not", _("Not measurable")

    __test__ = False  # for pytest: no test, in spite of its name

    @property
    def definition(self) -> str:
        return TESTABILITY_DEFINITIONS[self]


TESTABILITY_DEFINITIONS = {
    Testability.MEASURABLE: _(
        "Anybody can check from published acts, texts or figures whether the success test is met."
    ),
    Testability.PARTLY: _(
        "A part of the success test can be checked so; another takes judgment, or facts that are not public."
    ),
    Testability.NOT: _("Nothing that can be observed would show whether the success test is met."),
}


class Assessment(models.Model):
    """The judgment on one recommendation, in our own words. It says no more than the rows of the ledger that it rests on.

    What can be computed is not here: the confidence (confidence.py), and when an addressee was last heard.
    """

    recommendation = models.OneToOneField(
        "Recommendation", models.CASCADE, related_name="assessment", verbose_name=_("recommendation")
    )
    because_en = models.TextField(
        _("because, in English"),
        help_text=_("One sentence: the fact that decides the current status, with its date."),
    )
    because_es = models.TextField(_("because, in Spanish"))
    because = Bilingual()
    remains_en = models.TextField(
        _("what remains, in English"), help_text=_("What is missing for the success test to be met.")
    )
    remains_es = models.TextField(_("what remains, in Spanish"))
    remains = Bilingual()
    moves_up_en = models.TextField(
        _("what would move it up, in English"),
        help_text=_("The next events, which can be observed, and would raise it."),
    )
    moves_up_es = models.TextField(_("what would move it up, in Spanish"))
    moves_up = Bilingual()
    moves_down_en = models.TextField(
        _("what would move it down, in English"),
        help_text=_("The next events, which can be observed, and would lower or close it."),
    )
    moves_down_es = models.TextField(_("what would move it down, in Spanish"))
    moves_down = Bilingual()
    testability = models.CharField(
        _("testability"), max_length=20, choices=Testability, help_text=_("Of the success test, as it is written.")
    )
    testability_reason_en = models.TextField(_("why, in English"))
    testability_reason_es = models.TextField(_("why, in Spanish"))
    testability_reason = Bilingual()
    reviewed_on = models.DateField(_("reviewed"), null=True, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="reviewed_assessments",
        verbose_name=_("reviewed by"),
    )

    class Meta:
        ordering = ["recommendation__code"]
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.CheckConstraint(condition=Q(testability__in=Testability.values), name="testability_is_known"),
            models.CheckConstraint(
                condition=Q(reviewed_on=None, reviewed_by=None)
                | Q(reviewed_on__isnull=False, reviewed_by__isnull=False),
                name="review_has_a_day_and_a_reviewer",
            ),
        ]
        triggers = [CONTENT_CHANGED, LINK_CHANGES_RECORD]

    def __str__(self):
        return str(self.recommendation)
