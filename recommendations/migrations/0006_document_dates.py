"""A publication that is known to the month, and the day up to which sources were read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0005_articles"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="published_precision",
            field=models.CharField(
                choices=[("day", "Day"), ("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
                db_default="day",
                default="day",
                max_length=10,
                verbose_name="date precision",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="sources_read_on",
            field=models.DateField(
                blank=True,
                help_text="The day through which public sources on what became of its recommendations were read.",
                null=True,
                verbose_name="sources read through",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="published_on",
            field=models.DateField(
                help_text="For a month, a quarter or a year, its last day: only then is it certain to have appeared.",
                verbose_name="published",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("published_precision__in", ["day", "month", "quarter", "year"])),
                name="document_precision_is_known",
            ),
        ),
    ]
