"""The settings: what production needs and refuses, and what follows from each variable of the environment."""

import os
import re
import sys

import pytest

from tests.processes import run

PRODUCTION = {
    "PRODUCTION": "true",
    "SECRET_KEY": "a-secret-that-is-long-enough-" + "".join(map(chr, range(48, 123))),
    "ALLOWED_HOSTS": "tracker.example",
    "SITE_URL": "https://tracker.example",
    "DATABASE_URL": "postgres://tracker@db.example/tracker",
    "REDIS_URL": "redis://redis.example/0",
    "EMAIL_URL": "smtp://mail.example:587",
    "MAIL_FROM": "Tracker <tracker@tracker.example>",
}


def test_production_refuses_to_start_and_names_all_that_is_missing():
    result = run(sys.executable, "manage.py", "check", PRODUCTION="true")

    assert result.returncode != 0
    [said] = re.findall(r"ImproperlyConfigured: (.*)", result.stderr)
    for name in PRODUCTION.keys() - {"PRODUCTION"}:
        assert name in said


def test_production_names_the_one_that_is_missing_or_empty():
    result = run(sys.executable, "manage.py", "check", **PRODUCTION | {"MAIL_FROM": ""})

    assert result.returncode != 0
    assert "These environment variables are needed: MAIL_FROM." in result.stderr


def test_production_passes_the_checks_of_deployment_without_a_warning():
    result = run(sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_production_never_shows_debug_pages():
    result = run(sys.executable, "-c", "from config import settings; print(settings.DEBUG)", **PRODUCTION, DEBUG="true")

    assert result.stdout.strip() == "False"


def setting(name, **env) -> str:
    """What a process of its own has for a setting, by the environment of PRODUCTION and `env`."""
    code = f"from config import settings; print(settings.{name})"
    return run(sys.executable, "-c", code, **PRODUCTION | env).stdout.strip()


def test_whatever_names_a_database_is_production_unless_it_says_that_it_is_local():
    assert setting("SECURE_SSL_REDIRECT", PRODUCTION="") == "True"
    assert setting("PRODUCTION", PRODUCTION="", LOCAL="true") == "False"
    assert setting("PRODUCTION", PRODUCTION="true", LOCAL="true") == "True"


def test_nothing_configured_is_an_error_and_no_empty_database():
    result = run(sys.executable, "-c", "import config.settings")

    assert "These environment variables are needed: SECRET_KEY" in result.stderr


def test_importing_the_settings_starts_nothing_and_writes_nothing(tmp_path):
    code = (
        "from config.local import embedded\n"
        f"embedded.VAR = embedded.POSTGRES = __import__('pathlib').Path({str(tmp_path)!r}, 'var')\n"
        "embedded.RUNNING = embedded.VAR / 'running.json'\n"
        "from config import settings\n"
        "print(settings.DATABASES['default']['HOST'], settings.REDIS_URL)"
    )

    result = run(sys.executable, "-c", code, LOCAL="true")

    assert result.stdout.split() == [f"{tmp_path}/var", f"unix://{tmp_path}/var/valkey.sock"]
    assert list(tmp_path.iterdir()) == []


def test_hsts_covers_other_hosts_only_where_it_is_said():
    assert setting("SECURE_HSTS_INCLUDE_SUBDOMAINS") == setting("SECURE_HSTS_PRELOAD") == "False"
    assert setting("SECURE_HSTS_SECONDS", HSTS_SECONDS="60") == "60"
    assert setting("SECURE_HSTS_INCLUDE_SUBDOMAINS", HSTS_SUBDOMAINS="true") == "True"


@pytest.mark.parametrize(
    ("url", "broker", "counters", "pages"),
    [
        ("redis://r.example:6379", "redis://r.example:6379", "redis://r.example:6379/1", "redis://r.example:6379/2"),
        ("rediss://:p@r.example/3", "rediss://:p@r.example/3", "rediss://:p@r.example/4", "rediss://:p@r.example/5"),
        ("unix:///run/r.sock", "redis+socket:///run/r.sock", "unix:///run/r.sock?db=1", "unix:///run/r.sock?db=2"),
    ],
)
def test_queue_counters_and_pages_have_databases_of_their_own(url, broker, counters, pages):
    assert setting("CELERY_BROKER_URL", REDIS_URL=url) == broker
    assert setting("CACHES['default']['LOCATION']", REDIS_URL=url) == counters
    assert setting("CACHES['pages']['LOCATION']", REDIS_URL=url) == pages
    assert setting("CACHES['pages']['LOCATION']", PAGE_CACHE_URL="redis://pages.example/0") == "redis://pages.example/0"


@pytest.mark.parametrize(("entry", "timeout"), [("config.wsgi", "15s"), ("config.celery", "0")])
def test_no_page_keeps_the_database_busy_for_long_but_a_job_may(entry, timeout):
    asked = (
        f"import {entry}, django\n"
        "django.setup()\n"
        "from django.db import connection\n"
        "with connection.cursor() as cursor:\n"
        "    cursor.execute('SHOW statement_timeout')\n"
        "    print(*cursor.fetchone())\n"
        "connection.close_pool()"
    )
    env = PRODUCTION | {"DATABASE_URL": os.environ["DATABASE_URL"]}

    assert run(sys.executable, "-c", asked, **env).stdout.strip() == timeout
