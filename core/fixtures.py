"""Records from `fixtures/` into the database, again and again, without undoing what staff have edited since."""

from collections import Counter
from datetime import date
from pathlib import Path

import yaml
from django.conf import settings
from django.core.management import CommandError
from django.db import models

from .models import LoadedRecord

FIXTURES = Path(settings.BASE_DIR) / "fixtures"


def read_fixture(name: str):
    """The content of a YAML file of `fixtures/`."""
    return yaml.safe_load((FIXTURES / name).read_text(encoding="utf-8"))


class KeyIndex(dict):
    """All records of a model by their slugs, or by another key, as fixtures refer to them."""

    def __init__(self, model, key="slug"):
        super().__init__((getattr(record, key), record) for record in model.objects.all())
        self.name, self.key = model._meta.verbose_name, key

    def __missing__(self, value):
        raise CommandError(
            f"There is no {self.name} whose {self.key} is “{value}”, which fixtures/ refers to:"
            f" it was deleted, or its {self.key} was changed."
        )


class Loader:
    """Writes records by their natural keys, and counts what it did.

    A field is written while it still holds what the last load wrote. A field that staff have changed, a record
    that they have added under the same key, and one that they have deleted are left alone, and reported.
    """

    def __init__(self):
        self.counts = Counter()  # (model name, "created" | "updated" | "unchanged" | "kept") → how many
        self.skipped = []  # what staff have changed and the load has left alone, in words
        self._loaded = {(record.model, record.key): record for record in LoadedRecord.objects.all()}

    def upsert(self, model, key: dict, values: dict):
        """Create or update the record of `model` under `key`; give it, or None where staff have deleted it."""
        name = "/".join(str(part) for part in key.values())
        loaded = self._loaded.get((model._meta.label, name))
        record = model.objects.filter(**key).first()
        if record is None:
            if loaded:
                return self._keep(model, name, "deleted")
            record = model(**key, **values)
            record.full_clean()
            record.save()
            self.counts[model, "created"] += 1
        elif loaded is None:
            self._keep(model, name, "added by staff")
            return record
        else:
            self._update(record, name, values, loaded.values)
        self._remember(model, name, values)
        return record

    def _update(self, record, name, values, loaded):
        edited = [field for field in values if field in loaded and _plain(getattr(record, field)) != loaded[field]]
        changed = [
            field for field in values if field not in edited and _plain(getattr(record, field)) != _plain(values[field])
        ]
        for field in changed:
            setattr(record, field, values[field])
        if changed:
            record.full_clean()
            record.save()
        if edited:
            self._keep(type(record), name, f"edited: {', '.join(edited)}")
        else:
            self.counts[type(record), "updated" if changed else "unchanged"] += 1

    def _keep(self, model, name, why):
        self.counts[model, "kept"] += 1
        self.skipped.append(f"{model._meta.verbose_name} {name} ({why})")

    def _remember(self, model, name, values):
        plain = {field: _plain(value) for field, value in values.items()}
        loaded = self._loaded.get((model._meta.label, name))
        if loaded is None:
            loaded = LoadedRecord(model=model._meta.label, key=name)
            self._loaded[model._meta.label, name] = loaded
        if loaded.values != plain:
            loaded.values = plain
            loaded.save()


def _plain(value):
    """A value as JSON keeps it, so that what was loaded once can be compared."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    return value
