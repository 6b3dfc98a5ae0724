"""The site as a whole: every address, every page of the admin, every command, and the headers.

What is opened is found by walking the URLconf, the admin's registry and the commands, so that a new one is covered
on the day it is added.
"""

import re
import sys
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command, get_commands
from django.urls import reverse
from django.utils import translation

from mail.bounces.suppression import suppress
from mail.models import DomainPause, MailControl, Message
from recommendations.models import Update
from tests.addresses import LANGUAGES, addresses, parameters, placed, public_patterns
from tests.factories import (
    AddresseeFactory,
    AssessmentFactory,
    ChapterFactory,
    MembershipFactory,
    MilestoneFactory,
    RecommendationFactory,
    SubscriptionFactory,
    WorkingGroupFactory,
    record,
    record_answer,
)
from tests.mail.messages import queued
from tests.processes import run
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


@pytest.mark.django_db
def test_an_address_that_asks_for_too_much_is_told_so(client):
    response = client.get("/recommendations/?" + "&".join(["group=first"] * 1001))

    assert response.status_code == 400
    assert "This address cannot be read" in text(response)


def test_no_address_makes_the_link_to_the_other_language_lead_elsewhere(client, db):
    response = client.get("/", PATH_INFO="//elsewhere.example/")

    assert response.status_code == 404
    assert set(re.findall(r'hreflang="es"\s+href="([^"]*)"', text(response))) == {"/es/%2Felsewhere.example/"}


# Every page of the admin


@pytest.fixture
def one_of_each(transactional_db):
    """A record of every model that the admin knows."""
    recommendation = RecommendationFactory()
    ChapterFactory()
    MembershipFactory(group=WorkingGroupFactory())
    record(recommendation)
    AssessmentFactory(recommendation=recommendation)
    record_answer(AddresseeFactory(recommendation=recommendation))
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
        list_status = 302 if model is MailControl else 200  # it leads to its one row
        expected = {
            reverse(f"{name}_changelist"): list_status,
            reverse(f"{name}_changelist") + "?q=somewhere": list_status,
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


def test_imports_go_one_way():
    result = run(Path(sys.executable).parent / "lint-imports", "--no-cache")

    assert result.returncode == 0, result.stdout
    assert ", 0 broken" in result.stdout


@pytest.mark.django_db
def test_the_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
