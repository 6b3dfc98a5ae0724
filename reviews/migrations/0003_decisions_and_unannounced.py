"""A decision is a milestone, too; what nobody has announced is not tentative."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0002_milestone_document"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="milestone",
            name="milestone_state_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="milestone",
            name="milestone_kind_is_known",
        ),
        migrations.AlterField(
            model_name="milestone",
            name="kind",
            field=models.CharField(
                choices=[
                    ("meeting", "Meeting"),
                    ("deadline", "Deadline"),
                    ("consultation", "Consultation"),
                    ("hearing", "Hearing"),
                    ("report", "Report"),
                    ("decision", "Decision"),
                ],
                default="meeting",
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="milestone",
            name="state",
            field=models.CharField(
                choices=[
                    ("unannounced", "Not announced"),
                    ("tentative", "Tentative"),
                    ("scheduled", "Scheduled"),
                    ("postponed", "Postponed"),
                    ("held", "Held"),
                    ("cancelled", "Canceled"),
                ],
                default="tentative",
                max_length=20,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="milestonedate",
            name="state",
            field=models.CharField(
                choices=[
                    ("unannounced", "Not announced"),
                    ("tentative", "Tentative"),
                    ("scheduled", "Scheduled"),
                    ("postponed", "Postponed"),
                    ("held", "Held"),
                    ("cancelled", "Canceled"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["unannounced", "tentative", "scheduled", "postponed", "held", "cancelled"])
                ),
                name="milestone_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["meeting", "deadline", "consultation", "hearing", "report", "decision"])
                ),
                name="milestone_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "unannounced"), _negated=True), ("precision", "unknown"), _connector="OR"
                ),
                name="unannounced_milestone_has_no_date",
                violation_error_message="What has not been announced cannot have a date.",
            ),
        ),
    ]
