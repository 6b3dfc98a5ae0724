"""The site as it is run in production while a server behind it fails, and what its log tells of those who sign in."""

import json
import tempfile
import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from urllib.parse import quote

import pytest
from django.conf import settings as project
from django.db import connection

from reviews.digests.models import Subscription
from tests.database import sql
from tests.factories import RecommendationFactory, SeriesFactory
from tests.reviews.digests.readers import filled_in

from .processes import HOST, Visitor, proxy, role, stallable

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HTTPS = {"Host": HOST, "X-Forwarded-Proto": "https"}


@pytest.fixture
def folder():
    """A folder whose path is short enough for sockets."""
    with tempfile.TemporaryDirectory() as folder:
        yield folder


def get(port, path, **headers):
    """The answer with its body, and the seconds that it took."""
    began = time.monotonic()
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as web:
        web.request("GET", path, headers=HTTPS | headers)
        response = web.getresponse()
        body = response.read()
    return response, body, time.monotonic() - began


# PostgreSQL


@contextmanager
def a_full_disk():
    """A database in which no subscription finds room, as PostgreSQL says it."""
    sql("""
        CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$
    """)
    sql("CREATE TRIGGER no_room BEFORE INSERT ON digests_subscription FOR EACH ROW EXECUTE FUNCTION no_room()")
    try:
        yield
    finally:
        sql("DROP TRIGGER no_room ON digests_subscription")
        sql("DROP FUNCTION no_room")


def test_on_a_full_disk_a_reader_is_told_that_nothing_was_stored(web):
    form = filled_in([SeriesFactory()])
    with web() as port, proxy(port, "appends") as door:
        visitor = Visitor(door)
        with a_full_disk():
            assert visitor.fill_in("/subscribe/", form) == 503
            assert "what you wrote was not stored" in visitor.page
            assert not Subscription.objects.exists()
        assert visitor.fill_in("/subscribe/", form) == 302

    assert Subscription.objects.exists()
    assert "No space left on device" in web.log.read_text()


def test_postgresql_that_hangs_costs_a_page_a_second_or_two(web, folder):
    RecommendationFactory()
    known = connection.get_connection_params()
    socket_name = f".s.PGSQL.{known.get('port') or 5432}"
    with (
        stallable(f"{folder}/{socket_name}", f"{known['host']}/{socket_name}") as flows,
        web(DATABASE_URL=f"postgres://{role()}@/{quote(folder)}/{known['dbname']}") as port,
    ):
        assert get(port, "/")[0].status == 200
        flows.clear()
        page, _words, took_page = get(port, "/")
        ready, answers, took_ready = get(port, "/readyz")
        alive, _ok, took_alive = get(port, "/healthz")
        flows.set()
        again, _words, _took = get(port, "/")

    assert (page.status, page.headers["Retry-After"]) == (503, "60")
    assert (ready.status, alive.status, again.status) == (500, 200, 200)
    assert json.loads(answers)["database"] != "OK"
    assert max(took_page, took_ready) < 4  # each waits two seconds at most; this machine may be busy
    assert took_alive < 1


# Redis


def test_redis_that_hangs_costs_monitoring_a_second_or_two(web, folder):
    target, _query, number = project.REDIS_URL.removeprefix("unix://").partition("?db=")
    with (
        stallable(f"{folder}/redis", target) as flows,
        web(REDIS_URL=f"unix://{folder}/redis?db={number or 0}") as port,
    ):
        get(port, "/readyz")
        flows.clear()
        ready, answers, took_ready = get(port, "/readyz")
        page, _words, took_page = get(port, "/about/")

    assert (ready.status, page.status) == (500, 200)
    assert json.loads(answers)["cache"] != "OK"
    assert max(took_page, took_ready) < 4


# Sign-in


def events(log) -> list[dict]:
    """The lines of the log that tell of sign-ins; each line is JSON."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line for line in lines if line.get("event") == "sign-in"]


@pytest.mark.usefixtures("staff")
def test_strangers_lock_nobody_out_and_the_log_tells_of_them(web):
    with web() as port, proxy(port, "appends") as door:
        ana = Visitor(door, "127.0.0.7")
        assert ana.sign_in("ana", "a right password") == 302
        assert ana.sign_out() == 200
        for host in range(100, 125):
            Visitor(door, f"127.0.0.{host}").sign_in("ana", "my secret guess")

        assert Visitor(door, "127.0.0.8").sign_in("ana", "a right password") == 429
        ana.address = "127.0.0.9"
        assert ana.sign_in("ana", "a right password") == 302

    told = events(web.log)
    assert [event["outcome"] for event in told if event["outcome"] in ("succeeded", "signed out")] == [
        "succeeded",
        "signed out",
        "succeeded",
    ]
    assert {event["outcome"] for event in told} == {"succeeded", "failed", "locked", "signed out"}
    assert {event["network"] for event in told} >= {"127.0.0.7", "127.0.0.100", "127.0.0.9"}
    assert len({event["account"] for event in told}) == 1
    assert "my secret guess" not in web.log.read_text()


# The subscribe form


def test_beyond_the_limit_of_all_visitors_nobody_is_written_to(web):
    series = SeriesFactory()
    with web(SUBSCRIPTION_REQUESTS_PER_HOUR="3") as port, proxy(port, "appends") as door:
        answers = [
            Visitor(door, f"127.0.0.{n}").fill_in("/subscribe/", filled_in([series], f"reader{n}@example.org"))
            for n in range(10, 15)
        ]

    assert answers == [302, 302, 302, 503, 503]
    assert Subscription.objects.count() == 3
