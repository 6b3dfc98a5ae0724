import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

from core.database.objects import read_sql


class Migration(migrations.Migration):
    """The tables as the first release had them; triggers and functions are installed after each `migrate`."""

    initial = True
    replaces = [
        ("recommendations", "0001_functions"),
        ("recommendations", "0002_initial"),
        ("recommendations", "0003_initial"),
        ("recommendations", "0004_ledger_and_search"),
        ("recommendations", "0005_nearest_titles_and_latest_updates"),
        ("recommendations", "0006_triggers_hold"),
        ("recommendations", "0007_the_ledger_has_no_back_door"),
        ("recommendations", "0008_search_what_happened"),
        ("recommendations", "0009_tallies"),
        ("recommendations", "0010_count_what_is_there"),
        ("recommendations", "0011_code_after_its_year"),
    ]
    dependencies = [
        ("working_groups", "0001_squashed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(read_sql("recommendations", "text_search"), migrations.RunSQL.noop),
        migrations.RunSQL(read_sql("recommendations", "ledger_counts_from"), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Addressee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "is_named",
                    models.BooleanField(
                        default=True,
                        help_text="Unchecked: the document does not name it; that it is asked to act is our reading.",
                        verbose_name="named in the document",
                    ),
                ),
                (
                    "response",
                    models.CharField(
                        choices=[
                            ("awaiting", "Awaiting response"),
                            ("accepted", "Accepted"),
                            ("partially_accepted", "Partially accepted"),
                            ("noted", "Noted"),
                            ("not_accepted", "Not accepted"),
                        ],
                        default="awaiting",
                        max_length=20,
                        verbose_name="response",
                    ),
                ),
                ("responded_on", models.DateField(blank=True, null=True, verbose_name="date of response")),
                ("response_title", models.CharField(blank=True, max_length=300, verbose_name="title of the source")),
                ("response_url", models.URLField(blank=True, max_length=500, verbose_name="link to the source")),
            ],
            options={
                "verbose_name": "addressee",
                "verbose_name_plural": "addressees",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Chapter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        unique=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(34),
                        ],
                        verbose_name="number",
                    ),
                ),
                ("title_en", models.CharField(max_length=200, verbose_name="title in English")),
                ("title_es", models.CharField(max_length=200, verbose_name="title in Spanish")),
                ("text_url", models.URLField(blank=True, max_length=500, verbose_name="link to the text")),
            ],
            options={
                "verbose_name": "chapter",
                "verbose_name_plural": "chapters",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="ChapterLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "articles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="articles",
                    ),
                ),
                (
                    "articles_seen",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        blank=True,
                        default=list,
                        help_text="The articles that were checked against the text of the agreement.",
                        size=None,
                        verbose_name="articles checked",
                    ),
                ),
                ("is_loose", models.BooleanField(default=False, verbose_name="loose link")),
                ("reason_en", models.TextField(blank=True, verbose_name="reason in English")),
                ("reason_es", models.TextField(blank=True, verbose_name="reason in Spanish")),
            ],
            options={
                "verbose_name": "chapter link",
                "verbose_name_plural": "chapter links",
                "ordering": ["chapter"],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("title_en", models.CharField(max_length=300, verbose_name="title in English")),
                ("title_es", models.CharField(max_length=300, verbose_name="title in Spanish")),
                ("summary_en", models.TextField(blank=True, verbose_name="summary in English")),
                ("summary_es", models.TextField(blank=True, verbose_name="summary in Spanish")),
                ("published_on", models.DateField(verbose_name="published")),
                (
                    "published_note_en",
                    models.CharField(blank=True, max_length=300, verbose_name="note on the date, in English"),
                ),
                (
                    "published_note_es",
                    models.CharField(blank=True, max_length=300, verbose_name="note on the date, in Spanish"),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("es", "Spanish")], max_length=2, verbose_name="language"
                    ),
                ),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                (
                    "sha256",
                    models.CharField(
                        blank=True,
                        help_text="Of the file it was loaded from.",
                        max_length=64,
                        validators=[django.core.validators.RegexValidator("^[0-9a-f]{64}\\Z")],
                        verbose_name="SHA-256 of the file",
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("public", "Public"), ("members", "Members"), ("staff", "Staff")],
                        default="staff",
                        max_length=10,
                        verbose_name="visible to",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "ordering": ["-published_on", "slug"],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("publisher", models.CharField(max_length=200, verbose_name="publisher")),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                ("published_on", models.DateField(blank=True, null=True, verbose_name="published")),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        max_length=30,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\d{4}-[A-Z]+-[0-9a-z]+(-[a-z])?\\Z", "Enter a code in the format 2023-SB-3a."
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True,
                        help_text="Leave blank if the document gives none.",
                        max_length=10,
                        verbose_name="number as printed",
                    ),
                ),
                ("title_en", models.CharField(max_length=200, verbose_name="title in English")),
                ("title_es", models.CharField(max_length=200, verbose_name="title in Spanish")),
                ("summary_en", models.TextField(verbose_name="summary in English")),
                ("summary_es", models.TextField(verbose_name="summary in Spanish")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ],
            options={
                "verbose_name": "issue",
                "verbose_name_plural": "issues",
                "ordering": ["topic", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Recommendation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        max_length=30,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\d{4}-[A-Z]+-[0-9a-z]+(-[a-z])?\\Z", "Enter a code in the format 2023-SB-3a."
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                (
                    "letter",
                    models.CharField(
                        blank=True,
                        help_text="If the issue asks for more than one thing.",
                        max_length=2,
                        verbose_name="letter",
                    ),
                ),
                ("title_en", models.CharField(max_length=200, verbose_name="title in English")),
                ("title_es", models.CharField(max_length=200, verbose_name="title in Spanish")),
                (
                    "summary_en",
                    models.TextField(
                        help_text="What is asked, in our own plain words.", verbose_name="summary in English"
                    ),
                ),
                ("summary_es", models.TextField(verbose_name="summary in Spanish")),
                (
                    "success_test_en",
                    models.TextField(
                        help_text="“Implemented when …”: written in advance, so that closing a recommendation is a matter of checking.",
                        verbose_name="success test in English",
                    ),
                ),
                ("success_test_es", models.TextField(verbose_name="success test in Spanish")),
                (
                    "official_wording",
                    models.TextField(
                        blank=True,
                        editable=False,
                        help_text="The document's own, word for word.",
                        verbose_name="official wording",
                    ),
                ),
                ("priority", models.BooleanField(default=False, verbose_name="priority")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("issued", "Issued"),
                            ("under_consideration", "Under consideration"),
                            ("in_progress", "In progress"),
                            ("partially_implemented", "Partially implemented"),
                            ("implemented", "Implemented"),
                            ("not_implemented", "Not implemented"),
                            ("overtaken", "Overtaken by events"),
                            ("superseded", "Superseded"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="issued",
                        editable=False,
                        max_length=30,
                        verbose_name="status",
                    ),
                ),
                (
                    "is_open",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Q(
                            ("status__in", ["issued", "under_consideration", "in_progress", "partially_implemented"])
                        ),
                        output_field=models.BooleanField(),
                    ),
                ),
                ("last_update_on", models.DateField(editable=False, null=True, verbose_name="last update")),
                ("search", django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "recommendation",
                "verbose_name_plural": "recommendations",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("title_en", models.CharField(max_length=200, verbose_name="title in English")),
                ("title_es", models.CharField(max_length=200, verbose_name="title in Spanish")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ],
            options={
                "verbose_name": "topic",
                "verbose_name_plural": "topics",
                "ordering": ["document", "group", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Update",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("issued", "Issued"),
                            ("under_consideration", "Under consideration"),
                            ("in_progress", "In progress"),
                            ("partially_implemented", "Partially implemented"),
                            ("implemented", "Implemented"),
                            ("not_implemented", "Not implemented"),
                            ("overtaken", "Overtaken by events"),
                            ("superseded", "Superseded"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        help_text="Leave it unchanged if the status stays the same.",
                        max_length=30,
                        verbose_name="new status",
                    ),
                ),
                (
                    "previous_status",
                    models.CharField(
                        choices=[
                            ("issued", "Issued"),
                            ("under_consideration", "Under consideration"),
                            ("in_progress", "In progress"),
                            ("partially_implemented", "Partially implemented"),
                            ("implemented", "Implemented"),
                            ("not_implemented", "Not implemented"),
                            ("overtaken", "Overtaken by events"),
                            ("superseded", "Superseded"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        editable=False,
                        max_length=30,
                        verbose_name="previous status",
                    ),
                ),
                (
                    "effective_on",
                    models.DateField(
                        help_text="When it happened. If only the month, quarter or year is known, enter any day in it.",
                        verbose_name="effective date",
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
                ("what_en", models.TextField(verbose_name="what happened, in English")),
                ("what_es", models.TextField(blank=True, verbose_name="what happened, in Spanish")),
                (
                    "reason_en",
                    models.TextField(
                        blank=True,
                        help_text="Required when the status moves backward, when a closed recommendation is reopened, and for a correction.",
                        verbose_name="reason, in English",
                    ),
                ),
                ("reason_es", models.TextField(blank=True, verbose_name="reason, in Spanish")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("public_source", "Public source, not yet verified by staff"),
                            ("reported", "Reported by the addressee"),
                            ("verified", "Verified by staff"),
                        ],
                        default="verified",
                        max_length=20,
                        verbose_name="basis",
                    ),
                ),
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
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="recorded"),
                ),
                ("recorded_in", models.BigIntegerField(editable=False, null=True)),
                ("import_key", models.CharField(editable=False, max_length=150, null=True, unique=True)),
            ],
            options={
                "verbose_name": "update",
                "verbose_name_plural": "updates",
                "ordering": ["-counts_from", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="addressee",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="addressed",
                to="working_groups.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="chapter",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__range", (1, 34))), name="treaty_has_34_chapters"
            ),
        ),
        migrations.AddField(
            model_name="chapterlink",
            name="chapter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="links",
                to="recommendations.chapter",
                verbose_name="chapter",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="publisher",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="working_groups.organization",
                verbose_name="publisher",
            ),
        ),
        migrations.AddField(
            model_name="recommendation",
            name="chapters",
            field=models.ManyToManyField(
                related_name="recommendations", through="recommendations.ChapterLink", to="recommendations.chapter"
            ),
        ),
        migrations.AddField(
            model_name="recommendation",
            name="issue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recommendations",
                to="recommendations.issue",
                verbose_name="issue",
            ),
        ),
        migrations.AddField(
            model_name="chapterlink",
            name="recommendation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="chapter_links",
                to="recommendations.recommendation",
                verbose_name="recommendation",
            ),
        ),
        migrations.AddField(
            model_name="addressee",
            name="recommendation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="addressees",
                to="recommendations.recommendation",
                verbose_name="recommendation",
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="topics",
                to="recommendations.document",
                verbose_name="document",
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="topics",
                to="working_groups.workinggroup",
                verbose_name="group",
            ),
        ),
        migrations.AddField(
            model_name="issue",
            name="topic",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="issues",
                to="recommendations.topic",
                verbose_name="topic",
            ),
        ),
        migrations.AddField(
            model_name="update",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                help_text="The earlier entry that this one replaces. Both remain visible.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="correction",
                to="recommendations.update",
                verbose_name="corrects",
            ),
        ),
        migrations.AddField(
            model_name="update",
            name="recommendation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="updates",
                to="recommendations.recommendation",
                verbose_name="recommendation",
            ),
        ),
        migrations.AddField(
            model_name="update",
            name="recorded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recorded_updates",
                to=settings.AUTH_USER_MODEL,
                verbose_name="recorded by",
            ),
        ),
        migrations.AddField(
            model_name="update",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="supersedes",
                to="recommendations.recommendation",
                verbose_name="superseded by",
            ),
        ),
        migrations.AddField(
            model_name="recommendation",
            name="last_update",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="recommendations.update",
                verbose_name="last update",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="update",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="recommendations.update",
                verbose_name="update",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ["public", "members", "staff"])),
                name="document_visibility_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="chapterlink",
            constraint=models.UniqueConstraint(fields=("recommendation", "chapter"), name="one_link_per_chapter"),
        ),
        migrations.AddConstraint(
            model_name="chapterlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("articles_seen__contained_by", models.F("articles"))),
                name="checked_articles_are_linked",
            ),
        ),
        migrations.AddConstraint(
            model_name="addressee",
            constraint=models.UniqueConstraint(
                fields=("recommendation", "organization"),
                name="one_addressee_per_organization",
                violation_error_message="This organization is already an addressee.",
            ),
        ),
        migrations.AddConstraint(
            model_name="addressee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("response__in", ["awaiting", "accepted", "partially_accepted", "noted", "not_accepted"])
                ),
                name="response_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="addressee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("responded_on", None), ("response", "awaiting")),
                    models.Q(
                        models.Q(("response", "awaiting"), _negated=True),
                        ("responded_on__isnull", False),
                        models.Q(("response_url", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="response_has_date_and_source",
                violation_error_message="A response needs a date and a link to its source.",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.UniqueConstraint(fields=("id", "topic"), name="issue_is_under_one_topic"),
        ),
        migrations.AddIndex(
            model_name="update",
            index=models.Index(
                fields=["recommendation", "-counts_from", "-id"],
                include=("status", "visibility"),
                name="update_in_force",
            ),
        ),
        migrations.AddIndex(
            model_name="update",
            index=models.Index(fields=["counts_from"], name="update_by_day"),
        ),
        migrations.AddIndex(
            model_name="update",
            index=models.Index(fields=["-recorded_at", "-id"], name="update_by_record"),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "issued",
                            "under_consideration",
                            "in_progress",
                            "partially_implemented",
                            "implemented",
                            "not_implemented",
                            "overtaken",
                            "superseded",
                            "withdrawn",
                        ],
                    )
                ),
                name="update_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(("basis__in", ["public_source", "reported", "verified"])),
                name="update_basis_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ["public", "members", "staff"])),
                name="update_visibility_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
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
                name="update_date_starts_its_period",
                violation_error_message="A month, quarter or year is stored as its first day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(
                            (
                                "previous_status__in",
                                ["implemented", "not_implemented", "overtaken", "superseded", "withdrawn"],
                            ),
                            models.Q(("status", models.F("previous_status")), _negated=True),
                        ),
                        models.Q(("previous_status", "issued"), ("status__in", [])),
                        models.Q(("previous_status", "under_consideration"), ("status__in", ["issued"])),
                        models.Q(("previous_status", "in_progress"), ("status__in", ["issued", "under_consideration"])),
                        models.Q(
                            ("previous_status", "partially_implemented"),
                            ("status__in", ["issued", "under_consideration", "in_progress"]),
                        ),
                        models.Q(
                            ("previous_status", "implemented"),
                            ("status__in", ["issued", "under_consideration", "in_progress", "partially_implemented"]),
                        ),
                        _connector="OR",
                        _negated=True,
                    ),
                    models.Q(("reason_en", ""), _negated=True),
                    _connector="OR",
                ),
                name="going_back_needs_a_reason",
                violation_error_message="Explain why the status moves backward or the recommendation is reopened.",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("corrects__isnull", True), models.Q(("reason_en", ""), _negated=True), _connector="OR"
                ),
                name="correction_needs_a_reason",
                violation_error_message="Explain why the earlier entry is being corrected.",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility", "public"), ("status", models.F("previous_status")), _connector="OR"),
                name="only_public_updates_change_status",
                violation_error_message="Only a public update can change the status, because the status is public.",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "superseded"), ("successor__isnull", False)),
                    models.Q(models.Q(("status", "superseded"), _negated=True), ("successor__isnull", True)),
                    _connector="OR",
                ),
                name="superseded_names_its_successor",
                violation_error_message="Name the recommendation that replaces it if the status is “superseded”, and only then.",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(("successor", models.F("recommendation")), _negated=True),
                name="nothing_supersedes_itself",
                violation_error_message="A recommendation cannot supersede itself.",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(("what_en", ""), _negated=True), name="update_says_what_happened"
            ),
        ),
        migrations.AddIndex(
            model_name="recommendation",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="recommendation_search"),
        ),
        migrations.AddIndex(
            model_name="recommendation",
            index=models.Index(fields=["status"], name="recommendation_status"),
        ),
        migrations.AddIndex(
            model_name="recommendation",
            index=models.Index(fields=["last_update_on"], name="recommendation_last_update"),
        ),
        migrations.AddIndex(
            model_name="recommendation",
            index=models.Index(
                fields=["issue", "letter", "id"],
                include=("status", "is_open", "priority", "last_update_on"),
                name="recommendation_counted",
            ),
        ),
        migrations.AddIndex(
            model_name="recommendation",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("code"), name="text_pattern_ops"
                ),
                name="recommendation_code_begins",
            ),
        ),
        migrations.AddIndex(
            model_name="recommendation",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper(django.db.models.functions.text.Substr("code", 6)),
                    name="text_pattern_ops",
                ),
                name="recommendation_code_after_year",
            ),
        ),
        migrations.AddIndex(
            model_name="recommendation",
            index=django.contrib.postgres.indexes.GistIndex(
                fields=["title_en"], name="recommendation_title_en_like", opclasses=["gist_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="recommendation",
            index=django.contrib.postgres.indexes.GistIndex(
                fields=["title_es"], name="recommendation_title_es_like", opclasses=["gist_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "issued",
                            "under_consideration",
                            "in_progress",
                            "partially_implemented",
                            "implemented",
                            "not_implemented",
                            "overtaken",
                            "superseded",
                            "withdrawn",
                        ],
                    )
                ),
                name="recommendation_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="recommendation",
            constraint=models.UniqueConstraint(
                fields=("issue", "letter"),
                name="one_recommendation_per_letter",
                violation_error_message="This issue already has a recommendation with this letter.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True),
                    models.Q(("publisher", ""), _negated=True),
                    models.Q(("url", ""), _negated=True),
                ),
                name="evidence_names_its_source",
            ),
        ),
    ]
