"""The view `history_entry`: every version of every table as a line of one log, with the values before and after.

It is made and removed together with the views of past rows; see past_views.py.
"""

from .past_views import quote, version_models
from .versions import ADDED, REMOVED, Version

VIEW = "history_entry"


def make_log_view(cursor):
    remove_log_view(cursor)
    versions = [version for found in version_models().values() for version in found]
    cursor.execute(f"CREATE VIEW public.{VIEW} AS {' UNION ALL '.join(map(log_lines, versions))}")


def remove_log_view(cursor):
    cursor.execute(f"DROP VIEW IF EXISTS public.{VIEW}")


def log_lines(version: type[Version]) -> str:
    """Return the query for the lines of one table of versions.

    What a row held after a change is what its next version has, or else the row itself.
    """
    model = version.pgh_tracked_model
    table = f"public.{quote(version._meta.db_table)}"
    return f"""
        SELECT
            '{version._meta.label_lower}/' || v.pgh_id AS id,
            v.pgh_id AS number,
            v.pgh_created_at AS written_at,
            CASE WHEN v.pgh_label IN ('{ADDED}', '{REMOVED}') THEN v.pgh_label ELSE 'update' END AS action,
            '{model._meta.label_lower}' AS model,
            v.pgh_obj_id::bigint AS object_id,
            coalesce({version.named_by}, '#' || v.pgh_obj_id) AS name,
            (v.pgh_context ->> 'user')::bigint AS person_id,
            v.pgh_context ->> 'role' AS role,
            v.why_en,
            v.why_es,
            CASE WHEN v.pgh_label <> '{ADDED}' THEN {_values(version, "v")} END AS before,
            CASE v.pgh_label
                WHEN '{REMOVED}' THEN NULL
                WHEN '{ADDED}' THEN {_values(version, "v")}
                ELSE coalesce(
                    (
                        SELECT {_values(version, "next")} FROM {table} next
                        WHERE next.pgh_obj_id = v.pgh_obj_id AND next.pgh_id > v.pgh_id AND next.pgh_label <> '{ADDED}'
                        ORDER BY next.pgh_id LIMIT 1
                    ),
                    (
                        SELECT {_values(version, "now")} FROM public.{quote(model._meta.db_table)} now
                        WHERE now.id = v.pgh_obj_id
                    )
                )
            END AS after
        FROM {table} v
    """


def _values(version, row: str) -> str:
    pairs = ", ".join(f"'{field.name}', {row}.{quote(field.column)}" for field in version.tracked_fields())
    return f"jsonb_build_object({pairs})"
