"""Nothing: it had a table of counts watched, which recommendations.0014 drops."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0001_content_changes"), ("recommendations", "0011_code_after_its_year")]

    operations = []
