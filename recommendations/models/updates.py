"""The ledger: what happened to each recommendation, append-only, with evidence.

The database holds the rules, also by triggers (ledger_triggers.py), so that they hold for SQL too.
`Recommendation.record_update()` is the one door.
"""

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, Func, GeneratedField, OuterRef, Q, When
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.text.bilingual import Bilingual
from core.text.dates import Precision, last_day, write_date
from core.visibility import Visibility
from recommendations.ledger.publication import clean_effective_date
from recommendations.ledger.triggers import (
    CHECK_AGAINST_THE_REST,
    EVIDENCE_IS_GIVEN,
    KEEP_STATUS_CURRENT,
    NEVER_CHANGED,
    NEVER_EMPTIED,
    SUCCESSION_HOLDS,
)

from .record_changes import ROW_CHANGES_RECORD
from .status import CLOSED, NEEDS_EVIDENCE, PROGRESS, Status


class Basis(models.TextChoices):
    PUBLIC_SOURCE = "public_source", _("Public source, not yet verified by staff")
    REPORTED = "reported", _("Reported by the addressee")
    VERIFIED = "verified", _("Verified by staff")


SAME_IN_A_CONFIRMATION = ["status", "effective_on", "precision", "dated_by_report", "visibility"]


class UpdateQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The rows that `user`, signed in or not, may read."""
        return self.filter(visibility__in=Visibility.for_user(user))

    def in_force(self):
        """The rows that decide the status: public, and not corrected by a later row."""
        return self.uncorrected().filter(visibility=Visibility.PUBLIC)

    def uncorrected_by(self, day):
        """Return the rows that had been recorded by `day` and that no other row corrected by then."""
        corrections = self.model.objects.recorded_by(day).filter(corrects=OuterRef("pk"))
        return self.recorded_by(day).filter(~Exists(corrections))

    def uncorrected(self):
        """The rows that no later row corrects."""
        # By the column that is joined on, which tells PostgreSQL that most rows are left.
        return self.filter(correction__corrects__isnull=True)

    def news(self):
        """Return the rows that tell something new and still hold, each fact once.

        A row that a later one corrects tells no more. Where staff only confirm a row, which is the same fact again, the
        row that they confirm stays the news, and theirs is none.
        """
        return self.alias(
            only_confirms=Case(When(_confirms("", "corrects__"), then=True), default=False),
            is_confirmed=Case(
                When(_confirms("correction__", "") & Q(correction__correction__corrects__isnull=True), then=True),
                default=False,
            ),
        ).filter(Q(correction__corrects__isnull=True) | Q(is_confirmed=True), only_confirms=False)

    def to_verify(self):
        """The rows in force that rest on a public source and that staff have not verified yet."""
        return self.in_force().filter(basis=Basis.PUBLIC_SOURCE)

    def as_of(self, day):
        """The rows whose date had surely come by `day`."""
        return self.filter(counts_from__lte=day)

    def recorded_since(self, day):
        """Return the rows that were recorded on `day` or later, by the site's clock."""
        return self.filter(recorded_at__date__gte=day)

    def recorded_by(self, day):
        """Return the rows that were recorded on `day` or before, by the site's clock."""
        return self.filter(recorded_at__date__lte=day)

    def newest_first(self):
        # pk breaks ties: two updates may share a day, and the later record decides.
        return self.order_by("-counts_from", "-pk")

    def for_timeline(self):
        """With all that a row of the timeline shows, but for the successors, which not every reader may see."""
        return (
            self.newest_first()
            .select_related("recorded_by", "corrects", "correction")
            .prefetch_related("evidence", "successions", "corrects__successions", "correction__successions")
        )


def _confirms(row: str, earlier: str) -> Q:
    """The condition that the row at the path `row` confirms the one at `earlier`: `Update.is_confirmation` in SQL."""
    same = Q(**{f"{row}{name}": F(f"{earlier}{name}") for name in SAME_IN_A_CONFIRMATION})
    same &= ~Q(**{f"{row}status": Status.SUPERSEDED}) | Q(Exact(_Successors(f"{row}pk"), _Successors(f"{earlier}pk")))
    for name in ("what_en", "what_es"):
        same &= Q(Exact(_Words(f"{row}{name}"), _Words(f"{earlier}{name}")))
    return same & Q(**{f"{row}basis": Basis.VERIFIED}) & ~Q(**{f"{earlier}basis": Basis.VERIFIED})


class _Successors(Func):
    """The successors that the update with this key names, in order."""

    template = (
        "ARRAY(SELECT s.successor_id FROM recommendations_succession s"
        " WHERE s.update_id = %(expressions)s ORDER BY s.successor_id)"
    )
    output_field = ArrayField(models.BigIntegerField())


class _Words(Func):
    """A text with one space between its words: forms write line ends in their own way."""

    template = r"btrim(regexp_replace(%(expressions)s, '\s+', ' ', 'g'))"
    output_field = models.TextField()


def _backward() -> Q:
    """The rows that reopen what was closed, or undo progress."""
    condition = Q(previous_status__in=CLOSED) & ~Q(status=F("previous_status"))
    for index, before in enumerate(PROGRESS):
        condition |= Q(previous_status=before, status__in=PROGRESS[:index])
    return condition


class Update(models.Model):
    """One row of the ledger: what happened, when, what status it led to, and how we know."""

    recommendation = models.ForeignKey(
        "Recommendation", models.PROTECT, related_name="updates", verbose_name=_("recommendation")
    )
    status = models.CharField(
        _("new status"),
        max_length=30,
        choices=Status,
        help_text=_("Leave it unchanged if the status stays the same."),
    )
    previous_status = models.CharField(_("previous status"), max_length=30, choices=Status, editable=False)
    effective_on = models.DateField(
        _("effective date"),
        help_text=_("When it happened. If only the month, quarter or year is known, enter any day in it."),
    )
    precision = models.CharField(_("date precision"), max_length=10, choices=Precision, default=Precision.DAY)
    dated_by_report = models.BooleanField(
        _("the date is that of the report"),
        default=False,
        db_default=False,
        help_text=_("Checked: when it happened is not known; the date is that of the source and is shown as such."),
    )
    # A past view counts an update from the last day of the month, quarter or year it is known to, or from the day
    # it was recorded if that came first: only then had it surely happened.
    counts_from = GeneratedField(
        expression=Func("effective_on", "precision", "recorded_at", function="ledger_counts_from"),
        output_field=models.DateField(),
        db_persist=True,
    )
    what_en = models.TextField(_("what happened, in English"))
    what_es = models.TextField(_("what happened, in Spanish"), blank=True)
    what = Bilingual()
    reason_en = models.TextField(
        _("reason, in English"),
        blank=True,
        help_text=_(
            "Required when the status moves backward, when a closed recommendation is reopened, and for a correction."
        ),
    )
    reason_es = models.TextField(_("reason, in Spanish"), blank=True)
    reason = Bilingual()
    basis = models.CharField(_("basis"), max_length=20, choices=Basis, default=Basis.VERIFIED)
    visibility = models.CharField(_("visible to"), max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="correction",
        verbose_name=_("corrects"),
        help_text=_("The earlier entry that this one replaces. Both remain visible."),
        error_messages={"unique": _("That entry has already been replaced by another.")},
    )
    successors = models.ManyToManyField(
        "Recommendation",
        through="Succession",
        related_name="supersedes",
        blank=True,
        verbose_name=_("superseded by"),
        help_text=_("The recommendation or recommendations that replace it."),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recorded_updates",
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_in = models.BigIntegerField(null=True, editable=False)  # the transaction, by PostgreSQL's own number
    # Of the form that it was recorded by: sent twice, the same form records one row.
    submission = models.UUIDField(unique=True, null=True, editable=False)
    import_key = models.CharField(max_length=150, unique=True, null=True, editable=False)

    objects = UpdateQuerySet.as_manager()

    # Until it is stored, what `successors` will be; see `Recommendation.record_update()`.
    named_successors = ()

    class Meta:
        ordering = ["-counts_from", "-pk"]
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        indexes = [
            # the record and as_of() ask: which row was in force on a day?
            models.Index(
                fields=["recommendation", "-counts_from", "-id"],
                include=["status", "visibility"],
                name="update_in_force",
            ),
            # the changes page asks: what happened between two days?
            models.Index(fields=["counts_from"], name="update_by_day"),
            # the feed asks: what was recorded last?
            models.Index(fields=["-recorded_at", "-id"], name="update_by_record"),
        ]
        triggers = [
            CHECK_AGAINST_THE_REST,
            CONTENT_CHANGED,
            ROW_CHANGES_RECORD,
            EVIDENCE_IS_GIVEN,
            KEEP_STATUS_CURRENT,
            NEVER_CHANGED,
            NEVER_EMPTIED,
            SUCCESSION_HOLDS,
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="update_status_is_known"),
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="update_basis_is_known"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="update_visibility_is_known"),
            models.CheckConstraint(
                condition=Q(precision="day")
                | Q(precision="month", effective_on__day=1)
                | Q(precision="quarter", effective_on__day=1, effective_on__month__in=[1, 4, 7, 10])
                | Q(precision="year", effective_on__day=1, effective_on__month=1),
                name="update_date_starts_its_period",
                violation_error_message=_("A month, quarter or year is stored as its first day."),
            ),
            models.CheckConstraint(
                condition=~_backward() | ~Q(reason_en=""),
                name="going_back_needs_a_reason",
                violation_error_message=_("Explain why the status moves backward or the recommendation is reopened."),
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(reason_en=""),
                name="correction_needs_a_reason",
                violation_error_message=_("Explain why the earlier entry is being corrected."),
            ),
            models.CheckConstraint(
                condition=Q(visibility="public") | Q(status=F("previous_status")),
                name="only_public_updates_change_status",
                violation_error_message=_("Only a public update can change the status, because the status is public."),
            ),
            models.CheckConstraint(condition=~Q(what_en=""), name="update_says_what_happened"),
            models.CheckConstraint(
                condition=Q(dated_by_report=False) | Q(precision="day"),
                name="report_has_its_day",
                violation_error_message=_("The date of a report must be a day."),
            ),
        ]

    def __str__(self):
        return f"{self.recommendation.code}: {self.get_status_display()} ({self.effective_date})"

    def get_absolute_url(self):
        return f"{self.recommendation.get_absolute_url()}#update-{self.pk}"

    @property
    def effective_date(self) -> str:
        """The effective date in words, no finer than it is known; that of a report is said to be one."""
        return write_effective_date(self.effective_on, self.precision, self.dated_by_report)

    @property
    def changes_status(self) -> bool:
        return self.status != self.previous_status

    @property
    def is_corrected(self) -> bool:
        """Whether a later row corrects this one; without a query where `for_timeline()` has fetched it."""
        return hasattr(self, "correction")

    @property
    def is_confirmation(self) -> bool:
        """Whether it says the same as the row that it replaces, which nobody had verified, and only that it is so."""
        return (
            self.corrects is not None
            and self.basis == Basis.VERIFIED != self.corrects.basis
            and self._what_it_says() == self.corrects._what_it_says()
        )

    def _what_it_says(self) -> list:
        """All of it but how it is known. Forms write line ends in their own way, so only words count."""
        words = [self.what_en.split(), self.what_es.split()]
        successors = self._successor_keys() if self.status == Status.SUPERSEDED else set()
        return [*(getattr(self, name) for name in SAME_IN_A_CONFIRMATION), successors, words]

    def _successor_keys(self) -> set[int]:
        if self.pk is None:
            return {successor.pk for successor in self.named_successors}
        return {link.successor_id for link in self.successions.all()}

    @property
    def needs_evidence(self) -> bool:
        """Also where the status stays: the row decides it should the earlier one be corrected."""
        return self.visibility == Visibility.PUBLIC and self.status in NEEDS_EVIDENCE

    def clean(self):
        """Normalize the date, work out the status before, and check what people can mend. Raises ValidationError."""
        if self.effective_on and self.precision in Precision.values and self.recommendation_id:
            clean_effective_date(self, self.recommendation.document)
            self.previous_status = self._status_before()
        if self.corrects and (self.corrects.recommendation_id, self.corrects.visibility) != (
            self.recommendation_id,
            self.visibility,
        ):
            raise ValidationError(
                {
                    "corrects": _(
                        "A correction must be for the same recommendation, and visible to the same readers, as the entry it corrects."
                    )
                }
            )
        if self.is_confirmation:
            self._require_the_same_past_views()

    def require(self, evidence):
        """Raise ValidationError where the status needs evidence, or successors, and none is given; or others than it."""
        if self.recommendation in self.named_successors:
            raise ValidationError({"successors": _("A recommendation cannot supersede itself.")})
        if bool(self.named_successors) != (self.status == Status.SUPERSEDED):
            raise ValidationError(
                {
                    "successors": _(
                        "Name the recommendations that replace it if the status is “superseded”, and only then."
                    )
                }
            )
        if self.needs_evidence and not evidence:
            raise ValidationError(
                _("The status “%(status)s” needs evidence: add at least one source.")
                % {"status": self.get_status_display()}
            )

    def _require_the_same_past_views(self):
        day = self._counts_from_today()
        if day != self.corrects.counts_from:
            raise ValidationError(
                {
                    "effective_on": _(
                        "The earlier entry counts from %(before)s, when it was recorded; this one would count from %(after)s and change what past views show. Enter the day it happened."
                    )
                    % {"before": write_date(self.corrects.counts_from), "after": write_date(day)}
                }
            )
        later = self.recommendation.updates.in_force().filter(counts_from=day, pk__gt=self.corrects.pk)
        if later.exclude(status=self.status).exists():
            raise ValidationError(
                _(
                    "A later entry for the same day set a different status, which this one would undo. Correct that entry first."
                )
            )

    def _counts_from_today(self) -> date:
        """What `counts_from` is when it is recorded today."""
        return min(last_day(self.effective_on, self.precision), timezone.localdate())

    def _status_before(self) -> str:
        day = self._counts_from_today()
        earlier = Update.objects.filter(recommendation=self.recommendation).in_force().as_of(day).newest_first()
        if self.corrects:
            # The corrected row is out of force once this one is stored.
            earlier = earlier.exclude(pk=self.corrects.pk)
        return earlier.values_list("status", flat=True).first() or Status.ISSUED


def write_effective_date(day: date, precision: str, dated_by_report: bool = False) -> str:
    """Return the date of an update in words; one that is only that of its report says so."""
    words = write_date(day, precision)
    return gettext("reported %(day)s") % {"day": words} if dated_by_report else words
