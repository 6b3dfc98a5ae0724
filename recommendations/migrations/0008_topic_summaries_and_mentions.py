"""The introduction of a topic, and the bodies that a recommendation mentions without asking them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0007_dated_by_report"),
        ("working_groups", "0005_membership_source"),
    ]

    operations = [
        migrations.AddField(
            model_name="recommendation",
            name="mentions",
            field=models.ManyToManyField(
                blank=True,
                help_text="Organizations that it names, or that took part in what has happened since, without being asked to act.",
                related_name="mentioned_in",
                to="working_groups.organization",
                verbose_name="mentions",
            ),
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("recommendations.recommendation_mentions",),
        ),
        migrations.AddField(
            model_name="topic",
            name="summary_en",
            field=models.TextField(blank=True, db_default="", verbose_name="summary in English"),
        ),
        migrations.AddField(
            model_name="topic",
            name="summary_es",
            field=models.TextField(blank=True, db_default="", verbose_name="summary in Spanish"),
        ),
    ]
