from django.db import migrations


class Migration(migrations.Migration):
    """Drop what noted changes of content in the first release; each model names its trigger now."""

    dependencies = [("core", "0001_squashed")]

    operations = [
        migrations.RunSQL(
            "DROP FUNCTION IF EXISTS watch_content(regclass); DROP FUNCTION IF EXISTS content_changed() CASCADE;",
            migrations.RunSQL.noop,
        ),
    ]
