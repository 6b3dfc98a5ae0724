from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("working_groups", "0002_whole_government"), ("core", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="LoadedRecord")]),
    ]
