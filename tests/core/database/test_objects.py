"""Functions and triggers in the database are those of the code, and come back after `migrate`."""

import re

import pgtrigger
import pytest
from django.core.management import call_command

from core.database.objects import read_sql, sql_files
from tests.database import sql

pytestmark = pytest.mark.django_db

FUNCTION = re.compile(r"FUNCTION (\w+)\(.*?AS \$\$(.*?)\$\$", re.DOTALL)


def functions() -> dict[str, str]:
    """Return the body of each function that stands in a file."""
    return dict(pair for app_label, name in sql_files() for pair in FUNCTION.findall(read_sql(app_label, name)))


def test_there_are_functions_to_compare():
    assert {"ledger_head", "ledger_counts_from", "recommendation_search", "note_content_change"} <= functions().keys()


@pytest.mark.parametrize("name", functions())
def test_the_database_has_each_function_as_its_file_has_it(name):
    assert sql(f"SELECT prosrc FROM pg_proc WHERE proname = '{name}'") == [(functions()[name],)]


def test_each_declared_trigger_is_installed_as_it_is_declared():
    statuses = {
        f"{model._meta.label}: {trigger.name}": trigger.get_installation_status(model)
        for model, trigger in pgtrigger.registered()
    }

    assert {name: status for name, status in statuses.items() if status != ("INSTALLED", True)} == {}


def test_what_was_lost_is_installed_again_by_migrate():
    sql("DROP FUNCTION ledger_head(bigint) CASCADE")

    call_command("migrate", verbosity=0)

    assert sql("SELECT count(*) FROM pg_proc WHERE proname = 'ledger_head'") == [(1,)]


def test_a_trigger_that_no_model_declares_goes():
    sql("""
        CREATE FUNCTION pgtrigger_left_over_12345() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE TRIGGER pgtrigger_left_over_12345 AFTER INSERT ON recommendations_topic
            FOR EACH ROW EXECUTE FUNCTION pgtrigger_left_over_12345();
        COMMENT ON TRIGGER pgtrigger_left_over_12345 ON recommendations_topic IS 'left over';
    """)

    call_command("migrate", verbosity=0)

    assert sql("SELECT count(*) FROM pg_trigger WHERE tgname = 'pgtrigger_left_over_12345'") == [(0,)]
