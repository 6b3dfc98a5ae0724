"""What those who are asked have answered: rows that are added and never changed, as those of the ledger.

`Addressee.record_answer()` is the one door. Which answer stands on a day is asked of these rows, and stored nowhere.
"""

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, Func, GeneratedField, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.database.web_addresses import is_web_address
from core.text.bilingual import Bilingual
from core.text.dates import Precision, write_date
from core.visibility import Visibility
from recommendations.ledger.publication import clean_effective_date
from recommendations.ledger.triggers import CHECK_ANSWER_AGAINST_THE_REST, NEVER_CHANGED, NEVER_EMPTIED

from .addressees import Addressee
from .record_changes import record_changes


class AnswerKind(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    PARTIALLY_ACCEPTED = "partially_accepted", _("Partially accepted")
    NOTED = "noted", _("Noted")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    # What a correction says of a row that should never have been: nothing stands in its place.
    RETRACTED = "retracted", _("Recorded by mistake: there was no answer")


class AnswerQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The rows that `user`, signed in or not, may read."""
        return self.filter(visibility__in=Visibility.for_user(user))

    def of(self, recommendation):
        """What those whom it asks have answered."""
        return self.filter(addressee__recommendation=recommendation)

    def uncorrected(self):
        """The rows that no later row corrects."""
        return self.filter(correction__corrects__isnull=True)

    def recorded_by(self, day):
        """Return the rows that were recorded on `day` or before, by the site's clock."""
        return self.filter(recorded_at__date__lte=day)

    def uncorrected_by(self, day):
        """Return the rows that had been recorded by `day` and that no other row corrected by then."""
        corrections = self.model.objects.recorded_by(day).filter(corrects=OuterRef("pk"))
        return self.recorded_by(day).filter(~Exists(corrections))

    def in_force(self):
        """The answers that count: public, and neither corrected by a later row nor taken back by one."""
        return self.uncorrected().filter(visibility=Visibility.PUBLIC).exclude(kind=AnswerKind.RETRACTED)

    def as_of(self, day):
        """The rows whose date had surely come by `day`; all of them for None."""
        return self.filter(counts_from__lte=day) if day else self

    def newest_first(self):
        # pk breaks ties: of two answers of one day the one that was recorded later stands.
        return self.order_by("-counts_from", "-pk")

    def latest_of_each(self):
        """Of each addressee the latest row."""
        return self.order_by("addressee_id", "-counts_from", "-pk").distinct("addressee_id")

    def for_timeline(self):
        """With all that a row of a record's answers shows."""
        return self.newest_first().select_related("addressee__organization", "recorded_by", "corrects", "correction")

    def with_places(self):
        """With all that a line says that stands apart from its recommendation."""
        return (
            self.for_timeline()
            .select_related("addressee__recommendation__topic__group")
            .defer("addressee__recommendation__search", "addressee__recommendation__official_wording")
        )


class Answer(models.Model):
    """One answer of one addressee: what it replied, when, in which words, and where that can be read."""

    addressee = models.ForeignKey(Addressee, models.PROTECT, related_name="answers", verbose_name=_("who answered"))
    kind = models.CharField(_("answer"), max_length=20, choices=AnswerKind)
    effective_on = models.DateField(
        _("date of the answer"),
        help_text=_("When it answered. If only the month, quarter or year is known, enter any day in it."),
    )
    precision = models.CharField(_("date precision"), max_length=10, choices=Precision, default=Precision.DAY)
    # As for updates: only from this day on had it surely been given.
    counts_from = GeneratedField(
        expression=Func("effective_on", "precision", "recorded_at", function="ledger_counts_from"),
        output_field=models.DateField(),
        db_persist=True,
    )
    said_en = models.TextField(_("what was said, in English"))
    said_es = models.TextField(_("what was said, in Spanish"), blank=True)
    said = Bilingual()
    source_title = models.CharField(_("title of the source"), max_length=300)
    # Not required by the database: nobody noted it of the answers of the first release.
    source_publisher = models.CharField(_("publisher of the source"), max_length=200)
    source_url = models.URLField(_("link to the source"), max_length=500)
    source_published_on = models.DateField(_("source published"), null=True, blank=True)
    reason_en = models.TextField(_("reason, in English"), blank=True, help_text=_("Required for a correction."))
    reason_es = models.TextField(_("reason, in Spanish"), blank=True)
    reason = Bilingual()
    visibility = models.CharField(_("visible to"), max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="correction",
        verbose_name=_("corrects"),
        help_text=_("The earlier entry that this one replaces. Both remain visible. A new answer corrects nothing."),
        error_messages={"unique": _("That entry has already been replaced by another.")},
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recorded_answers",
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    # Of the form that it was recorded by: sent twice, the same form records one row.
    submission = models.UUIDField(unique=True, null=True, editable=False)
    import_key = models.CharField(max_length=200, unique=True, null=True, editable=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-counts_from", "-pk"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        indexes = [
            # every page of those who are asked asks: which answer was in force on a day?
            models.Index(
                fields=["addressee", "-counts_from", "-id"], include=["kind", "visibility"], name="answer_in_force"
            ),
            # the changes page asks: what was answered between two days?
            models.Index(fields=["counts_from"], name="answer_by_day"),
        ]
        triggers = [
            CHECK_ANSWER_AGAINST_THE_REST,
            CONTENT_CHANGED,
            NEVER_CHANGED,
            NEVER_EMPTIED,
            record_changes(
                "SELECT a.recommendation_id FROM recommendations_addressee a"
                f" WHERE a.id = NEW.addressee_id AND NEW.visibility = '{Visibility.PUBLIC.value}'",
                pgtrigger.Insert,
            ),
        ]
        constraints = [
            is_web_address("source_url", name="answer_source_is_a_web_address"),
            models.CheckConstraint(condition=Q(kind__in=AnswerKind.values), name="answer_kind_is_known"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="answer_visibility_is_known"),
            models.CheckConstraint(
                condition=Q(precision="day")
                | Q(precision="month", effective_on__day=1)
                | Q(precision="quarter", effective_on__day=1, effective_on__month__in=[1, 4, 7, 10])
                | Q(precision="year", effective_on__day=1, effective_on__month=1),
                name="answer_date_starts_its_period",
                violation_error_message=_("A month, quarter or year is stored as its first day."),
            ),
            models.CheckConstraint(
                condition=~Q(said_en="") & ~Q(source_title="") & ~Q(source_url=""),
                name="answer_has_words_and_source",
                violation_error_message=_("An answer needs what was said and where it can be read."),
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(reason_en=""),
                name="corrected_answer_has_a_reason",
                violation_error_message=_("Explain why the earlier entry is being corrected."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="retracted") | Q(corrects__isnull=False),
                name="only_a_correction_retracts",
                violation_error_message=_("Only a correction can say that an earlier entry was recorded by mistake."),
            ),
        ]

    def __str__(self):
        return f"{self.addressee}: {self.get_kind_display()} ({self.effective_date})"

    def get_absolute_url(self):
        return f"{self.addressee.recommendation.get_absolute_url()}#answer-{self.pk}"

    @property
    def effective_date(self) -> str:
        """The date of the answer in words, no finer than it is known."""
        return write_date(self.effective_on, self.precision)

    @property
    def in_words(self) -> str:
        """Who answered what and when, in one line: "ANAM: Accepted (10 March 2026)"."""
        return f"{self.addressee.organization.short_name}: {self.get_kind_display()} ({self.effective_date})"

    @property
    def is_corrected(self) -> bool:
        """Whether a later row corrects this one; without a query where the correction was fetched."""
        return hasattr(self, "correction")

    def clean(self):
        """Normalise the date, and check what people can mend. Raises ValidationError."""
        if self.effective_on and self.precision in Precision.values and self.addressee_id:
            clean_effective_date(self, self.addressee.recommendation.document)
        if self.corrects and (self.corrects.addressee_id, self.corrects.visibility) != (
            self.addressee_id,
            self.visibility,
        ):
            raise ValidationError(
                {"corrects": _("A correction must be for the same addressee and visible to the same readers.")}
            )
