import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import recommendations.codes
from core.database.objects import read_sql

# What the first release did not ask for.
SAID_EN = "What was said was not written down when the answer was recorded; see the source."
SAID_ES = "Lo que se dijo no se anotó al registrar la respuesta; véase la fuente."


def move_answers(apps, schema_editor):
    """Make a row of what stood beside each addressee."""
    answer, addressee = (apps.get_model("recommendations", name) for name in ("Answer", "Addressee"))
    answer.objects.bulk_create(
        answer(
            addressee=answered,
            kind=answered.response,
            effective_on=answered.responded_on,
            said_en=SAID_EN,
            said_es=SAID_ES,
            source_title=answered.response_title or answered.response_url,
            source_url=answered.response_url,
        )
        for answered in addressee.objects.exclude(response="awaiting").order_by("responded_on", "pk")
    )


def move_successors(apps, schema_editor):
    """Make a row of the one successor that an update had."""
    succession, update = (apps.get_model("recommendations", name) for name in ("Succession", "Update"))
    superseded = update.objects.exclude(successor=None).order_by("pk")
    succession.objects.bulk_create(
        succession(update_id=pk, successor_id=successor)
        for pk, successor in superseded.values_list("pk", "successor_id")
    )


class Migration(migrations.Migration):
    """Answers and successors become rows of their own; codes take what documents print, and sort as people count."""

    dependencies = [
        ("recommendations", "0011_web_addresses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "addressee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="recommendations.addressee",
                        verbose_name="who answered",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("partially_accepted", "Partially accepted"),
                            ("noted", "Noted"),
                            ("not_accepted", "Not accepted"),
                            ("retracted", "Recorded by mistake: there was no answer"),
                        ],
                        max_length=20,
                        verbose_name="answer",
                    ),
                ),
                (
                    "effective_on",
                    models.DateField(
                        help_text="When it answered. If only the month, quarter or year is known, enter any day in it.",
                        verbose_name="date of the answer",
                    ),
                ),
                (
                    "precision",
                    models.CharField(
                        choices=[("day", "Day"), ("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
                        default="day",
                        max_length=10,
                        verbose_name="date precision",
                    ),
                ),
                (
                    "counts_from",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            "effective_on", "precision", "recorded_at", function="ledger_counts_from"
                        ),
                        output_field=models.DateField(),
                    ),
                ),
                ("said_en", models.TextField(verbose_name="what was said, in English")),
                ("said_es", models.TextField(blank=True, verbose_name="what was said, in Spanish")),
                ("source_title", models.CharField(max_length=300, verbose_name="title of the source")),
                ("source_publisher", models.CharField(max_length=200, verbose_name="publisher of the source")),
                ("source_url", models.URLField(max_length=500, verbose_name="link to the source")),
                ("source_published_on", models.DateField(blank=True, null=True, verbose_name="source published")),
                (
                    "reason_en",
                    models.TextField(
                        blank=True, help_text="Required for a correction.", verbose_name="reason, in English"
                    ),
                ),
                ("reason_es", models.TextField(blank=True, verbose_name="reason, in Spanish")),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "Public"), ("members", "Members"), ("staff", "Staff")],
                        default="public",
                        max_length=10,
                        verbose_name="visible to",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        error_messages={"unique": "That entry has already been replaced by another."},
                        help_text="The earlier entry that this one replaces. Both remain visible. A new answer corrects nothing.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="recommendations.answer",
                        verbose_name="corrects",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recorded_answers",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="recorded"),
                ),
                ("submission", models.UUIDField(editable=False, null=True, unique=True)),
                ("import_key", models.CharField(editable=False, max_length=200, null=True, unique=True)),
            ],
            options={
                "verbose_name": "answer",
                "verbose_name_plural": "answers",
                "ordering": ["-counts_from", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Succession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "update",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successions",
                        to="recommendations.update",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successions",
                        to="recommendations.recommendation",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.RunPython(move_answers, migrations.RunPython.noop),
        migrations.RunPython(move_successors, migrations.RunPython.noop),
        migrations.AlterModelOptions(
            name="recommendation",
            options={
                "ordering": ["code_order", "code"],
                "verbose_name": "recommendation",
                "verbose_name_plural": "recommendations",
            },
        ),
        migrations.RemoveConstraint(
            model_name="addressee",
            name="response_source_is_a_web_address",
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("source_url", ""), ("source_url__iregex", "^https?://"), _connector="OR"),
                name="answer_source_is_a_web_address",
                violation_error_message="A web address must begin with http:// or https://.",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="addressee",
            name="response_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="addressee",
            name="response_has_date_and_source",
        ),
        migrations.RemoveConstraint(
            model_name="update",
            name="superseded_names_its_successor",
        ),
        migrations.RemoveConstraint(
            model_name="update",
            name="nothing_supersedes_itself",
        ),
        migrations.RemoveField(
            model_name="addressee",
            name="responded_on",
        ),
        migrations.RemoveField(
            model_name="addressee",
            name="response",
        ),
        migrations.RemoveField(
            model_name="addressee",
            name="response_title",
        ),
        migrations.RemoveField(
            model_name="addressee",
            name="response_url",
        ),
        migrations.RemoveField(
            model_name="update",
            name="successor",
        ),
        migrations.AlterField(
            model_name="issue",
            name="code",
            field=models.CharField(
                max_length=30, unique=True, validators=[recommendations.codes.validate_code], verbose_name="code"
            ),
        ),
        migrations.AlterField(
            model_name="issue",
            name="number",
            field=models.CharField(
                blank=True,
                help_text="Leave blank if the document gives none.",
                max_length=30,
                verbose_name="number as printed",
            ),
        ),
        migrations.AlterField(
            model_name="recommendation",
            name="code",
            field=models.CharField(
                max_length=30, unique=True, validators=[recommendations.codes.validate_code], verbose_name="code"
            ),
        ),
        migrations.AlterField(
            model_name="recommendation",
            name="letter",
            field=models.CharField(
                blank=True, help_text="If the issue asks for more than one thing.", max_length=10, verbose_name="letter"
            ),
        ),
        migrations.AddField(
            model_name="update",
            name="successors",
            field=models.ManyToManyField(
                blank=True,
                help_text="The recommendation or recommendations that replace it.",
                related_name="supersedes",
                through="recommendations.Succession",
                to="recommendations.recommendation",
                verbose_name="superseded by",
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                fields=["addressee", "-counts_from", "-id"], include=("kind", "visibility"), name="answer_in_force"
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(fields=["counts_from"], name="answer_by_day"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["accepted", "partially_accepted", "noted", "not_accepted", "retracted"])
                ),
                name="answer_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ["public", "members", "staff"])),
                name="answer_visibility_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("precision", "day"),
                    models.Q(("effective_on__day", 1), ("precision", "month")),
                    models.Q(
                        ("effective_on__day", 1), ("effective_on__month__in", [1, 4, 7, 10]), ("precision", "quarter")
                    ),
                    models.Q(("effective_on__day", 1), ("effective_on__month", 1), ("precision", "year")),
                    _connector="OR",
                ),
                name="answer_date_starts_its_period",
                violation_error_message="A month, quarter or year is stored as its first day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("said_en", ""), _negated=True),
                    models.Q(("source_title", ""), _negated=True),
                    models.Q(("source_url", ""), _negated=True),
                ),
                name="answer_has_words_and_source",
                violation_error_message="An answer needs what was said and where it can be read.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("corrects__isnull", True), models.Q(("reason_en", ""), _negated=True), _connector="OR"
                ),
                name="corrected_answer_has_a_reason",
                violation_error_message="Explain why the earlier entry is being corrected.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "retracted"), _negated=True), ("corrects__isnull", False), _connector="OR"
                ),
                name="only_a_correction_retracts",
                violation_error_message="Only a correction can say that an earlier entry was recorded by mistake.",
            ),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.UniqueConstraint(fields=("update", "successor"), name="one_succession_per_successor"),
        ),
        migrations.RunSQL(read_sql("recommendations", "code_order"), migrations.RunSQL.noop),
        migrations.AddField(
            model_name="issue",
            name="code_order",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func("code", function="code_order"),
                output_field=models.CharField(db_collation="C", max_length=100),
            ),
        ),
        migrations.AddField(
            model_name="recommendation",
            name="code_order",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func("code", function="code_order"),
                output_field=models.CharField(db_collation="C", max_length=100),
            ),
        ),
    ]
