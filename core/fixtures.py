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
    """Return the content of a YAML file of `fixtures/`."""
    return yaml.safe_load((FIXTURES / name).read_text(encoding="utf-8"))


def fixture_names(folder: str) -> list[str]:
    """Return the names of the YAML files in a folder of `fixtures/`, in order."""
    return sorted(f"{folder}/{path.name}" for path in (FIXTURES / folder).glob("*.yaml"))


def natural_key(part) -> str:
    """Return how a key names a record: by its slug, code, number or name, none of which a load or an edit changes."""
    for field in ("slug", "code", "number", "name"):
        if hasattr(part, field):
            return str(getattr(part, field))
    return str(part)


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

    Rows of the ledger are not written here, since they never change: see recommendations/ledger/loading.py.
    """

    def __init__(self):
        # (model name, "created" | "updated" | "unchanged" | "kept" | "removed" | "corrected" | "completed") → how many
        self.counts = Counter()
        self.skipped = []  # what staff have changed and the load has left alone, in words
        self._loaded = {(record.model, record.key): record for record in LoadedRecord.objects.all()}
        self._seen = set()  # (model label, key) of what this load has put

    def upsert(self, model, key: dict, values: dict):
        """Create or update the record of `model` under `key`; give it, or None where staff have deleted it."""
        name = "/".join(natural_key(part) for part in key.values())
        self._seen.add((model._meta.label, name))
        loaded = self._loaded.get((model._meta.label, name))
        record = model.objects.filter(**key).first()
        if record is None:
            if loaded:
                return self.keep(model, name, "deleted")
            record = model(**key, **values)
            record.full_clean()
            record.save()
            self.counts[model, "created"] += 1
        elif loaded is None:
            self.keep(model, name, "added by staff")
            return record
        else:
            self._update(record, name, values, loaded.values)
        self._remember(model, name, values)
        return record

    def set_links(self, record, field: str, linked: list):
        """Have the many-to-many `field` of a record hold `linked`, unless staff have changed it since the last load."""
        manager = getattr(record, field)
        model, name = type(record), f"{natural_key(record)}/{field}"
        if (model._meta.label, natural_key(record)) not in self._loaded:
            return  # staff have added it
        wanted = sorted(member.pk for member in linked)
        current = sorted(manager.values_list("pk", flat=True))
        loaded = self._loaded.get((model._meta.label, name))
        # What the first release linked it did not remember: it is taken for its own while the file still has all of it.
        is_ours = current == loaded.values["linked"] if loaded else set(current) <= set(wanted)
        if not is_ours:
            self.keep(model, natural_key(record), f"edited: {field}")
        elif current != wanted:
            manager.set(linked)
        self._remember(model, name, {"linked": wanted})

    def drop_missing(self, model, *key: str, is_in_use=lambda record: False):
        """Delete the records of `model` that an earlier load wrote and that this one has not put.

        `key` names the fields of its key. One that staff have edited, or that `is_in_use`, is left alone, and reported.
        """
        for record in model.objects.all():
            name = "/".join(natural_key(getattr(record, field)) for field in key)
            loaded = self._loaded.get((model._meta.label, name))
            if loaded is None or (model._meta.label, name) in self._seen:
                continue
            edited = [field for field, value in loaded.values.items() if _plain(getattr(record, field)) != value]
            if edited or is_in_use(record):
                self.keep(model, name, "no longer in fixtures/, but in use")
                continue
            record.delete()
            loaded.delete()
            self.counts[model, "removed"] += 1

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
            self.keep(type(record), name, f"edited: {', '.join(edited)}")
        else:
            self.counts[type(record), "updated" if changed else "unchanged"] += 1

    def keep(self, model, name, why):
        """Report that what `name` names was left as staff have it."""
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
