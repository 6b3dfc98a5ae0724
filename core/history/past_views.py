"""The views of the schema `past`: each tracked table as it stood at `past_until()`; see past.py.

They are made after each `migrate`, and removed before the next, which may alter the columns that they read. Where they
are missing, past views show the words of today.
"""

from collections import defaultdict

from django.apps import apps
from django.db import models
from psycopg import sql

from .versions import ADDED, REMOVED, Version


def version_models() -> dict[type[models.Model], list[type[Version]]]:
    """Return the models of versions by the model of which they are."""
    found = defaultdict(list)
    for model in apps.get_models():
        if issubclass(model, Version):
            found[model.pgh_tracked_model].append(model)
    return dict(found)


def make_past_views(cursor):
    """Make all views anew, in a schema that stays, as do the rights that roles have in it."""
    remove_past_views(cursor)
    cursor.execute("CREATE SCHEMA IF NOT EXISTS past")
    for model, versions in version_models().items():
        view = f"CREATE VIEW past.{quote(model._meta.db_table)} AS {past_rows(model, versions)}"
        cursor.execute(view)


def remove_past_views(cursor):
    cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'past'")
    for (view,) in cursor.fetchall():
        cursor.execute(f"DROP VIEW past.{quote(view)}")


def past_rows(model: type[models.Model], versions: list[type[Version]]) -> str:
    """Return the query for the rows of `model` as they stood at `past_until()`."""
    columns = [_column(field, versions, "now", f"now.{quote(field.column)}") for field in model._meta.concrete_fields]
    query = f"SELECT {', '.join(columns)} FROM public.{quote(model._meta.db_table)} now"
    links = [version for version in versions if version.part_of]
    return f"{query} {_links(model, *links)}" if links else query


def _links(model, version) -> str:
    """Return what follows for rows that come and go: those added since are left out, those removed since are back.

    What was added together with that of which it is a part was there from the first.
    """
    part_of = model._meta.get_field(version.part_of)
    [whole] = [whole for whole in version_models()[part_of.related_model] if _keeps_added(whole)]
    added = f"""
        NOT EXISTS (
            SELECT FROM public.{quote(version._meta.db_table)} added
            WHERE added.pgh_obj_id = {{row}} AND added.pgh_label = '{ADDED}' AND added.is_public
                AND added.pgh_created_at >= public.past_until()
                AND NOT EXISTS (
                    SELECT FROM public.{quote(whole._meta.db_table)} whole
                    WHERE whole.pgh_obj_id = added.{quote(part_of.column)} AND whole.pgh_label = '{ADDED}'
                        AND whole.pgh_created_at >= added.pgh_created_at
                )
        )
    """
    columns = [_column(field, [version], "gone", _default(field)) for field in model._meta.concrete_fields]
    return f"""
        WHERE {added.format(row="now.id")}
        UNION ALL
        SELECT {", ".join(columns)} FROM public.{quote(version._meta.db_table)} gone
        WHERE gone.pgh_label = '{REMOVED}' AND gone.is_public AND gone.pgh_created_at >= public.past_until()
            AND {added.format(row="gone.pgh_obj_id")}
    """


def _column(field, versions, row: str, otherwise: str) -> str:
    """Return the expression for a column of `row`: of its first version since, or `otherwise`."""
    pk = "pgh_obj_id" if row == "gone" else "id"
    if field.primary_key:
        return f"{row}.{pk} AS {quote(field.column)}"
    for version in versions:
        if field.name == version.part_of:
            # Never moved, so that it needs no look at versions: queries join by it, row by row.
            return f"{row}.{quote(field.column)}"
        if field.name in {tracked.name for tracked in version.tracked_fields()} - version.not_in_past_views:
            otherwise = f"""
                coalesce((
                    SELECT v.{quote(field.column)} FROM public.{quote(version._meta.db_table)} v
                    WHERE v.pgh_obj_id = {row}.{pk} AND v.is_public AND v.pgh_label <> '{ADDED}'
                        AND v.pgh_created_at >= public.past_until()
                    ORDER BY v.pgh_id LIMIT 1
                ), {otherwise})
            """
    return f"{otherwise} AS {quote(field.column)}"


def _default(field) -> str:
    """Return the default of a column of which no versions are kept, as SQL."""
    return sql.Literal(field.get_default()).as_string()


def _keeps_added(version) -> bool:
    return any(tracker.label == ADDED for tracker in version.pgh_trackers)


def quote(name: str) -> str:
    return sql.Identifier(name).as_string()
