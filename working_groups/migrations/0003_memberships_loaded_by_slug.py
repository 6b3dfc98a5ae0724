"""What a load remembers of a membership is filed under the slug of its group: names change."""

from django.db import migrations


def file_by_slug(apps, schema_editor):
    LoadedRecord = apps.get_model("core", "LoadedRecord")
    groups = LoadedRecord.objects.filter(model="working_groups.WorkingGroup")
    slugs = {loaded.values["name_en"]: loaded.key for loaded in groups}  # as loaded: staff may have changed a name
    for loaded in LoadedRecord.objects.filter(model="working_groups.Membership"):
        for name, slug in slugs.items():
            if loaded.key.startswith(f"{name}/"):
                loaded.key = f"{slug}/{loaded.key.removeprefix(f'{name}/')}"
                loaded.save()
                break


class Migration(migrations.Migration):
    dependencies = [
        ("working_groups", "0002_partnership"),
        ("core", "0001_squashed"),
    ]

    operations = [migrations.RunPython(file_by_slug, migrations.RunPython.noop)]
