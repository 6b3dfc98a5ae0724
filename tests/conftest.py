from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import translation

from tests.accounts import signed_in
from tests.browser import chromium


def pytest_terminal_summary(terminalreporter):
    if not chromium.find() and not chromium.IS_NEEDED:
        terminalreporter.write_line(
            "tests/browser was skipped: there is no Chromium on this machine (.ci/browser installs it)."
        )


# What `make check` leaves out, by the folder that it is in.
MARK_BY_FOLDER = {"browser": pytest.mark.browser, "faults": pytest.mark.faults, "upgrade": pytest.mark.slow}


def pytest_collection_modifyitems(items):
    for item in items:
        folder = item.path.relative_to(item.config.rootpath / "tests").parts[0]
        if folder in MARK_BY_FOLDER:
            item.add_marker(MARK_BY_FOLDER[folder])


@pytest.fixture(autouse=True)
def _english(settings):
    """Each test begins in English, whatever language the last one left active."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Tests that commit are cleaned up with TRUNCATE, which the ledger refuses to everybody but a superuser who insists."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def insist(self, sql_list):
        # No trigger has noted it, and pages of the last test are not to be found by the next.
        noted = "DELETE FROM content_change"
        flush(
            self, ["SET session_replication_role = replica", *sql_list, noted, "SET session_replication_role = origin"]
        )

    operations.execute_sql_flush = insist

    def drop(self, name, verbosity):
        # A server that a test has stopped may still be closing its connections.
        with self._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(name)} WITH (FORCE)")

    type(connection.creation)._destroy_test_db = drop


@pytest.fixture
def as_staff(db) -> Client:
    """A browser in which a superuser is signed in."""
    return signed_in(is_superuser=True)


@pytest.fixture
def manager(db) -> Client:
    return signed_in("Managers", username="ana", email="ana@example.org")


@pytest.fixture
def editor(db) -> Client:
    return signed_in("Editors", email="ed@example.org")


@pytest.fixture
def loaded(db):
    """The real data of fixtures/."""
    call_command("load_data", stdout=StringIO())
