"""The application's role of PostgreSQL can do its work, and cannot undo what the database holds."""

import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from recommendations.models import HistoryEntry, Recommendation
from tests.database import sql
from tests.factories import AddresseeFactory, MilestoneFactory, RecommendationFactory, record
from tests.reading import text

pytestmark = pytest.mark.django_db

ROLE = f"weak_{os.getpid()}"  # all databases of a server share their roles


@pytest.fixture
def as_app(db):
    """From here on the test's connection has no more rights than the role."""
    sql(f"CREATE ROLE {ROLE}")
    call_command("grant_app_role", ROLE, stdout=StringIO())

    def as_app():
        sql(f"SET LOCAL ROLE {ROLE}")

    yield as_app
    sql("RESET ROLE")


def is_denied(statement):
    with pytest.raises(DatabaseError, match=r"permission denied|must be (owner|superuser)"), transaction.atomic():
        sql(statement)


def test_it_does_all_that_the_application_does(as_app, client):
    recommendation = RecommendationFactory()
    as_app()

    record(recommendation, status="in_progress")
    AddresseeFactory(recommendation=recommendation).delete()
    MilestoneFactory(name_en="Next meeting")
    Recommendation.objects.update(title_en="Another title")

    assert Recommendation.objects.get().status == "in_progress"
    assert client.get("/").status_code == 200
    assert "Another title" not in text(client.get(recommendation.get_absolute_url(), {"as_of": "2024-01-01"}))
    assert HistoryEntry.objects.filter(action="update").count() == 1
    sql("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE recommendations_update SET what_en = 'Nothing.'",
        "DELETE FROM recommendations_update",
        "DELETE FROM recommendations_recommendationversion",
        "UPDATE working_groups_organizationversion SET name_en = 'Nobody'",
        "UPDATE recommendations_evidence SET title = 'Nothing.'",
        "TRUNCATE recommendations_update CASCADE",
        "TRUNCATE recommendations_addressee",
        "ALTER TABLE recommendations_update DISABLE TRIGGER ALL",
        "ALTER TABLE recommendations_update ALTER what_en TYPE text USING 'Nothing.'",
        "CREATE RULE r AS ON INSERT TO recommendations_update DO INSTEAD NOTHING",
        "CREATE TRIGGER zzz BEFORE INSERT ON recommendations_update EXECUTE FUNCTION content_changed()",
        "CREATE TABLE public.of_its_own ()",
        "SET session_replication_role = replica",
        "DELETE FROM content_change",
        "INSERT INTO content_change VALUES (1, now())",
        "DELETE FROM django_migrations",
        "DROP TABLE recommendations_update CASCADE",
    ],
)
def test_it_cannot_get_around_what_the_database_holds(as_app, statement):
    record(RecommendationFactory())
    as_app()

    is_denied(statement)


def test_it_cannot_replace_a_function(as_app):
    as_app()

    is_denied("CREATE OR REPLACE FUNCTION note_content_change() RETURNS void LANGUAGE sql AS ''")


def test_it_may_be_granted_again_and_covers_tables_to_come(as_app):
    call_command("grant_app_role", ROLE, stdout=StringIO())
    sql("CREATE TABLE public.of_the_next_release (id integer)")
    as_app()

    sql("INSERT INTO of_the_next_release VALUES (1)")
    is_denied("TRUNCATE of_the_next_release")


def test_without_our_patch_it_could_skip_a_trigger_by_a_setting(as_app):
    """Why core/database/triggers.py stays: the function that django-pgtrigger installs asks a setting that anybody may set."""
    recommendation = RecommendationFactory()
    [trigger] = [found for found in Recommendation._meta.triggers if found.name == "status_comes_from_ledger"]
    sql(str(trigger.compile(Recommendation).sql))  # as the library installs it
    as_app()
    sql("SELECT set_config('pgtrigger.ignore', %s, true)", f"{{{trigger.get_pgid(Recommendation)}}}")

    sql("UPDATE recommendations_recommendation SET status = 'implemented'")

    recommendation.refresh_from_db()
    assert recommendation.status == "implemented"


@pytest.mark.parametrize("name", ["nobody_of_that_name", "postgres"])
def test_a_role_that_is_not_there_or_that_may_do_all_is_refused(name):
    with pytest.raises(CommandError, match=name):
        call_command("grant_app_role", name)
