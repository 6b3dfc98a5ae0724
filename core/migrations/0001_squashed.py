from django.db import migrations, models


class Migration(migrations.Migration):
    """Tables that the first release had in other apps: `config` made content_change, and working_groups LoadedRecord."""

    initial = True
    replaces = [("config", "0001_content_changes"), ("config", "0002_counts_are_content")]
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LoadedRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=200)),
                ("values", models.JSONField()),
            ],
            options={
                "db_table": "working_groups_loadedrecord",
                "constraints": [models.UniqueConstraint(fields=("model", "key"), name="one_loaded_record_per_key")],
            },
        ),
        migrations.CreateModel(
            name="ContentChange",
            fields=[
                ("connection", models.IntegerField(primary_key=True, serialize=False)),
                ("changed_at", models.DateTimeField()),
            ],
            options={"db_table": "content_change"},
        ),
    ]
