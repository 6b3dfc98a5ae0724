from django.db import migrations, models

from core.content_change import FUNCTION


class Migration(migrations.Migration):
    """Take content_change over from config, which made the table before."""

    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE TABLE IF NOT EXISTS content_change"
                    " (connection integer PRIMARY KEY, changed_at timestamptz NOT NULL)",
                    migrations.RunSQL.noop,
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="ContentChange",
                    fields=[
                        ("connection", models.IntegerField(primary_key=True, serialize=False)),
                        ("changed_at", models.DateTimeField()),
                    ],
                    options={"db_table": "content_change"},
                ),
            ],
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION note_content_change()"),
    ]
