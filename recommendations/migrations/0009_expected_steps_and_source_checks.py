"""What is expected next, and what was looked for and not found."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0008_topic_summaries_and_mentions"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExpectedStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60)),
                ("what_en", models.TextField(verbose_name="what is expected, in English")),
                ("what_es", models.TextField(verbose_name="what is expected, in Spanish")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="first day")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="last day")),
                (
                    "precision",
                    models.CharField(
                        choices=[("day", "Day"), ("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
                        default="day",
                        max_length=10,
                        verbose_name="date precision",
                    ),
                ),
                ("source_url", models.URLField(max_length=500, verbose_name="link to the source")),
                (
                    "checked_on",
                    models.DateField(
                        blank=True,
                        help_text="The day of the most recent page that still says so.",
                        null=True,
                        verbose_name="date checked",
                    ),
                ),
            ],
            options={
                "verbose_name": "expected step",
                "verbose_name_plural": "expected steps",
                "ordering": [models.OrderBy(models.F("starts_on"), nulls_last=True), "pk"],
            },
        ),
        migrations.CreateModel(
            name="SourceCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("checked_on", models.DateField(verbose_name="date checked")),
                ("note_en", models.TextField(verbose_name="what was looked for and not found, in English")),
                ("note_es", models.TextField(verbose_name="what was looked for and not found, in Spanish")),
            ],
            options={
                "verbose_name": "source check",
                "verbose_name_plural": "source checks",
                "ordering": ["-checked_on", "pk"],
            },
        ),
        migrations.AddField(
            model_name="expectedstep",
            name="recommendation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="expected_steps",
                to="recommendations.recommendation",
                verbose_name="recommendation",
            ),
        ),
        migrations.AddField(
            model_name="sourcecheck",
            name="recommendation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="source_checks",
                to="recommendations.recommendation",
                verbose_name="recommendation",
            ),
        ),
        migrations.AddConstraint(
            model_name="expectedstep",
            constraint=models.UniqueConstraint(fields=("recommendation", "slug"), name="one_expected_step_per_slug"),
        ),
        migrations.AddConstraint(
            model_name="expectedstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends_on", None), ("starts_on", None)),
                    models.Q(
                        ("ends_on__gte", models.F("starts_on")),
                        ("ends_on__isnull", False),
                        ("starts_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="expected_step_has_a_window_or_no_date",
                violation_error_message="Enter the first and the last day, in that order, or neither.",
            ),
        ),
        migrations.AddConstraint(
            model_name="expectedstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("precision__in", ["day", "month", "quarter", "year"])),
                name="expected_step_precision_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcecheck",
            constraint=models.UniqueConstraint(
                fields=("recommendation", "checked_on"), name="one_source_check_per_day"
            ),
        ),
    ]
