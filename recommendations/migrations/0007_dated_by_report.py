"""The date of a report is not that of the event."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0006_document_dates"),
    ]

    operations = [
        migrations.AddField(
            model_name="update",
            name="dated_by_report",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Checked: when it happened is not known; the date is that of the source and is shown as such.",
                verbose_name="the date is that of the report",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.CheckConstraint(
                condition=models.Q(("dated_by_report", False), ("precision", "day"), _connector="OR"),
                name="report_has_its_day",
                violation_error_message="The date of a report must be a day.",
            ),
        ),
    ]
