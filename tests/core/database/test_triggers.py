"""No session can switch the database's rules off, whatever it sets and however the triggers were installed."""

from io import StringIO

import pgtrigger
import pytest
from django.core.management import call_command

from tests.database import refused, sql
from tests.factories import RecommendationFactory, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def update():
    return record(RecommendationFactory(), status="in_progress")


def ignore_all_triggers():
    names = [trigger.get_pgid(model) for model, trigger in pgtrigger.registered()]
    sql("SELECT set_config('pgtrigger.ignore', %s, true)", "{" + ",".join(names) + "}")


def put_a_table_before(update):
    """A temporary ledger, in which the recommendation is done."""
    sql("CREATE TEMPORARY TABLE recommendations_update (LIKE public.recommendations_update) ON COMMIT DROP")
    sql(
        """
        INSERT INTO pg_temp.recommendations_update
            SELECT (jsonb_populate_record(u, '{"status": "implemented"}')).*
            FROM public.recommendations_update u WHERE u.id = %s
        """,
        update.pk,
    )


def change_the_ledger(update):
    with refused("ledger_rows_never_change"):
        sql("UPDATE public.recommendations_update SET what_en = 'Nothing.' WHERE id = %s", update.pk)


def change_the_status(update):
    with refused("status_comes_from_ledger"):
        sql("UPDATE recommendations_recommendation SET status = 'implemented' WHERE id = %s", update.recommendation_id)


def test_triggers_that_a_migration_installed_cannot_be_ignored(update):
    ignore_all_triggers()

    change_the_ledger(update)
    change_the_status(update)


def test_triggers_that_are_installed_again_cannot_be_ignored(update):
    call_command("pgtrigger", "install", stdout=StringIO())
    ignore_all_triggers()

    change_the_ledger(update)
    change_the_status(update)


def test_a_temporary_table_does_not_pass_for_the_ledger(update):
    put_a_table_before(update)

    change_the_status(update)


def as_the_library_installs(trigger, model):
    return str(trigger.compile(model).sql)


def test_triggers_that_the_library_installed_hold_after_migrating(update):
    for model, trigger in pgtrigger.registered():
        sql(as_the_library_installs(trigger, model))
    ignore_all_triggers()
    sql("UPDATE recommendations_update SET what_en = 'Nothing.'")  # what our patch is there for

    call_command("migrate", verbosity=0)

    change_the_ledger(update)
    put_a_table_before(update)
    change_the_status(update)
