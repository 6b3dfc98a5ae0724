from django.db import migrations, models


class Migration(migrations.Migration):
    """Take LoadedRecord over from working_groups, with its table."""

    dependencies = [("working_groups", "0002_whole_government")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="LoadedRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("model", models.CharField(max_length=100)),
                        ("key", models.CharField(max_length=200)),
                        ("values", models.JSONField()),
                    ],
                    options={
                        "db_table": "working_groups_loadedrecord",
                        "constraints": [
                            models.UniqueConstraint(fields=("model", "key"), name="one_loaded_record_per_key")
                        ],
                    },
                ),
            ]
        ),
    ]
