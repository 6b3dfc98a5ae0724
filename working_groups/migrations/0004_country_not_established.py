"""A country that nothing read establishes is none of several countries."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("working_groups", "0003_memberships_loaded_by_slug"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="organization",
            name="organization_country_is_known",
        ),
        migrations.AlterField(
            model_name="organization",
            name="country",
            field=models.CharField(
                choices=[
                    ("MX", "Mexico"),
                    ("US", "United States"),
                    ("CA", "Canada"),
                    ("XX", "Several countries"),
                    ("ZZ", "Country not established"),
                ],
                max_length=2,
                verbose_name="country",
            ),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(("country__in", ["MX", "US", "CA", "XX", "ZZ"])),
                name="organization_country_is_known",
            ),
        ),
    ]
