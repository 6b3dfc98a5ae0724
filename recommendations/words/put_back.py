"""Writing an old value anew: a change like any other, which leaves a version of its own."""

import pghistory
from django.db import models, transaction

from recommendations.models import Action, HistoryEntry


def can_be_put_back(entry: HistoryEntry) -> bool:
    """Return whether `entry` changed values that are not those of now, in a record that is still there."""
    return entry.action == Action.CHANGED and any(value != now for _field, value, now in old_values(entry))


def old_values(entry: HistoryEntry) -> list[tuple[models.Field, object, object]]:
    """Return (field, value before the change, value of now) of all that the change concerned."""
    record = entry.model_class._default_manager.filter(pk=entry.object_id).first()
    if record is None:
        return []
    return [(field, entry.before[field.name], getattr(record, field.attname)) for field in entry.changed_fields]


@transaction.atomic
def put_back(entry: HistoryEntry, **reason) -> models.Model:
    """Give the record the values that it had before the change; `reason` is what the new version notes.

    Raises ValidationError where the record does not take them any more.
    """
    record = entry.model_class._default_manager.select_for_update().get(pk=entry.object_id)
    for field in entry.changed_fields:
        setattr(record, field.attname, field.to_python(entry.before[field.name]))
    record.full_clean()
    with pghistory.context(**reason):
        record.save()
    return record
