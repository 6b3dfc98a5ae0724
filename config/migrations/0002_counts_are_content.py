"""Counts that were mended are another content too: pages were made by the wrong ones."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0001_content_changes"), ("recommendations", "0011_code_after_its_year")]

    operations = [
        migrations.RunSQL(
            "SELECT watch_content('recommendations_tally')", "DROP TRIGGER content_changed ON recommendations_tally"
        ),
    ]
