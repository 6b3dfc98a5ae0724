import datetime

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import reviews.models


class Migration(migrations.Migration):
    """The tables as the first release had them; triggers and functions are installed after each `migrate`."""

    initial = True
    replaces = [
        ("reviews", "0001_initial"),
        ("reviews", "0002_bounded_dates_and_series_count"),
    ]
    dependencies = [
        ("recommendations", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("name_en", models.CharField(max_length=150, verbose_name="name in English")),
                ("name_es", models.CharField(max_length=150, verbose_name="name in Spanish")),
                ("short_name_en", models.CharField(max_length=40, verbose_name="short name in English")),
                ("short_name_es", models.CharField(max_length=40, verbose_name="short name in Spanish")),
                ("description_en", models.TextField(blank=True, verbose_name="description in English")),
                ("description_es", models.TextField(blank=True, verbose_name="description in Spanish")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "lead_days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            validators=[django.core.validators.MaxValueValidator(365)]
                        ),
                        default=reviews.models.lead_days_default,
                        help_text="Calendar days before a milestone on which a digest is sent, for example 30, 7, 1.",
                        size=None,
                        verbose_name="digests, days before",
                    ),
                ),
                (
                    "send_hour",
                    models.PositiveSmallIntegerField(
                        default=9,
                        help_text="Local hour at the location of the milestone.",
                        validators=[django.core.validators.MaxValueValidator(23)],
                        verbose_name="hour of sending",
                    ),
                ),
                (
                    "needs_approval",
                    models.BooleanField(
                        default=False,
                        help_text="Checked: a digest is held when it is frozen, until staff reviews and approves it.",
                        verbose_name="digests need approval",
                    ),
                ),
                (
                    "sends_when_unchanged",
                    models.BooleanField(
                        default=True,
                        help_text="Checked: a digest with no news says so in two lines. Unchecked: it is not sent.",
                        verbose_name="send even if nothing changed",
                    ),
                ),
            ],
            options={
                "verbose_name": "series",
                "verbose_name_plural": "series",
                "ordering": ["position", "slug"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("send_hour__lt", 24)), name="send_hour_is_an_hour")
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("meeting", "Meeting"),
                            ("deadline", "Deadline"),
                            ("consultation", "Consultation"),
                            ("hearing", "Hearing"),
                            ("report", "Report"),
                        ],
                        default="meeting",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("name_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("name_es", models.CharField(max_length=200, verbose_name="name in Spanish")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="first day")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        help_text="For a single day, the same as the first; leave blank to have it filled in.",
                        null=True,
                        verbose_name="last day",
                    ),
                ),
                (
                    "precision",
                    models.CharField(
                        choices=[
                            ("day", "Day"),
                            ("month", "Month"),
                            ("quarter", "Quarter"),
                            ("year", "Year"),
                            ("unknown", "Date unknown"),
                        ],
                        default="day",
                        max_length=10,
                        verbose_name="date precision",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("tentative", "Tentative"),
                            ("scheduled", "Scheduled"),
                            ("postponed", "Postponed"),
                            ("held", "Held"),
                            ("cancelled", "Canceled"),
                        ],
                        default="tentative",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "date_reason_en",
                    models.CharField(
                        blank=True,
                        help_text="Shown in the date’s history.",
                        max_length=300,
                        verbose_name="why the date changed, in English",
                    ),
                ),
                (
                    "date_reason_es",
                    models.CharField(blank=True, max_length=300, verbose_name="why the date changed, in Spanish"),
                ),
                ("place_en", models.CharField(blank=True, max_length=150, verbose_name="place in English")),
                ("place_es", models.CharField(blank=True, max_length=150, verbose_name="place in Spanish")),
                (
                    "time_zone",
                    models.CharField(
                        default="America/Mexico_City",
                        help_text="Of the location, for example America/New_York.",
                        max_length=60,
                        verbose_name="time zone",
                    ),
                ),
                ("note_en", models.TextField(blank=True, verbose_name="note in English")),
                ("note_es", models.TextField(blank=True, verbose_name="note in Spanish")),
                ("source_url", models.URLField(blank=True, max_length=500, verbose_name="link to the source")),
                (
                    "checked_on",
                    models.DateField(
                        blank=True,
                        help_text="The last day on which this information was found to be correct.",
                        null=True,
                        verbose_name="date checked",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "documents",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Those prepared for this milestone.",
                        related_name="milestones",
                        to="recommendations.document",
                        verbose_name="documents",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="milestones",
                        to="reviews.series",
                        verbose_name="series",
                    ),
                ),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
                "ordering": [models.OrderBy(models.F("starts_on"), nulls_last=True), "pk"],
            },
        ),
        migrations.CreateModel(
            name="MilestoneDate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.IntegerField()),
                ("starts_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                (
                    "precision",
                    models.CharField(
                        choices=[
                            ("day", "Day"),
                            ("month", "Month"),
                            ("quarter", "Quarter"),
                            ("year", "Year"),
                            ("unknown", "Date unknown"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("tentative", "Tentative"),
                            ("scheduled", "Scheduled"),
                            ("postponed", "Postponed"),
                            ("held", "Held"),
                            ("cancelled", "Canceled"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason_en", models.CharField(blank=True, max_length=300)),
                ("reason_es", models.CharField(blank=True, max_length=300)),
                ("set_on", models.DateField(null=True)),
                (
                    "milestone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="dates", to="reviews.milestone"
                    ),
                ),
            ],
            options={
                "verbose_name": "date of a milestone",
                "verbose_name_plural": "dates of milestones",
                "ordering": ["milestone", "revision"],
                "constraints": [
                    models.UniqueConstraint(fields=("milestone", "revision"), name="one_date_per_revision")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["tentative", "scheduled", "postponed", "held", "cancelled"])),
                name="milestone_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["meeting", "deadline", "consultation", "hearing", "report"])),
                name="milestone_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends_on", None), ("precision", "unknown"), ("starts_on", None)),
                    models.Q(
                        ("precision__in", ["day", "month", "quarter", "year"]),
                        ("ends_on__gte", models.F("starts_on")),
                        ("ends_on__isnull", False),
                        ("starts_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="milestone_has_a_window_or_is_unknown",
                violation_error_message="Enter the first and the last day, in that order; or leave both blank and choose “Date unknown”.",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__range", (datetime.date(2000, 1, 1), datetime.date(2199, 12, 31))),
                    ("starts_on__range", (datetime.date(2000, 1, 1), datetime.date(2199, 12, 31))),
                ),
                name="milestone_is_of_these_times",
                violation_error_message="Enter dates between January 1, 2000, and December 31, 2199.",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "scheduled"), _negated=True), ("precision", "day"), _connector="OR"
                ),
                name="scheduled_milestone_has_its_day",
                violation_error_message="A scheduled milestone needs a day; if only a window is known, it is tentative.",
            ),
        ),
    ]
