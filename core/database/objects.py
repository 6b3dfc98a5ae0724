"""Functions, triggers and views of PostgreSQL, installed after each `migrate` from where they are written.

Functions stand in an app's `sql/` folder, one a file, each of which can be run again; triggers beside the models, by
django-pgtrigger; views are made from the models of versions. Migrations hold tables only, so that no stale copy of any
of them lies there.
"""

from pathlib import Path

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import connections, transaction

from core.history.log_view import make_log_view, remove_log_view
from core.history.past_views import make_past_views, remove_past_views
from core.visibility import Visibility


def read_sql(app_label: str, name: str) -> str:
    """Return the SQL of `<app>/sql/<name>.sql`, with the constants that Python holds put in.

    Those of one app are `sql_constants` of its AppConfig.
    """
    config = apps.get_app_config(app_label)
    constants = {"time_zone": settings.TIME_ZONE, "public": Visibility.PUBLIC.value} | getattr(
        config, "sql_constants", {}
    )
    return Path(config.path, "sql", f"{name}.sql").read_text(encoding="utf-8").format(**constants)


def sql_files() -> list[tuple[str, str]]:
    """Return the (app label, name) of every SQL file, in the order of the apps."""
    return [
        (config.label, path.stem)
        for config in apps.get_app_configs()
        for path in sorted(Path(config.path, "sql").glob("*.sql"))
    ]


def install(using, plan=None, **kwargs):
    """Install every function, trigger and view, and remove triggers that no model declares any more.

    Receives `post_migrate`; a `flush`, which sends it without a plan, leaves them as they are.
    """
    if plan is None:
        return
    with transaction.atomic(using), connections[using].cursor() as cursor:
        cursor.execute("SET LOCAL check_function_bodies = off")  # a function may call one that comes after it
        for app_label, name in sql_files():
            cursor.execute(read_sql(app_label, name))
        make_past_views(cursor)
        make_log_view(cursor)
    pgtrigger.install(database=using)
    pgtrigger.prune(database=using)


def remove_views(using, plan=None, **kwargs):
    """Remove the views, which would keep migrations from altering what they read. Receives `pre_migrate`."""
    if plan:
        with connections[using].cursor() as cursor:
            remove_past_views(cursor)
            remove_log_view(cursor)
