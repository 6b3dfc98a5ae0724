"""How staff record what happened: one page, one save, with its evidence; and what the admin refuses."""

import json
import re
from datetime import date

import pytest
from django.urls import reverse

from recommendations.models import Evidence, Recommendation, Update
from tests.accounts import signed_in
from tests.factories import RecommendationFactory, record
from tests.reading import codes, text

pytestmark = pytest.mark.django_db

ADD = "/admin/recommendations/update/add/"
CHANGELIST = "/admin/recommendations/recommendation/"


def filled_in(recommendation, **changes) -> dict:
    """The form as it is sent; evidence is given by default, `evidence=0` sends it empty."""
    sources = changes.pop("evidence", 1)
    form = {
        "recommendation": recommendation.pk,
        "status": "implemented",
        "effective_on": "2024-05-01",
        "precision": "day",
        "what_en": "The decree is in force.",
        "what_es": "El decreto está en vigor.",
        "basis": "verified",
        "visibility": "public",
        "evidence-TOTAL_FORMS": "1",
        "evidence-INITIAL_FORMS": "0",
        "_save": "Record",
    }
    if sources:
        form |= {
            "evidence-0-title": "Decree 12",
            "evidence-0-publisher": "Official gazette",
            "evidence-0-url": "https://dof.example/12",
            "evidence-0-published_on": "2024-04-30",
        }
    return form | changes


def test_an_editor_records_an_update_with_its_evidence_in_one_save(editor, recommendation):
    page = text(editor.get(f"{ADD}?recommendation={recommendation.pk}"))
    assert "2023-SB-1a" in page
    assert recommendation.success_test_en in page

    response = editor.post(ADD, filled_in(recommendation), follow=True)

    update = Update.objects.get()
    assert (update.status, update.effective_on, update.what_es) == (
        "implemented",
        date(2024, 5, 1),
        "El decreto está en vigor.",
    )
    assert update.recorded_by == response.wsgi_request.user
    assert [(each.title, each.publisher, each.published_on) for each in update.evidence.all()] == [
        ("Decree 12", "Official gazette", date(2024, 4, 30))
    ]
    recommendation.refresh_from_db()
    assert recommendation.status == "implemented"
    assert "2023-SB-1a is now “Implemented”" in text(response)


def test_what_was_recorded_is_at_once_on_the_site(editor, recommendation, client):
    editor.post(ADD, filled_in(recommendation))

    assert codes(client.get("/recommendations/?status=implemented")) == ["2023-SB-1a"]
    row = json.loads(text(client.get("/recommendations/export.json")))[0]
    assert (row["status"], row["last_update_note"]) == ("Implemented", "The decree is in force.")
    page = text(client.get("/es/recommendations/2023-SB-1a/"))
    assert "El decreto está en vigor." in page
    assert "Decree 12" in page


def test_the_form_begins_with_the_status_that_stands(editor):
    recommendation = RecommendationFactory(status="in_progress")

    page = text(editor.get(f"{ADD}?recommendation={recommendation.pk}"))

    assert '<option value="in_progress" selected>' in page
    assert "Something happened." in page  # the ledger so far


def test_how_a_fact_is_known_is_not_chosen_beforehand(refused, editor, recommendation):
    page = text(editor.get(f"{ADD}?recommendation={recommendation.pk}"))
    assert re.search(r'<select name="basis"[^>]*>\s*<option value="" selected>', page)

    assert "This field is required." in refused(filled_in(recommendation, basis=""))


@pytest.mark.parametrize(
    "query",
    ["", "?recommendation=", "?recommendation=999999", "?recommendation=x", "?confirms=999999", "?corrects=x"],
)
def test_the_form_opens_without_a_recommendation_too(editor, query):
    assert editor.get(ADD + query).status_code == 200


@pytest.fixture
def refused(editor):
    """Sends the form, which is refused: nothing is stored and what was typed is still there."""

    def refused(form) -> str:
        before = Update.objects.count()
        response = editor.post(ADD, form)
        assert response.status_code == 200
        assert (Update.objects.count(), Evidence.objects.filter(title="Decree 12").count()) == (before, 0)
        assert form["what_en"] in text(response)
        return text(response)

    return refused


@pytest.mark.parametrize("status", ["implemented", "partially_implemented", "overtaken"])
def test_a_status_that_needs_evidence_is_refused_without(refused, recommendation, status):
    assert "needs evidence: add at least one source" in refused(filled_in(recommendation, status=status, evidence=0))


def test_evidence_that_is_half_filled_in_is_refused(refused, recommendation):
    refused(filled_in(recommendation, evidence=0, **{"evidence-0-title": "A decree"}))


def test_evidence_is_kept_when_something_else_is_wrong(refused, recommendation):
    page = refused(filled_in(recommendation, effective_on="2999-01-01"))

    assert "This date is in the future." in page
    assert 'value="https://dof.example/12"' in page


def test_a_date_before_the_publication_is_refused(refused, recommendation):
    assert "published later, on September 18, 2023" in refused(filled_in(recommendation, effective_on="2023-09-17"))


def test_going_back_needs_a_reason(refused, editor):
    recommendation = RecommendationFactory(status="implemented")

    assert "Explain why the status moves backward" in refused(filled_in(recommendation, status="in_progress"))
    editor.post(ADD, filled_in(recommendation, status="in_progress", reason_en="It was repealed."))

    recommendation.refresh_from_db()
    assert recommendation.status == "in_progress"


def test_superseded_names_its_successor(refused, editor, recommendation):
    successor = RecommendationFactory()

    assert "Name the recommendations that replace it" in refused(filled_in(recommendation, status="superseded"))
    editor.post(ADD, filled_in(recommendation, status="superseded", successors=[successor.pk]))

    assert list(Update.objects.get().successors.all()) == [successor]


def test_only_a_public_update_changes_the_status(refused, recommendation):
    assert "Only a public update can change the status" in refused(filled_in(recommendation, visibility="staff"))


def test_a_correction_needs_a_reason_and_offers_the_rows_that_stand(refused, editor, recommendation):
    wrong = record(recommendation, status="in_progress")
    elsewhere = record(RecommendationFactory())

    page = text(editor.get(f"{ADD}?recommendation={recommendation.pk}"))
    assert f'<option value="{wrong.pk}">' in page
    assert f'<option value="{elsewhere.pk}">' not in page

    assert "Explain why the earlier entry is being corrected" in refused(filled_in(recommendation, corrects=wrong.pk))
    refused(filled_in(recommendation, corrects=elsewhere.pk, reason_en="A mistake."))
    editor.post(ADD, filled_in(recommendation, corrects=wrong.pk, reason_en="A mistake."))

    assert Update.objects.get(corrects=wrong).status == "implemented"


def test_record_then_next_goes_to_the_open_one_longest_without_an_update(editor, recommendation):
    long_ago = RecommendationFactory(code="2023-SB-2")
    record(long_ago, effective_on=date(2023, 10, 1))
    record(RecommendationFactory(code="2023-SB-3"), effective_on=date(2024, 10, 1))
    record(RecommendationFactory(code="2023-SB-4"), status="implemented", effective_on=date(2023, 9, 20))

    response = editor.post(ADD, filled_in(recommendation) | {"_next": "Record and next"})
    assert response["Location"] == f"{ADD}?recommendation={long_ago.pk}"

    never = RecommendationFactory(code="2023-SB-5")
    response = editor.post(ADD, filled_in(long_ago) | {"_next": "Record and next"})
    assert response["Location"] == f"{ADD}?recommendation={never.pk}"


def test_record_then_next_ends_where_nothing_is_open(editor, recommendation):
    response = editor.post(ADD, filled_in(recommendation) | {"_next": "Record and next"})

    assert response["Location"] == f"{CHANGELIST}{recommendation.pk}/change/"


# What cannot be done


@pytest.mark.parametrize("action", ["change", "delete"])
def test_a_row_of_the_ledger_cannot_be_changed_or_deleted(as_staff, recommendation, action):
    update = record(recommendation, what_en="As it was.")
    address = reverse(f"admin:recommendations_update_{action}", args=[update.pk])

    response = as_staff.post(address, filled_in(recommendation) | {"post": "yes"})

    assert response.status_code == 403
    assert Update.objects.get().what_en == "As it was."


def test_a_row_of_the_ledger_can_be_read(as_staff, recommendation):
    update = record(recommendation, what_en="As it was.")

    page = text(as_staff.get(reverse("admin:recommendations_update_change", args=[update.pk])))

    assert "As it was." in page
    assert 'name="what_en"' not in page
    assert 'name="_save"' not in page


def test_rows_cannot_be_deleted_in_bulk(as_staff, recommendation):
    update = record(recommendation)

    as_staff.post(
        "/admin/recommendations/update/", {"action": "delete_selected", "_selected_action": update.pk, "post": "yes"}
    )

    assert Update.objects.filter(pk=update.pk).exists()


def test_staff_without_a_role_cannot_record(recommendation):
    response = signed_in().post(ADD, filled_in(recommendation))

    assert response.status_code == 403
    assert not Update.objects.exists()


def test_who_is_not_staff_is_sent_to_sign_in(client, recommendation):
    assert client.post(ADD, filled_in(recommendation))["Location"].startswith("/admin/login/")
    assert not Update.objects.exists()


@pytest.mark.parametrize("role", ["Editors", "Managers"])
def test_both_roles_may_record(recommendation, role):
    signed_in(role).post(ADD, filled_in(recommendation))

    assert Update.objects.exists()


class TestSentTwice:
    """A double click, or the form sent again after going back: one row, since it could never be removed."""

    SUBMISSION = "5f0c0d5e-8f43-4a3e-9d27-3f8e6f0e0a11"

    def test_the_same_form_records_one_row_and_says_so(self, editor, recommendation):
        form = filled_in(recommendation, submission=self.SUBMISSION)
        editor.post(ADD, form)

        response = editor.post(ADD, form, follow=True)

        assert Update.objects.count() == 1
        assert "This has already been recorded" in text(response)

    def test_each_new_form_has_a_key_of_its_own(self, editor, recommendation):
        pages = [text(editor.get(f"{ADD}?recommendation={recommendation.pk}")) for _ in range(2)]

        first, second = (re.search(r'name="submission" value="([^"]+)"', page).group(1) for page in pages)
        assert first != second


def test_what_somebody_else_recorded_meanwhile_is_an_error_of_the_form(editor, recommendation, monkeypatch):
    earlier = record(recommendation, basis="public_source")
    form = filled_in(recommendation, status=earlier.status, corrects=earlier.pk, reason_en="The date was wrong.")
    really_record = Recommendation.record_update

    def record_after_somebody_else(self, **fields):
        monkeypatch.undo()
        record(recommendation, corrects=earlier, reason_en="Somebody else was quicker.")
        return really_record(self, **fields)

    monkeypatch.setattr(Recommendation, "record_update", record_after_somebody_else)
    response = editor.post(f"{ADD}?corrects={earlier.pk}", form)

    assert response.status_code == 200
    assert "That entry has already been replaced by another." in text(response)
    assert form["what_en"] in text(response)


def test_the_recommendation_cannot_be_switched_under_the_form(editor, recommendation):
    other = RecommendationFactory()

    editor.post(f"{ADD}?recommendation={recommendation.pk}", filled_in(other))

    assert [update.recommendation for update in Update.objects.all()] == [recommendation]
