"""What Editors and Managers may do, from the first `migrate` on."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse

from recommendations.models import Update
from tests.factories import MilestoneFactory, RecommendationFactory, record

pytestmark = pytest.mark.django_db


def may(role) -> set[str]:
    return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))


def update_form(recommendation) -> dict:
    return {
        "recommendation": recommendation.pk,
        "status": "in_progress",
        "effective_on": "2024-05-01",
        "precision": "day",
        "what_en": "A pilot began.",
        "basis": "verified",
        "visibility": "public",
        "evidence-TOTAL_FORMS": 0,
        "evidence-INITIAL_FORMS": 0,
    }


def milestone_form(milestone) -> dict:
    return {
        "series": milestone.series_id,
        "kind": "meeting",
        "name_en": "Another name",
        "name_es": "Otro nombre",
        "slug": milestone.slug,
        "precision": "unknown",
        "state": "tentative",
        "time_zone": "America/Mexico_City",
        "dates-TOTAL_FORMS": 0,
        "dates-INITIAL_FORMS": 0,
    }


@pytest.mark.parametrize("role", ["editor", "manager"])
def test_both_record_what_happened(role, request):
    recommendation = RecommendationFactory()

    request.getfixturevalue(role).post(reverse("admin:recommendations_update_add"), update_form(recommendation))

    recommendation.refresh_from_db()
    assert recommendation.status == "in_progress"


@pytest.mark.parametrize("role", ["editor", "manager"])
@pytest.mark.parametrize("action", ["change", "delete"])
def test_neither_changes_the_ledger(role, action, request):
    update = record(RecommendationFactory(), status="in_progress")

    address = reverse(f"admin:recommendations_update_{action}", args=[update.pk])
    response = request.getfixturevalue(role).post(address, {"post": "yes", "what_en": "Nothing."})

    assert response.status_code == 403
    assert Update.objects.get().what_en == update.what_en


def test_an_editor_reads_a_milestone_and_does_not_change_it(editor):
    milestone = MilestoneFactory(name_en="HLED 2030")
    address = reverse("admin:reviews_milestone_change", args=[milestone.pk])

    assert editor.get(address).status_code == 200
    assert editor.post(address, milestone_form(milestone)).status_code == 403
    assert editor.get(reverse("admin:reviews_milestone_add")).status_code == 403
    milestone.refresh_from_db()
    assert milestone.name_en == "HLED 2030"


def test_a_manager_changes_a_milestone(manager):
    milestone = MilestoneFactory(name_en="HLED 2030")

    manager.post(reverse("admin:reviews_milestone_change", args=[milestone.pk]), milestone_form(milestone))

    milestone.refresh_from_db()
    assert milestone.name_en == "Another name"


def test_editors_keep_records_and_statuses():
    assert may("Editors") >= {
        "add_update",
        "add_evidence",
        "change_recommendation",
        "change_issue",
        "change_workinggroup",
        "add_organization",
        "add_person",
        "add_membership",
        "delete_addressee",
        "delete_chapterlink",
    }


@pytest.mark.parametrize("model", ["user", "milestone", "series", "subscription", "suppression"])
@pytest.mark.parametrize("action", ["add", "change", "delete"])
def test_editors_keep_no_accounts_milestones_or_subscriptions(model, action):
    assert f"{action}_{model}" not in may("Editors")


def test_managers_may_all_that_editors_may():
    assert may("Managers") >= may("Editors")


def test_managers_keep_accounts_milestones_and_subscriptions():
    assert may("Managers") >= {"add_user", "change_user", "add_milestone", "change_milestone", "change_digest"} | {
        f"{action}_{model}" for action in ["add", "change"] for model in ["subscription", "suppression"]
    }


@pytest.mark.parametrize("role", ["Editors", "Managers"])
def test_nobody_deletes_what_has_a_public_address(role):
    assert not may(role) & {
        f"delete_{model}" for model in ["recommendation", "issue", "document", "update", "evidence", "milestone"]
    }


def test_migrating_again_leaves_what_was_granted_besides():
    permission = Permission.objects.get(codename="delete_milestone")
    editors = Group.objects.get(name="Editors")
    editors.permissions.add(permission)
    before = may("Editors")

    call_command("migrate", verbosity=0)

    assert may("Editors") == before


def test_migrating_again_gives_back_what_was_taken_away():
    Group.objects.all().delete()

    call_command("migrate", verbosity=0)

    assert "add_update" in may("Editors")
