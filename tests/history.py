"""Versions as if written earlier: the database dates them, and lets nobody change that but a superuser who insists."""

import pghistory
from django.apps import apps

from core.history.versions import Version
from tests.database import sql


def days_ago(days: int):
    """Have all that was written by now be written so many days ago, or as many days earlier as it was already."""
    sql("SET LOCAL session_replication_role = replica")
    for model in apps.get_models():
        if issubclass(model, Version):
            sql(f"UPDATE {model._meta.db_table} SET pgh_created_at = pgh_created_at - make_interval(days => %s)", days)
    sql("SET LOCAL session_replication_role = origin")


def change_test(recommendation, to, why_en="It could not be measured.", **facts):
    """Change the success test of a recommendation to `to`; `es` is the Spanish one."""
    recommendation.success_test_en = to
    recommendation.success_test_es = facts.pop("es", f"{to} (es)")
    with pghistory.context(why_en=why_en, **facts):
        recommendation.save()
