"""The site as a whole: every address, every page of the admin, every command, the settings, and the headers.

What is opened is found by walking the URLconf, the admin's registry and the commands, so that a new one is covered
on the day it is added.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command, get_commands
from django.db import connection
from django.urls import reverse
from django.utils import translation

from mail.bounces.suppression import suppress
from mail.models import DomainPause, MailControl, Message
from recommendations.models import Update
from tests.addresses import LANGUAGES, addresses, parameters, placed, public_patterns
from tests.factories import (
    ChapterFactory,
    MembershipFactory,
    MilestoneFactory,
    RecommendationFactory,
    SubscriptionFactory,
    WorkingGroupFactory,
    record,
)
from tests.mail.messages import queued
from tests.reading import text
from tests.reviews.digests.stages import fanned_out

APPS = ["config", "working_groups", "recommendations", "reviews", "reviews.digests"]


# Every address


def wrong_with(response, language) -> list[str]:
    """What every answer must be, and every page."""
    page = response.getvalue().decode(errors="replace")
    policy = response.headers.get("Content-Security-Policy", "")
    found = {
        f"answers {response.status_code}": response.status_code != 200,
        "has no policy for its content": "default-src 'none'" not in policy,
        "allows what is inline": "unsafe-inline" in policy or "unsafe-eval" in policy,
    }
    if response.headers["Content-Type"].startswith("text/html"):
        found |= {
            "has no title": not re.search(r"<title>\s*[^\s<][^<]+</title>", page),
            "has an inline script": re.search(r"<script(?![^>]*(\bsrc=|type=\"application/ld\+json\"))", page),
            "has an inline handler": re.search(r"<[^>]+\son\w+=", page),
            "has an inline style": re.search(r"<style|<[^>]+\sstyle=", page),
            "says None": re.search(r"\bNone\b(?! is (known|recorded)\.)", page),
            "has an address that ends in a bare question mark": re.search(r"(href|src|action)=\"[^\"]*\?\"", page),
            "shows template code": "{{" in page or "{%" in page,
            f"does not say that it is in {language}": f'<html lang="{language}">' not in page,
        }
    return [what for what, is_so in found.items() if is_so]


@pytest.mark.django_db(transaction=True)  # a digest is frozen in a transaction of its own
def test_every_public_address_opens_in_both_languages(client):
    wrong = {}
    for _name, language, address in addresses(placed()):
        if problems := wrong_with(client.get(address), language):
            wrong[address] = problems

    assert wrong == {}


@pytest.mark.django_db
def test_the_site_opens_before_anything_is_in_it(client):
    wrong = {}
    for name, pattern in public_patterns():
        if parameters(pattern):
            continue
        for language in LANGUAGES:
            with translation.override(language):
                address = reverse(name)
            if problems := wrong_with(client.get(address), language):
                wrong[address] = problems

    assert wrong == {}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/recommendations/export.json", "/nonsense/", "/healthz", "/admin/login/"])
def test_every_answer_has_the_headers_of_security(client, address):
    headers = client.get(address).headers

    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["frame-ancestors"]) == ("'none'", "'self'", "'none'")


@pytest.mark.django_db
def test_who_only_reads_gets_no_cookie(client):
    for address in ["/", "/recommendations/?q=customs", "/es/", "/nonsense/"]:
        assert not client.get(address).cookies


# Every page of the admin


@pytest.fixture
def one_of_each(transactional_db):
    """A record of every model that the admin knows."""
    recommendation = RecommendationFactory()
    ChapterFactory()
    MembershipFactory(group=WorkingGroupFactory())
    record(recommendation)
    milestone = MilestoneFactory()
    SubscriptionFactory(series=[milestone.series])
    fanned_out(milestone)
    queued("somebody@example.org")
    MailControl.objects.create(pk=1)
    DomainPause.objects.create(domain="out.example")
    suppress("nobody@example.org", "staff")
    Group.objects.get_or_create(name="Editors")


def test_every_page_of_the_admin_opens(one_of_each, as_staff):
    answers = {}
    for model, its_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        record = model.objects.first()
        assert record, f"{model.__name__} is new in the admin: make one in one_of_each()."
        may_add = its_admin.has_add_permission(as_staff.get("/admin/").wsgi_request)
        recommendation_rows = 302 if model is MailControl else 200  # it leads to its one row
        expected = {
            reverse(f"{name}_changelist"): recommendation_rows,
            reverse(f"{name}_changelist") + "?q=somewhere": recommendation_rows,
            reverse(f"{name}_add"): 200 if may_add else 403,
            reverse(f"{name}_change", args=[record.pk]): 200,
            reverse(f"{name}_history", args=[record.pk]): 200,
        }
        for address, code in expected.items():
            response = as_staff.get(address)
            if response.status_code != code:
                answers[address] = response.status_code
            assert "unsafe" not in response["Content-Security-Policy"]

    assert answers == {}


@pytest.mark.django_db
def test_the_admin_opens_in_spanish(as_staff):
    assert '<html lang="es"' in text(as_staff.get("/es/admin/"))


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Update, Message])
def test_logs_are_read_only_for_a_superuser_too(as_staff, model):
    request = as_staff.get("/admin/").wsgi_request
    its_admin = admin.site._registry[model]

    assert not its_admin.has_change_permission(request)
    assert not its_admin.has_delete_permission(request)


# Every command


@pytest.mark.parametrize("command", [name for name, app in get_commands().items() if app in APPS])
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as end:
        call_command(command, "--help")

    assert end.value.code == 0
    assert re.search(r"\n\n[A-Z][^\n]{20}", capsys.readouterr().out)  # a sentence, between the usage and the options


# The code


def run(*command, **env) -> subprocess.CompletedProcess:
    """Run a program of the project with nothing in its environment but what is given."""
    return subprocess.run(
        command,
        cwd=project.BASE_DIR,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"} | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_imports_go_one_way():
    result = run(Path(sys.executable).parent / "lint-imports", "--no-cache")

    assert result.returncode == 0, result.stdout
    assert ", 0 broken" in result.stdout


@pytest.mark.django_db
def test_the_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# The settings

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


@pytest.mark.django_db
def test_an_address_that_asks_for_too_much_is_told_so(client):
    response = client.get("/recommendations/?" + "&".join(["group=first"] * 1001))

    assert response.status_code == 400
    assert "This address cannot be read" in text(response)


# Health


def test_healthz_says_that_the_process_is_up_without_asking_anybody(client):
    assert client.get("/healthz").status_code == 200  # pytest-django refuses the database here


@pytest.mark.django_db(transaction=True)
def test_readyz_fails_without_a_worker_and_says_so(client):
    response = client.get("/readyz")

    said = response.json()
    assert response.status_code == 500
    assert "worker" in said.pop("ping").lower()
    assert said.pop("mail") == {
        "jobs": "OK",
        "last_runs": {"digests": None, "mail": None},
        "paused": False,
        "paused_domains": 0,
        "oldest_due_at": None,
        "unknown": 0,
    }
    assert said == {"database": "OK", "cache": "OK"}


@pytest.mark.django_db(transaction=True)
def test_readyz_gives_its_connections_back(client):
    def in_use():
        stats = connection.pool.get_stats()
        return stats["pool_size"] - stats["pool_available"]

    connection.ensure_connection()
    before = in_use()
    client.get("/readyz")
    connection.ensure_connection()

    assert in_use() == before


def test_no_address_makes_the_link_to_the_other_language_lead_elsewhere(client, db):
    response = client.get("/", PATH_INFO="//elsewhere.example/")

    assert response.status_code == 404
    assert 'hreflang="es" href="/%2Felsewhere.example/"' in text(response)
