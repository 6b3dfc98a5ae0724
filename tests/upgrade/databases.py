"""Databases of their own on the test server: restored from a dump, copied, migrated in a subprocess, used, dropped."""

import lzma
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode
from uuid import uuid4

import psycopg
from django.conf import settings as project
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection

DUMP = Path(__file__).with_name("53c8c87.sql.xz")


@contextmanager
def created(template: str = "template0"):
    """Create a database, a copy of `template`, for as long as the body runs. Give its name."""
    name = f"upgrade_{uuid4().hex[:12]}"  # several test processes share one server
    with connect("postgres") as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
    try:
        yield name
    finally:
        with connect("postgres") as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def restore(name: str):
    """Fill an empty database with what commit 53c8c87 left."""
    with connect(name) as database:
        database.execute(lzma.decompress(DUMP.read_bytes()).decode())


def rows(name: str, query: str) -> list[tuple]:
    with connect(name) as database:
        return database.execute(query).fetchall()


def connect(name: str) -> psycopg.Connection:
    return psycopg.connect(**_place(), dbname=name, autocommit=True)


def manage(name: str, *arguments: str, **environment: str) -> str:
    """Run `manage.py` of this working tree against a database, as an operator does. Give what it prints."""
    place = _place()
    user, password = quote(place.pop("user")), place.pop("password", None)
    user += f":{quote(password, safe='')}" if password else ""
    result = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=project.BASE_DIR,
        env=os.environ | {"DATABASE_URL": f"postgres://{user}@/{name}?{urlencode(place)}"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@contextmanager
def in_use(name: str):
    """Let Django's default connection lead to another database while the body runs."""
    usual = connection.settings_dict["NAME"]
    _lead_to(name)
    try:
        yield
    finally:
        _lead_to(usual)


def _lead_to(name):
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name
    # What this process remembers of the other database: the identifiers of its models, and its pages.
    ContentType.objects.clear_cache()
    cache.clear()


def _place() -> dict[str, str]:
    """Where the server is and who we are to it, as psycopg and PostgreSQL's URLs name it."""
    known = connection.get_connection_params()
    return {key: str(known[key]) for key in ("host", "port", "user", "password") if known.get(key)}
