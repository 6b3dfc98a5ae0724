"""A list of people says where it comes from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("working_groups", "0004_country_not_established"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="note_en",
            field=models.CharField(blank=True, max_length=300, verbose_name="note in English"),
        ),
        migrations.AddField(
            model_name="membership",
            name="note_es",
            field=models.CharField(blank=True, max_length=300, verbose_name="note in Spanish"),
        ),
        migrations.AddField(
            model_name="membership",
            name="source_en",
            field=models.CharField(
                blank=True,
                help_text="“As listed in the paper of …”: shown with the list of members; without it, the list gives no source.",
                max_length=300,
                verbose_name="where the membership is stated, in English",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="source_es",
            field=models.CharField(
                blank=True, max_length=300, verbose_name="where the membership is stated, in Spanish"
            ),
        ),
    ]
