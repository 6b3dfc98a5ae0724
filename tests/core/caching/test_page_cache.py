"""Public pages are made once and stored, and no reader ever sees one that is no longer true."""

import gzip
import logging
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.caching import page_cache
from core.caching.content_change import CONTENT_CHANGED, content_version
from core.caching.release import release
from mail.models import Message
from reviews.digests.models import Reason
from reviews.digests.pipeline.transitions import stop
from reviews.digests.subscribers.tokens import token_for
from tests.database import in_another_connection, sql
from tests.factories import (
    AddresseeFactory,
    ChapterLinkFactory,
    DocumentFactory,
    MembershipFactory,
    MilestoneFactory,
    OrganizationFactory,
    RecommendationFactory,
    SubscriptionFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import text
from tests.reviews.digests.stages import fanned_out

pytestmark = pytest.mark.django_db(transaction=True)  # inside a transaction, nothing is stored

# Models of these apps that no public page shows anything of.
NOT_SHOWN = {"User", "User_groups", "User_user_permissions"}


@pytest.fixture(autouse=True)
def _nothing_is_stored():
    caches["pages"].clear()


def stored() -> tuple:
    """Redis itself, and the keys that pages are stored under."""
    redis = caches["pages"]._cache.get_client()
    return redis, redis.keys()


def queries(client, address, **headers) -> int:
    """How many queries an answer takes."""
    with CaptureQueriesContext(connection) as captured:
        client.get(address, headers=headers)
    return len(captured)


# A page that nothing has changed


@pytest.mark.parametrize("address", ["/", "/recommendations/", "/es/groups/", "/milestones/", "/digests/"])
def test_the_second_reader_costs_one_query(client, address):
    RecommendationFactory()
    first = client.get(address)

    assert queries(Client(), address) == 1
    second = Client().get(address)
    assert second.content == first.content
    assert second.headers == first.headers


def test_a_browser_that_has_the_page_is_told_so_for_one_query(client):
    first = client.get("/recommendations/?sort=newest")
    had = {"if-none-match": first["ETag"]}

    assert queries(client, "/recommendations/?sort=newest", **had) == 1
    again = client.get("/recommendations/?sort=newest", headers=had)
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"] == "no-cache"
    assert "Cookie" in again["Vary"]


@pytest.mark.parametrize("name", ["group-widget", "badge"])
def test_what_others_frame_is_stored_as_it_may_be_framed_and_for_how_long(client, name):
    recommendation = RecommendationFactory(group=WorkingGroupFactory(slug="first"))
    address = reverse(name, args=["first" if name == "group-widget" else recommendation.code])
    first = client.get(address)

    second = client.get(address)

    assert queries(client, address) == 1
    assert (second.status_code, second.headers) == (200, first.headers)
    assert ("X-Frame-Options" in second) == (name == "badge")
    assert "max-age=3600" in second["Cache-Control"]


def test_a_file_is_not_made_again_for_who_has_it(client):
    RecommendationFactory()
    first = client.get("/recommendations/export.csv")
    text(first)

    again = client.get("/recommendations/export.csv", headers={"if-none-match": first["ETag"]})

    assert again.status_code == 304


@pytest.mark.parametrize("is_stored", [False, True])
def test_a_page_is_compressed_for_those_who_take_it_compressed(client, is_stored):
    plain = client.get("/")
    if not is_stored:
        caches["pages"].clear()

    compressed = client.get("/", headers={"accept-encoding": "gzip, br"})

    assert compressed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in compressed["Vary"]
    assert int(compressed["Content-Length"]) == len(compressed.content) < len(plain.content) / 2
    assert gzip.decompress(compressed.content) == plain.content
    assert "Content-Encoding" not in client.get("/")


def test_the_next_day_has_pages_of_its_own(client, monkeypatch):
    client.get("/")

    monkeypatch.setattr(page_cache.timezone, "localdate", lambda: date(2040, 1, 1))

    assert queries(client, "/") > 1


def test_a_new_release_has_pages_of_its_own(client, monkeypatch):
    client.get("/")

    monkeypatch.setattr(page_cache, "release", lambda: "another")

    assert queries(client, "/") > 1


# A write is seen on the very next request


def shown_models() -> list:
    return [
        model
        for name in ("working_groups", "recommendations", "reviews")
        for model in apps.get_app_config(name).get_models(include_auto_created=True)
        if model.__name__ not in NOT_SHOWN and model._meta.managed and not model._meta.proxy
    ]


def test_every_model_that_is_shown_names_the_trigger():
    """Beside its other triggers; a table between two models has a proxy model that does."""
    named = {
        model._meta.db_table
        for model in apps.get_models()
        if CONTENT_CHANGED.name in [trigger.name for trigger in getattr(model._meta, "triggers", [])]
    }

    assert {model._meta.db_table for model in shown_models()} - named == set()


@pytest.fixture
def visible_rows():
    """A row in each table that public pages show."""
    recommendation = RecommendationFactory()
    AddresseeFactory(recommendation=recommendation)
    ChapterLinkFactory(recommendation=recommendation)
    group = WorkingGroupFactory()
    group.partners.add(OrganizationFactory())
    MembershipFactory(group=group)
    record(recommendation)
    MilestoneFactory().documents.add(recommendation.document)


def test_a_write_by_sql_to_any_table_that_is_shown_is_seen(visible_rows):
    not_seen = []
    for model in shown_models():
        before = content_version()
        # What is only added to needs no row to be changed for this.
        triggers = {trigger.name for trigger in getattr(model._meta, "triggers", [])}
        table, pk = model._meta.db_table, model._meta.pk.column
        rows = "false" if triggers & {"never_changed", "append_only"} else "true"
        sql(f"UPDATE {table} SET {pk} = {pk} WHERE {rows}")
        if content_version() == before:
            not_seen.append(table)

    assert not_seen == []


def test_each_way_of_writing_is_seen(visible_rows):
    versions = [content_version()]
    for statement in [
        "INSERT INTO working_groups_person (name) VALUES ('Somebody')",
        "UPDATE working_groups_person SET name = 'Somebody else' WHERE name = 'Somebody'",
        "DELETE FROM working_groups_person WHERE name = 'Somebody else'",
        "TRUNCATE recommendations_chapterlink",
    ]:
        sql(statement)
        versions.append(content_version())

    assert len(set(versions)) == 5


def test_what_is_written_stands_on_the_page_at_once(client):
    recommendation = RecommendationFactory()
    for number in range(5):
        sql("UPDATE recommendations_recommendation SET title_en = %s", f"Title {number}")
        assert f"Title {number}" in text(client.get("/recommendations/"))
        assert f"Title {number}" in text(client.get(recommendation.get_absolute_url()))


def test_what_is_hidden_is_gone_at_once(client):
    recommendation = RecommendationFactory(title_en="A secret")
    assert "A secret" in text(client.get("/recommendations/"))

    sql("UPDATE recommendations_document SET visibility = 'staff'")

    assert "A secret" not in text(client.get("/recommendations/"))
    assert client.get(recommendation.get_absolute_url()).status_code == 404


def test_a_digest_is_seen_when_it_is_planned_and_when_it_is_sent():
    milestone = MilestoneFactory()
    before = content_version()
    digest = milestone.digests.create(lead_days=30, due_at="2030-01-01T00:00Z", milestone_revision=milestone.revision)
    planned = content_version()

    content = '{"as_of": "2030-01-01", "days_left": 30}'
    sql("UPDATE digests_digest SET state = 'frozen', content = %s, frozen_at = now() WHERE id = %s", content, digest.pk)
    frozen = content_version()
    sql("UPDATE digests_digest SET state = 'sending' WHERE id = %s", digest.pk)

    assert len({before, planned, frozen, content_version()}) == 4


def test_a_stopped_digest_that_nobody_has_got_after_all_is_gone_at_once(client):
    milestone = MilestoneFactory()
    SubscriptionFactory(series=[milestone.series])
    digest = fanned_out(milestone)
    messages = Message.objects.filter(delivery__digest=digest)
    messages.update(state="sending", lease=uuid4(), lease_until=timezone.now())
    stop(digest, Reason.STAFF)
    assert digest.get_absolute_url() in text(client.get("/digests/"))

    messages.update(state="failed", finished_at=timezone.now())

    assert digest.get_absolute_url() not in text(client.get("/digests/"))


@pytest.mark.parametrize("path", ["''", "own, public"])
def test_a_write_is_seen_wherever_a_session_looks_for_its_tables(client, path):
    RecommendationFactory(title_en="Before")
    client.get("/recommendations/")
    with transaction.atomic():
        sql("CREATE SCHEMA own")
        sql("CREATE TABLE own.content_change (connection integer PRIMARY KEY, changed_at timestamptz NOT NULL)")
        sql(f"SET LOCAL search_path = {path}")
        sql("UPDATE public.recommendations_recommendation SET title_en = 'After'")
        sql("DROP SCHEMA own CASCADE")

    assert "After" in text(client.get("/recommendations/"))


def test_what_is_not_committed_is_not_seen_and_then_it_is(client):
    RecommendationFactory(title_en="Before")
    client.get("/recommendations/")
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        sql("UPDATE recommendations_recommendation SET title_en = 'After'")
        seen = pool.submit(in_another_connection, lambda: text(Client().get("/recommendations/"))).result(30)
        assert "Before" in seen
        assert "After" in text(client.get("/recommendations/"))  # of ourselves, and not stored

    assert "After" in text(client.get("/recommendations/"))


def test_what_is_rolled_back_was_never_stored(client):
    RecommendationFactory(title_en="Before")
    with transaction.atomic():
        sql("UPDATE recommendations_recommendation SET title_en = 'After'")
        client.get("/recommendations/")
        transaction.set_rollback(True)

    assert "Before" in text(client.get("/recommendations/"))


def test_a_page_that_was_begun_before_a_write_is_not_shown_after_it(client, monkeypatch):
    """The write comes when the key of the page is known, and the page is not made yet."""
    RecommendationFactory(title_en="Before")
    version = page_cache.content_version

    def version_and_then_a_write():
        known = version()
        sql("UPDATE recommendations_recommendation SET title_en = title_en || ' and after'")
        return known

    monkeypatch.setattr(page_cache, "content_version", version_and_then_a_write)
    first = client.get("/recommendations/")
    monkeypatch.undo()
    sql("UPDATE recommendations_recommendation SET title_en = 'Later'")

    assert "Later" in text(client.get("/recommendations/", headers={"if-none-match": first["ETag"]}))


def test_writers_do_not_wait_for_each_other():
    recommendations = [RecommendationFactory(), RecommendationFactory()]

    def write(recommendation):
        sql("SET lock_timeout = 5000")
        sql("UPDATE recommendations_recommendation SET title_en = 'Written' WHERE id = %s", recommendation.pk)

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        write(recommendations[0])
        pool.submit(in_another_connection, write, recommendations[1]).result(30)


def test_the_notes_of_connections_that_have_ended_are_cleared_away():
    RecommendationFactory()
    sql("INSERT INTO content_change VALUES (-1, now()), (-2, now())")
    before = content_version()

    sql("DELETE FROM content_change WHERE connection = pg_backend_pid()")
    RecommendationFactory()

    assert not sql("SELECT connection FROM content_change WHERE connection < 0")
    assert content_version() != before


def test_the_etag_stays_as_it_is_where_a_write_changes_nothing_that_everybody_sees(client):
    RecommendationFactory()
    before = client.get("/recommendations/")["ETag"]
    RecommendationFactory(document=DocumentFactory(visibility="staff"), title_en="A secret")

    assert client.get("/recommendations/", headers={"if-none-match": before}).status_code == 304


# What is never stored


def test_a_signed_in_reader_gets_a_page_of_their_own(client, as_staff):
    RecommendationFactory(document=DocumentFactory(visibility="staff", title_en="A draft"), title_en="For staff")
    RecommendationFactory()
    public = client.get("/recommendations/")

    own = as_staff.get("/recommendations/", headers={"if-none-match": public["ETag"]})

    assert "For staff" in text(own)
    assert "A draft" in text(own)  # among the choices, too
    assert own["ETag"] != public["ETag"]
    assert "private" in own["Cache-Control"]
    assert "For staff" not in text(client.get("/recommendations/"))
    assert "A draft" not in text(client.get("/recommendations/?sort=newest"))


@pytest.mark.parametrize("address", ["/recommendations/2023-SB-9/", "/changes/export.csv?since=never"])
def test_an_error_is_not_stored(client, address):
    response = client.get(address)

    assert response.status_code in (400, 404)
    assert queries(client, address) > 1


def test_forms_and_pages_behind_a_token_are_not_stored(client):
    token = token_for(SubscriptionFactory(email="somebody@example.org").key)
    addresses = [
        reverse("digests:subscribe"),
        *(reverse(f"digests:{name}", args=[token]) for name in ("preferences", "unsubscribe", "own-data", "erase")),
    ]

    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200
        assert "ETag" not in response
        assert "no-store" in response["Cache-Control"]


def test_a_prefix_that_a_request_brings_makes_no_page_for_others(client):
    RecommendationFactory(title_en="Stands on the list")
    for prefix, path in [("/recommendations", "/"), ("//evil.example/../..", "/recommendations/")]:
        client.get(path, SCRIPT_NAME=prefix)

    page = text(client.get("/recommendations/"))

    assert "Stands on the list" in page
    assert "evil.example" not in page


def test_whoever_has_any_page_is_not_told_of_one_that_is_not_there(client):
    assert client.get("/recommendations/NOPE/", headers={"if-none-match": "*"}).status_code == 404


def test_a_query_that_the_page_does_not_understand_makes_no_entry(client):
    for number in range(5):
        client.get(f"/?made_up={number}")

    assert stored()[1] == []


def test_every_key_that_the_list_understands_is_part_of_what_it_is_stored_under(client):
    RecommendationFactory(code="2023-SB-1a", title_en="A border")

    assert "2023-SB-1a" in text(client.get("/recommendations/?q=border"))
    assert "2023-SB-1a" not in text(client.get("/recommendations/?q=customs"))
    assert "2023-SB-1a" not in text(client.get("/recommendations/?status=implemented"))


def test_only_pages_are_asked_about(client):
    assert queries(client, "/healthz") == 0
    assert "ETag" not in client.get("/admin/login/")


# Redis that is gone, or that somebody else writes to


@pytest.fixture
def _redis_is_gone(settings):
    gone = {"LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES = {alias: cache | gone for alias, cache in settings.CACHES.items()}


@pytest.mark.usefixtures("_redis_is_gone")
def test_without_redis_every_page_opens_and_it_is_said_once(client, caplog):
    RecommendationFactory(title_en="Here all the same")

    with caplog.at_level(logging.WARNING, logger="core.caching.redis_cache"):
        for _ in range(3):
            response = client.get("/recommendations/")
            assert "Here all the same" in text(response)

    assert len([record for record in caplog.records if record.name == "core.caching.redis_cache"]) == 1
    assert client.get("/recommendations/", headers={"if-none-match": response["ETag"]}).status_code == 304


class Harm:
    """What unpickling would run."""

    def __reduce__(self):
        return pytest.fail, ("It was unpickled.",)


@pytest.mark.parametrize(
    "value",
    [b"", b"7", b"text", b"\x1f\x8b", b"x" * 40, pickle.dumps(Harm())],
    ids=["empty", "number", *["text", "gzip", "long", "pickle"]],
)
def test_what_others_have_written_to_redis_is_as_if_it_were_not_there(client, value):
    first = client.get("/")
    redis, keys = stored()
    for key in keys:
        redis.set(key, value)

    again = client.get("/")

    assert (again.status_code, again.content) == (200, first.content)


def test_a_stored_page_that_was_cut_short_is_made_anew(client):
    first = client.get("/")
    redis, keys = stored()
    for key in keys:
        redis.set(key, redis.get(key)[:-1])

    assert client.get("/").content == first.content


def test_a_release_is_another_when_a_page_may_look_different(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    template = tmp_path / "templates" / "page.html"
    template.parent.mkdir()
    releases = set()
    for content in ["one", "other", "one"]:
        template.write_text(content)
        releases.add(release.__wrapped__())

    assert len(releases) == 2
