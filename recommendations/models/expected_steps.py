"""What sources expect next on a recommendation, and when."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.database.web_addresses import is_web_address
from core.text.bilingual import Bilingual
from core.text.dates import Precision, last_day, write_span


class ExpectedStep(models.Model):
    """One thing that a source expects, in a window of time or without a date. It is no entry of the ledger: it may not come."""

    recommendation = models.ForeignKey(
        "Recommendation", models.CASCADE, related_name="expected_steps", verbose_name=_("recommendation")
    )
    slug = models.SlugField(max_length=60)
    what_en = models.TextField(_("what is expected, in English"))
    what_es = models.TextField(_("what is expected, in Spanish"))
    what = Bilingual()
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    precision = models.CharField(_("date precision"), max_length=10, choices=Precision, default=Precision.DAY)
    source_url = models.URLField(_("link to the source"), max_length=500)
    checked_on = models.DateField(
        _("date checked"), null=True, blank=True, help_text=_("The day of the most recent page that still says so.")
    )

    class Meta:
        ordering = [F("starts_on").asc(nulls_last=True), "pk"]
        verbose_name = _("expected step")
        verbose_name_plural = _("expected steps")
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "slug"], name="one_expected_step_per_slug"),
            models.CheckConstraint(
                condition=Q(starts_on=None, ends_on=None)
                | Q(starts_on__isnull=False, ends_on__isnull=False, ends_on__gte=F("starts_on")),
                name="expected_step_has_a_window_or_no_date",
                violation_error_message=_("Enter the first and the last day, in that order, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(precision__in=Precision.values), name="expected_step_precision_is_known"
            ),
            is_web_address("source_url", name="expected_step_source_is_a_web_address"),
        ]
        triggers = [CONTENT_CHANGED]

    def __str__(self):
        return f"{self.recommendation.code}: {self.slug}"

    def clean(self):
        if self.starts_on and self.precision in Precision.values:
            self.ends_on = last_day(self.ends_on or self.starts_on, self.precision)

    @property
    def when(self) -> str:
        """The window in words, no finer than it is known."""
        if self.starts_on is None:
            return gettext("no date known")
        return write_span(self.starts_on, self.ends_on, self.precision)

    def is_over(self, on: date) -> bool:
        """Return whether its time had passed by the day `on`."""
        return self.ends_on is not None and self.ends_on < on
