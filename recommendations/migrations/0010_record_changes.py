import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def note_what_is_public(apps, schema_editor):
    """One change for each record that is public today, so that who begins at the beginning has all of them."""
    recommendations = apps.get_model("recommendations", "Recommendation").objects
    record_changes = apps.get_model("recommendations", "RecordChange").objects
    codes = recommendations.filter(topic__document__visibility="public").order_by("pk").values_list("code", flat=True)
    record_changes.bulk_create(
        record_changes.model(code=code, is_public=True, noted_at=timezone.now()) for code in codes
    )


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0009_expected_steps_and_source_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=30, verbose_name="code")),
                ("is_public", models.BooleanField(verbose_name="public")),
                ("noted_at", models.DateTimeField(verbose_name="noted")),
                (
                    "update",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="recommendations.update",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a record",
                "verbose_name_plural": "changes of records",
                "ordering": ["pk"],
                "default_permissions": (),
                "indexes": [models.Index(fields=["code", "-id"], name="record_change_by_code")],
            },
        ),
        migrations.RunPython(note_what_is_public, migrations.RunPython.noop),
    ]
