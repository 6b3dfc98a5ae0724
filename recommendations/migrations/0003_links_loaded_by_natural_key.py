"""What a load remembers of an addressee or a chapter link is filed under code, slug and number: titles change.

The first release filed them under "2023-SB-1 Its title/The organization's name" and "2023-SB-1 Its title/7. The chapter".
"""

import re

from django.db import migrations


def file_by_natural_key(apps, schema_editor):
    LoadedRecord = apps.get_model("core", "LoadedRecord")
    organizations = LoadedRecord.objects.filter(model="working_groups.Organization")
    slugs = {loaded.values["name_en"]: loaded.key for loaded in organizations}  # as loaded: staff may have changed one
    for loaded in LoadedRecord.objects.filter(model="recommendations.Addressee"):
        # The longest name that fits: one may end like another.
        names = sorted((name for name in slugs if loaded.key.endswith(f"/{name}")), key=len)
        if names:
            _file(loaded, slugs[names[-1]])
    for loaded in LoadedRecord.objects.filter(model="recommendations.ChapterLink"):
        if chapter := re.search(r"/(\d+)\. [^/]*$", loaded.key):
            _file(loaded, chapter[1])


def _file(loaded, second):
    code = loaded.key.split(" ", 1)[0]
    loaded.key = f"{code}/{second}"
    loaded.save()


class Migration(migrations.Migration):
    dependencies = [
        ("recommendations", "0002_topics_and_submissions"),
        ("working_groups", "0003_memberships_loaded_by_slug"),
        ("core", "0001_squashed"),
    ]

    operations = [migrations.RunPython(file_by_natural_key, migrations.RunPython.noop)]
