"""When: the series of meetings, their milestones, and the history of each milestone's dates."""

from datetime import date
from zoneinfo import available_timezones

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.database.web_addresses import is_web_address
from core.history.versions import versions_of
from core.text.bilingual import Bilingual
from core.text.dates import Precision, first_day, last_day, write_span
from recommendations.models import Document

UNKNOWN = "unknown"
MilestonePrecision = models.TextChoices(
    "MilestonePrecision",
    [(precision.name, (precision.value, precision.label)) for precision in Precision]
    + [("UNKNOWN", (UNKNOWN, _("Date unknown")))],
)


class MilestoneKind(models.TextChoices):
    MEETING = "meeting", _("Meeting")
    DEADLINE = "deadline", _("Deadline")
    CONSULTATION = "consultation", _("Consultation")
    HEARING = "hearing", _("Hearing")
    REPORT = "report", _("Report")
    DECISION = "decision", _("Decision")


class MilestoneState(models.TextChoices):
    UNANNOUNCED = "unannounced", _("Not announced")
    TENTATIVE = "tentative", _("Tentative")
    SCHEDULED = "scheduled", _("Scheduled")
    POSTPONED = "postponed", _("Postponed")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Canceled")


TIMES = (date(2000, 1, 1), date(2199, 12, 31))  # a slip beyond these is not to be reckoned with
EXPECTED = [MilestoneState.TENTATIVE, MilestoneState.SCHEDULED]
UNRECORDED = "unrecorded"  # shown in place of these once the date has passed


def lead_days_default() -> list[int]:
    return [30, 7, 1]


class Series(models.Model):
    """A line of meetings: HLED, NALS, the USMCA joint review."""

    slug = models.SlugField(unique=True)
    name_en = models.CharField(_("name in English"), max_length=150)
    name_es = models.CharField(_("name in Spanish"), max_length=150)
    name = Bilingual()
    short_name_en = models.CharField(_("short name in English"), max_length=40)
    short_name_es = models.CharField(_("short name in Spanish"), max_length=40)
    short_name = Bilingual()
    description_en = models.TextField(_("description in English"), blank=True)
    description_es = models.TextField(_("description in Spanish"), blank=True)
    description = Bilingual()
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    lead_days = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(365)]),
        default=lead_days_default,
        verbose_name=_("digests, days before"),
        help_text=_("Calendar days before a milestone on which a digest is sent, for example 30, 7, 1."),
    )
    send_hour = models.PositiveSmallIntegerField(
        _("hour of sending"),
        default=9,
        validators=[MaxValueValidator(23)],
        help_text=_("Local hour at the location of the milestone."),
    )

    needs_approval = models.BooleanField(
        _("digests need approval"),
        default=False,
        help_text=_("Checked: a digest is held when it is frozen, until staff reviews and approves it."),
    )
    sends_when_unchanged = models.BooleanField(
        _("send even if nothing changed"),
        default=True,
        help_text=_("Checked: a digest with no news says so in two lines. Unchecked: it is not sent."),
    )

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = _("series")
        verbose_name_plural = _("series")
        triggers = [CONTENT_CHANGED]
        constraints = [
            models.CheckConstraint(condition=Q(send_hour__lt=24), name="send_hour_is_an_hour"),
        ]

    def __str__(self):
        return self.short_name


class MilestoneQuerySet(models.QuerySet):
    def coming(self, on: date):
        """Those that may still come: dated on or after `on`, or without a date and not held or canceled."""
        return self.exclude(state__in=[MilestoneState.HELD, MilestoneState.CANCELLED]).filter(
            Q(ends_on__gte=on) | Q(ends_on=None)
        )

    def past(self, on: date):
        """Those that are over, or whose date has gone by."""
        return self.filter(Q(state__in=[MilestoneState.HELD, MilestoneState.CANCELLED]) | Q(ends_on__lt=on))

    def behind(self, on: date):
        """Those that came before `on`, as far as is known: dated, and neither canceled nor put off."""
        return self.filter(ends_on__lt=on).exclude(state__in=[MilestoneState.CANCELLED, MilestoneState.POSTPONED])

    def awaiting_outcome(self, on: date):
        """Those whose date has gone by and of which nobody has recorded what came of them."""
        return self.filter(state__in=EXPECTED, ends_on__lt=on)

    def last_held(self, before: date) -> "Milestone | None":
        """The last of them that was held and over before the day `before`."""
        return self.filter(state=MilestoneState.HELD, ends_on__lt=before).latest_first().first()

    def soonest_first(self):
        return self.order_by(F("starts_on").asc(nulls_last=True), "pk")

    def latest_first(self):
        return self.order_by(F("starts_on").desc(nulls_last=True), "-pk")

    def for_calendar(self):
        """With all that an event of a calendar shows."""
        return self.select_related("series").prefetch_related("dates", "versions", "series__versions")


class Milestone(models.Model):
    """One meeting or deadline of a series, with a date or a window, and the history of both."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="milestones", verbose_name=_("series"))
    slug = models.SlugField(unique=True, max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=MilestoneKind, default=MilestoneKind.MEETING)
    name_en = models.CharField(_("name in English"), max_length=200)
    name_es = models.CharField(_("name in Spanish"), max_length=200)
    name = Bilingual()
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(
        _("last day"),
        null=True,
        blank=True,
        help_text=_("For a single day, the same as the first; leave blank to have it filled in."),
    )
    precision = models.CharField(
        _("date precision"), max_length=10, choices=MilestonePrecision, default=MilestonePrecision.DAY
    )
    state = models.CharField(_("state"), max_length=20, choices=MilestoneState, default=MilestoneState.TENTATIVE)
    date_reason_en = models.CharField(
        _("why the date changed, in English"), max_length=300, blank=True, help_text=_("Shown in the date’s history.")
    )
    date_reason_es = models.CharField(_("why the date changed, in Spanish"), max_length=300, blank=True)
    place_en = models.CharField(_("place in English"), max_length=150, blank=True)
    place_es = models.CharField(_("place in Spanish"), max_length=150, blank=True)
    place = Bilingual()
    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        default="America/Mexico_City",
        help_text=_("Of the location, for example America/New_York."),
    )
    note_en = models.TextField(_("note in English"), blank=True)
    note_es = models.TextField(_("note in Spanish"), blank=True)
    note = Bilingual()
    source_url = models.URLField(_("link to the source"), max_length=500, blank=True)
    checked_on = models.DateField(
        _("date checked"),
        null=True,
        blank=True,
        help_text=_("The last day on which this information was found to be correct."),
    )
    documents = models.ManyToManyField(
        Document,
        blank=True,
        related_name="milestones",
        verbose_name=_("documents"),
        help_text=_("Those prepared for this milestone."),
    )
    revision = models.PositiveIntegerField(default=1, editable=False)  # counts the changes of date, state and series

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        ordering = [F("starts_on").asc(nulls_last=True), "pk"]
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MilestoneState.values), name="milestone_state_is_known"),
            models.CheckConstraint(condition=Q(kind__in=MilestoneKind.values), name="milestone_kind_is_known"),
            is_web_address("source_url", name="milestone_source_is_a_web_address"),
            models.CheckConstraint(
                condition=Q(precision=UNKNOWN, starts_on=None, ends_on=None)
                | (
                    Q(precision__in=Precision.values)
                    & Q(starts_on__isnull=False, ends_on__isnull=False, ends_on__gte=F("starts_on"))
                ),
                name="milestone_has_a_window_or_is_unknown",
                violation_error_message=_(
                    "Enter the first and the last day, in that order; or leave both blank and choose “Date unknown”."
                ),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__range=TIMES, ends_on__range=TIMES),
                name="milestone_is_of_these_times",
                violation_error_message=_("Enter dates between January 1, 2000, and December 31, 2199."),
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(precision="day"),
                name="scheduled_milestone_has_its_day",
                violation_error_message=_(
                    "A scheduled milestone needs a day; if only a window is known, it is tentative."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state="unannounced") | Q(precision=UNKNOWN),
                name="unannounced_milestone_has_no_date",
                violation_error_message=_("What has not been announced cannot have a date."),
            ),
        ]
        triggers = [
            CONTENT_CHANGED,
            pgtrigger.Trigger(
                name="revision_counts_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    NEW.revision := OLD.revision;
                    IF (OLD.starts_on, OLD.ends_on, OLD.precision, OLD.state, OLD.series_id)
                        IS DISTINCT FROM (NEW.starts_on, NEW.ends_on, NEW.precision, NEW.state, NEW.series_id)
                    THEN
                        NEW.revision := OLD.revision + 1;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="date_history",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    IF TG_OP = 'INSERT' OR NEW.revision <> OLD.revision THEN
                        INSERT INTO reviews_milestonedate
                            (milestone_id, revision, starts_on, ends_on, precision, state, reason_en, reason_es, set_on)
                        VALUES (NEW.id, NEW.revision, NEW.starts_on, NEW.ends_on, NEW.precision, NEW.state,
                            NEW.date_reason_en, NEW.date_reason_es, (now() AT TIME ZONE '{settings.TIME_ZONE}')::date);
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("milestone", args=[self.slug])

    def clean(self):
        """Fill the window from what is given, and check the time zone. Raises ValidationError."""
        if self.precision == UNKNOWN and (self.starts_on or self.ends_on):
            raise ValidationError(
                {"precision": _("A day is entered: choose how precisely it is known, or leave both days blank.")}
            )
        if self.starts_on and self.precision in Precision.values:
            if self.precision != Precision.DAY:
                self.starts_on = first_day(self.starts_on, self.precision)
                self.ends_on = last_day(self.ends_on or self.starts_on, self.precision)
            self.ends_on = self.ends_on or self.starts_on
        if self.time_zone not in available_timezones():
            raise ValidationError({"time_zone": _("Enter a valid time zone name.")})

    @property
    def when(self) -> str:
        """The date or window in words, no finer than it is known."""
        return write_window(self.starts_on, self.ends_on, self.precision)

    def has_passed(self, on: date) -> bool:
        return self.ends_on is not None and self.ends_on < on

    def is_past(self, on: date) -> bool:
        """Whether it is one of `Milestone.objects.past(on)`."""
        return self.state in (MilestoneState.HELD, MilestoneState.CANCELLED) or self.has_passed(on)

    @property
    def known_on(self) -> date:
        """The latest day on which what stands here was set or found true; 1 January 2000 where none is known."""
        days = [self.checked_on, *(dated.set_on for dated in self.dates.all())]
        if self.state == MilestoneState.HELD:
            days.append(self.ends_on)
        return max((day for day in days if day), default=date(2000, 1, 1))

    @property
    def state_in_words(self) -> str:
        """The state as it is said of this kind of milestone: a deadline passes, a meeting is held."""
        if self.awaits_outcome:
            return gettext("Date passed; outcome not recorded")
        if self.state == MilestoneState.HELD and self.kind == MilestoneKind.DEADLINE:
            return pgettext("deadline", "Passed")
        if self.state == MilestoneState.HELD and self.kind == MilestoneKind.DECISION:
            return pgettext("decision", "Taken")
        return self.get_state_display()

    @property
    def awaits_outcome(self) -> bool:
        """Whether its date has gone by and nobody has recorded what came of it."""
        return self.state in EXPECTED and self.has_passed(timezone.localdate())

    @property
    def shown_state(self) -> str:
        """Return the name of the state in marks.svg and site.css."""
        return UNRECORDED if self.awaits_outcome else self.state


WHEN = ["starts_on", "ends_on", "precision", "state", "checked_on"]


class MilestoneVersion(
    versions_of(
        Milestone, ["name_en", "name_es", "place_en", "place_es", "note_en", "note_es", *WHEN], public_if="true"
    )
):
    named_by = "(SELECT m.slug FROM reviews_milestone m WHERE m.id = v.pgh_obj_id)"
    not_in_past_views = set(WHEN)  # a milestone has a history of its dates


class SeriesVersion(versions_of(Series, ["name_en", "name_es", "short_name_en", "short_name_es"], public_if="true")):
    named_by = "(SELECT s.slug FROM reviews_series s WHERE s.id = v.pgh_obj_id)"


class MilestoneDocument(Milestone.documents.through):
    """That a document was prepared for a milestone; here for its trigger alone."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [CONTENT_CHANGED]


class MilestoneDate(models.Model):
    """What a milestone's date and state were from a day on. Written by the database; never by hand."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="dates")
    revision = models.IntegerField()
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    precision = models.CharField(max_length=10, choices=MilestonePrecision)
    state = models.CharField(max_length=20, choices=MilestoneState)
    reason_en = models.CharField(max_length=300, blank=True)
    reason_es = models.CharField(max_length=300, blank=True)
    reason = Bilingual()
    set_on = models.DateField(null=True)  # null: not known

    class Meta:
        ordering = ["milestone", "revision"]
        verbose_name = _("date of a milestone")
        verbose_name_plural = _("dates of milestones")
        triggers = [CONTENT_CHANGED]
        constraints = [
            models.UniqueConstraint(fields=["milestone", "revision"], name="one_date_per_revision"),
        ]

    def __str__(self):
        return self.when

    @property
    def when(self) -> str:
        return write_window(self.starts_on, self.ends_on, self.precision)


def write_window(starts_on: date | None, ends_on: date | None, precision: str) -> str:
    """A milestone's date or window in words, in the current language."""
    if starts_on is None:
        return gettext("date not known")
    return write_span(starts_on, ends_on, precision)
