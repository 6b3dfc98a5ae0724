"""Each model names the trigger that notes a change of what it shows; this removes those of 0001 and 0002."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0002_counts_are_content"),
        ("core", "0002_content_changed"),
        ("working_groups", "0004_content_changed"),
        ("recommendations", "0013_content_changed"),
        ("reviews", "0003_content_changed"),
        ("digests", "0007_content_changed"),
    ]

    # Those of 0001 look at columns that this removes.
    run_before = [("digests", "0008_messages_are_mail")]

    operations = [
        migrations.RunSQL("DROP FUNCTION watch_content(regclass); DROP FUNCTION content_changed() CASCADE;"),
    ]
