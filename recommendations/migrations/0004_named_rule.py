"""An addressee counts as named by one rule, which its field tells."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0003_links_loaded_by_natural_key"),
    ]

    operations = [
        migrations.AlterField(
            model_name="addressee",
            name="is_named",
            field=models.BooleanField(
                default=True,
                help_text="Checked: the recommendation, or the issue it addresses, names it, its country or its kind of organization as one that acts. Unchecked: that it is asked to act is our reading.",
                verbose_name="named in the document",
            ),
        ),
    ]
