"""What was looked for in public sources and not found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.text.bilingual import Bilingual


class SourceCheck(models.Model):
    """A search of public sources on one recommendation that brought no dated fact: research that a reader should see."""

    recommendation = models.ForeignKey(
        "Recommendation", models.CASCADE, related_name="source_checks", verbose_name=_("recommendation")
    )
    checked_on = models.DateField(_("date checked"))
    note_en = models.TextField(_("what was looked for and not found, in English"))
    note_es = models.TextField(_("what was looked for and not found, in Spanish"))
    note = Bilingual()

    class Meta:
        ordering = ["-checked_on", "pk"]
        verbose_name = _("source check")
        verbose_name_plural = _("source checks")
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "checked_on"], name="one_source_check_per_day"),
        ]
        triggers = [CONTENT_CHANGED]

    def __str__(self):
        return f"{self.recommendation.code}: {self.checked_on}"
