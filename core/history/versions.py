"""Earlier versions of rows: what each held before it was changed or removed, when, by whom and why.

The database writes them (django-pghistory's triggers), so that SQL leaves them like everything else. A version holds the
*old* values: what a row holds now stands in the row itself, and one that was never changed takes no room here. What was
stored when a row came is noted as well, since a past view must not show what was added later.
"""

import pghistory
import pgtrigger
from django.db import models
from pghistory.models import Event

from core.caching.content_change import CONTENT_CHANGED
from core.text.bilingual import Bilingual

ADDED, REMOVED = "insert", "delete"  # what `pgh_label` says; whatever else it says was a change

NEVER_CHANGED = pgtrigger.Trigger(
    name="never_changed",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        RAISE EXCEPTION 'A version is never changed or removed.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'versions_never_change', TABLE = TG_TABLE_NAME;
    """,
)
NEVER_EMPTIED = pgtrigger.Trigger(
    name="never_emptied",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="""
        RAISE EXCEPTION 'Versions are never removed.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'versions_never_change', TABLE = TG_TABLE_NAME;
    """,
)


def _stamp(public_if: str) -> pgtrigger.Trigger:
    """Return the trigger that fills in what the writer has no say in; `public_if` is SQL over the version, `NEW`."""
    return pgtrigger.Trigger(
        name="stamp",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF pg_trigger_depth() < 2 THEN
                RAISE EXCEPTION 'Versions are written by the database; change the row itself.'
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'versions_come_from_changes';
            END IF;
            NEW.pgh_context := coalesce(NEW.pgh_context, '{{}}') || jsonb_build_object('role', session_user);
            NEW.why_en := btrim(coalesce(NEW.pgh_context ->> 'why_en', ''));
            NEW.why_es := btrim(coalesce(NEW.pgh_context ->> 'why_es', ''));
            NEW.is_public := coalesce({public_if}, false);
            RETURN NEW;
        """,
    )


class Version(Event):
    """What a row held up to `pgh_created_at`, or from then on where it was added (`pgh_label`).

    `pgh_context` says who wrote it: the account `user`, and the `role` of the database.
    """

    pgh_created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    is_public = models.BooleanField(help_text="Whether the public could read it: past views are made of these alone.")
    why_en = models.TextField(blank=True)
    why_es = models.TextField(blank=True)
    why = Bilingual()

    part_of = ""  # the foreign key to what the row belongs to, for rows that come and go with it
    named_by = ""  # SQL for the name of the row of which `v` is a version
    not_in_past_views: set[str] = set()

    class Meta:
        abstract = True

    @classmethod
    def tracked_fields(cls) -> list[models.Field]:
        """Return the fields of the row that a version holds."""
        of_versions = {"pgh_obj", *(field.name for field in Version._meta.fields)}
        names = {field.name for field in cls.pgh_tracked_model._meta.concrete_fields} - of_versions
        return [field for field in cls._meta.concrete_fields if field.name in names]


def versions_of(
    model: type[models.Model], fields: list[str], *, public_if: str, related_name: str = "versions", trackers=()
) -> type[Version]:
    """Return the abstract base of a model that holds the earlier versions of `fields` of the rows of `model`.

    `public_if` is SQL that says of a version, `NEW`, whether the public can read the row.
    """
    return pghistory.create_event_model(
        model,
        *(trackers or [pghistory.InsertEvent(), pghistory.UpdateEvent(row="OLD"), pghistory.DeleteEvent()]),
        fields=fields,
        obj_field=pghistory.ObjForeignKey(related_name=related_name, related_query_name=related_name),
        context_field=pghistory.ContextJSONField(),
        context_id_field=pghistory.ContextUUIDField(),
        model_name=f"{model.__name__}{related_name.title()}Base",
        base_model=Version,
        meta={
            "triggers": [_stamp(public_if), NEVER_CHANGED, NEVER_EMPTIED, CONTENT_CHANGED],
            "default_permissions": (),
        },
    )
