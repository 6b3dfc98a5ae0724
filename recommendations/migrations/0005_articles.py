"""What was seen of each article that the mapping refers to."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0004_named_rule"),
    ]

    operations = [
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.CharField(
                        max_length=10,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^\\d{1,2}\\.\\d{1,3}\\Z")],
                        verbose_name="number",
                    ),
                ),
                ("title_en", models.CharField(max_length=200, verbose_name="title in English")),
                (
                    "title_es",
                    models.CharField(
                        blank=True,
                        help_text="Only if the Spanish heading was seen.",
                        max_length=200,
                        verbose_name="title in Spanish",
                    ),
                ),
                (
                    "gist_en",
                    models.TextField(
                        blank=True, help_text="In our own words.", verbose_name="what it says, in English"
                    ),
                ),
                ("gist_es", models.TextField(blank=True, verbose_name="what it says, in Spanish")),
                (
                    "seen",
                    models.CharField(
                        choices=[
                            ("full", "Its wording was read, though perhaps not every paragraph"),
                            ("part", "A heading, a fragment, or a description under its number was read"),
                            ("described", "What it says is described on a page that does not give its number"),
                            ("unseen", "Not seen: its number and heading are from general knowledge"),
                        ],
                        default="unseen",
                        max_length=10,
                        verbose_name="what was seen of it",
                    ),
                ),
                ("source_url", models.URLField(blank=True, max_length=500, verbose_name="link to the source")),
            ],
            options={
                "verbose_name": "article",
                "verbose_name_plural": "articles",
                "ordering": ["chapter", django.db.models.functions.text.Length("number"), "number"],
            },
        ),
        migrations.AlterField(
            model_name="chapterlink",
            name="articles_seen",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=10),
                blank=True,
                default=list,
                help_text="Those that were read under their number, in whole or in part; the others are shown as not checked.",
                size=None,
                verbose_name="articles checked",
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="chapter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="articles",
                to="recommendations.chapter",
                verbose_name="chapter",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(("seen__in", ["full", "part", "described", "unseen"])), name="article_seen_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("seen", "unseen"), _negated=True),
                    models.Q(("gist_en", ""), ("gist_es", "")),
                    _connector="OR",
                ),
                name="unseen_article_has_no_gist",
                violation_error_message="Leave what the article says blank if no one has read it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(("seen", "unseen"), models.Q(("source_url", ""), _negated=True), _connector="OR"),
                name="seen_article_names_its_source",
                violation_error_message="Enter the address at which it was read.",
            ),
        ),
    ]
