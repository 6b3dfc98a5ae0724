"""The log of changed records, in the order of commits: `/api/v1/changes/` reads it, so that a mirror misses nothing.

The database writes it (sql/note_record_changes.sql), for SQL too. A model that a record shows has
`record_changes(...)` among its triggers.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.caching.content_change import CONTENT_CHANGED
from core.visibility import Visibility


def _refuse(name: str, operation, condition: str, level=pgtrigger.Row) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=level,
        when=pgtrigger.Before,
        operation=operation,
        func=f"""
            IF {condition} THEN
                RAISE EXCEPTION 'The database alone writes which records changed, and never changes it.'
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'record_changes_are_append_only';
            END IF;
            RETURN NEW;
        """,
    )


APPEND_ONLY = [
    _refuse("never_changed", pgtrigger.Update | pgtrigger.Delete, "true"),
    _refuse("never_emptied", pgtrigger.Truncate, "true", pgtrigger.Statement),
    # Notes are written by triggers of what changed, so that no mirror is told of what was not.
    _refuse("never_typed", pgtrigger.Insert, "pg_trigger_depth() < 2"),
]


class RecordChange(models.Model):
    """A change of one record by a commit: a row of its ledger (`update`), or anything else that it shows.

    `is_public` says whether it was public then. The primary key is the cursor: keys rise in the order of commits.
    """

    code = models.CharField(_("code"), max_length=30)
    is_public = models.BooleanField(_("public"))
    update = models.ForeignKey(
        "Update", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    noted_at = models.DateTimeField(_("noted"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("change of a record")
        verbose_name_plural = _("changes of records")
        default_permissions = ()
        indexes = [
            # the database asks: was the record public at its last change?
            models.Index(fields=["code", "-id"], name="record_change_by_code"),
        ]
        triggers = [
            CONTENT_CHANGED,
            *APPEND_ONLY,
        ]

    def __str__(self):
        return f"{self.pk}: {self.code}"


def record_changes(recommendations: str, operation) -> pgtrigger.Trigger:
    """Return the trigger of a table that records show.

    `recommendations` is SQL that selects the primary keys of those whose record shows the row NEW, or showed OLD.
    """
    return pgtrigger.Trigger(
        name="record_changes",
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        func=f"""
            IF NEW IS DISTINCT FROM OLD THEN
                PERFORM note_record_changes(ARRAY({recommendations}));
            END IF;
            RETURN NULL;
        """,
    )


# Of a table that links recommendations to something.
LINK_CHANGES_RECORD = record_changes(
    "SELECT unnest(ARRAY[NEW.recommendation_id, OLD.recommendation_id])",
    pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
)

ROW_CHANGES_RECORD = pgtrigger.Trigger(
    name="record_changes",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    condition=pgtrigger.Q(new__visibility=Visibility.PUBLIC),
    func="PERFORM note_record_changes(ARRAY[NEW.recommendation_id], NEW.id); RETURN NULL;",
)

RECORD_IS_REMOVED = pgtrigger.Trigger(
    name="record_is_removed",
    when=pgtrigger.After,
    operation=pgtrigger.Delete,
    timing=pgtrigger.Deferred,
    func="PERFORM note_record_removal(OLD.code); RETURN NULL;",
)
