"""Counts are queries now: the table of counts goes, with its triggers and its function."""

import pgtrigger.migrations
from django.db import migrations

TRIGGERS = {
    "addressee": ["insert", "delete", "update", "truncate"],
    "chapterlink": ["insert", "delete", "update", "truncate"],
    "issue": ["update"],
    "recommendation": ["insert", "delete", "update"],
}


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0013_content_changed")]

    operations = [
        *[
            pgtrigger.migrations.RemoveTrigger(model_name=model, name=f"tallied_on_{operation}")
            for model, operations in TRIGGERS.items()
            for operation in operations
        ],
        migrations.RunSQL("DROP FUNCTION recommendation_tallies()", migrations.RunSQL.noop),
        migrations.DeleteModel("Tally"),
    ]
