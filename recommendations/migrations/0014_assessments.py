"""Why a recommendation stands where it does; kinds and quotations of evidence; how well a status is supported."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.database.objects import read_sql


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0013_versions"),
        ("working_groups", "0005_membership_source"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "because_en",
                    models.TextField(
                        help_text="One sentence: the fact that decides the current status, with its date.",
                        verbose_name="because, in English",
                    ),
                ),
                ("because_es", models.TextField(verbose_name="because, in Spanish")),
                (
                    "remains_en",
                    models.TextField(
                        help_text="What is missing for the success test to be met.",
                        verbose_name="what remains, in English",
                    ),
                ),
                ("remains_es", models.TextField(verbose_name="what remains, in Spanish")),
                (
                    "moves_up_en",
                    models.TextField(
                        help_text="The next events, which can be observed, and would raise it.",
                        verbose_name="what would move it up, in English",
                    ),
                ),
                ("moves_up_es", models.TextField(verbose_name="what would move it up, in Spanish")),
                (
                    "moves_down_en",
                    models.TextField(
                        help_text="The next events, which can be observed, and would lower or close it.",
                        verbose_name="what would move it down, in English",
                    ),
                ),
                ("moves_down_es", models.TextField(verbose_name="what would move it down, in Spanish")),
                (
                    "testability",
                    models.CharField(
                        choices=[
                            ("measurable", "Measurable"),
                            ("partly", "Partly measurable"),
                            ("not", "Not measurable"),
                        ],
                        help_text="Of the success test, as it is written.",
                        max_length=20,
                        verbose_name="testability",
                    ),
                ),
                ("testability_reason_en", models.TextField(verbose_name="why, in English")),
                ("testability_reason_es", models.TextField(verbose_name="why, in Spanish")),
                ("reviewed_on", models.DateField(blank=True, editable=False, null=True, verbose_name="reviewed")),
            ],
            options={
                "verbose_name": "assessment",
                "verbose_name_plural": "assessments",
                "ordering": ["recommendation__code"],
            },
        ),
        migrations.RemoveIndex(
            model_name="recommendation",
            name="recommendation_counted",
        ),
        migrations.AddField(
            model_name="evidence",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("law", "Law or gazette"),
                    ("official", "Official statement"),
                    ("data", "Data"),
                    ("press", "Press"),
                    ("correspondence", "Own page or correspondence"),
                ],
                db_default="",
                default="",
                help_text="Press: also trade press, notes of law firms, blogs and columns. The confidence counts with it.",
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="quotation",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The words that matter, as they stand there, in their own language: fewer than 20.",
                max_length=300,
                verbose_name="quotation",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="quotation_language",
            field=models.CharField(
                blank=True,
                choices=[("en", "English"), ("es", "Spanish")],
                db_default="",
                default="",
                max_length=2,
                verbose_name="language of the quotation",
            ),
        ),
        migrations.AddField(
            model_name="recommendation",
            name="evidence_grade",
            field=models.CharField(
                choices=[("high", "High"), ("medium", "Medium"), ("low", "Low")],
                db_default="low",
                default="low",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="recommendation",
            index=models.Index(
                fields=["topic", "status"],
                include=("id", "priority", "is_open", "last_update_on", "evidence_grade"),
                name="recommendation_counted",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["", "law", "official", "data", "press", "correspondence"])),
                name="evidence_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quotation", ""), ("quotation_language", "")),
                    models.Q(
                        models.Q(("quotation", ""), _negated=True), models.Q(("quotation_language", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="quotation_has_its_language",
                violation_error_message="Give a quotation and its language, or neither.",
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="recommendation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="assessment",
                to="recommendations.recommendation",
                verbose_name="recommendation",
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="reviewed_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reviewed_assessments",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reviewed by",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("testability__in", ["measurable", "partly", "not"])), name="testability_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reviewed_by", None), ("reviewed_on", None)),
                    models.Q(("reviewed_by__isnull", False), ("reviewed_on__isnull", False)),
                    _connector="OR",
                ),
                name="review_has_a_day_and_a_reviewer",
            ),
        ),
        # What the ledger holds by now gets its grade; from here on its triggers keep it.
        migrations.RunSQL(read_sql("recommendations", "ledger_grounds"), migrations.RunSQL.noop),
        migrations.RunSQL(
            "UPDATE recommendations_recommendation r SET evidence_grade = (ledger_grounds(r.id)).grade",
            migrations.RunSQL.noop,
        ),
    ]
