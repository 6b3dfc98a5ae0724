"""How staff record what an addressee answered: one page, one save; and what the admin refuses."""

from datetime import date

import pytest

from recommendations.models import Answer
from tests.accounts import signed_in
from tests.factories import AddresseeFactory, RecommendationFactory, record_answer
from tests.reading import in_order, text, texts

pytestmark = pytest.mark.django_db

ADD = "/admin/recommendations/answer/add/"


@pytest.fixture
def addressee(recommendation):
    return AddresseeFactory(recommendation=recommendation, organization__acronym="ANAM")


def filled_in(addressee, **changes) -> dict:
    return {
        "addressee": addressee.pk,
        "kind": "accepted",
        "effective_on": "2024-05-01",
        "precision": "day",
        "said_en": "We agree.",
        "said_es": "Estamos de acuerdo.",
        "source_title": "Letter 12",
        "source_publisher": "ANAM",
        "source_url": "https://anam.example/12",
        "source_published_on": "",
        "visibility": "public",
        "_save": "Record",
    } | changes


def test_an_editor_records_an_answer_from_the_page_of_the_recommendation(editor, addressee):
    link = f"{ADD}?recommendation={addressee.recommendation.pk}"
    for page in [
        addressee.recommendation.get_absolute_url(),
        f"/admin/recommendations/recommendation/{addressee.recommendation.pk}/change/",
    ]:
        assert link in text(editor.get(page))

    response = editor.post(link, filled_in(addressee), follow=True)

    answer = Answer.objects.get()
    assert (answer.addressee, answer.kind, answer.effective_on) == (addressee, "accepted", date(2024, 5, 1))
    assert (answer.said_es, answer.source_url) == ("Estamos de acuerdo.", "https://anam.example/12")
    assert answer.recorded_by == response.wsgi_request.user
    assert "The answer from ANAM was recorded." in text(response)
    assert "We agree." in text(response)


def test_what_was_recorded_is_at_once_on_the_site(editor, addressee, client):
    address = addressee.recommendation.get_absolute_url()
    assert "Awaiting response" in text(client.get(address))

    editor.post(ADD, filled_in(addressee))

    page = text(client.get(address))
    assert "Awaiting response" not in page
    [asked] = texts(page, ".facts.asked")
    assert in_order(asked, "Accepted", "May 1, 2024", "Letter 12")
    assert "We agree." in page


def test_only_those_whom_the_recommendation_asks_are_offered(editor, addressee):
    other = AddresseeFactory(recommendation=RecommendationFactory(code="2023-SB-9"))

    form = editor.get(f"{ADD}?recommendation={addressee.recommendation.pk}").context["adminform"].form

    assert list(form.fields["addressee"].queryset) == [addressee]
    assert other in editor.get(ADD).context["adminform"].form.fields["addressee"].queryset


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"said_en": ""}, "This field is required."),
        ({"source_url": ""}, "This field is required."),
        ({"kind": ""}, "This field is required."),
        ({"kind": "retracted"}, "is not one of the available choices"),
        ({"effective_on": "2023-09-17"}, "The recommendation was published later"),
        ({"effective_on": "2100-01-01"}, "This date is in the future"),
    ],
)
def test_what_is_refused_is_said_at_the_form(editor, addressee, changes, reason):
    assert reason in text(editor.post(ADD, filled_in(addressee, **changes)))
    assert not Answer.objects.exists()


def test_a_row_is_corrected_from_what_it_says(editor, addressee):
    wrong = record_answer(addressee, "accepted", said_en="All of it.")
    link = f"{ADD}?corrects={wrong.pk}"
    form = editor.get(link).context["adminform"].form
    assert (form.initial["said_en"], form.initial["corrects"]) == ("All of it.", wrong.pk)

    assert "Explain why the earlier entry is being corrected" in text(editor.post(link, filled_in(addressee)))
    editor.post(link, filled_in(addressee, kind="noted", reason_en="Misread."))

    correction = Answer.objects.get(corrects=wrong)
    assert (correction.kind, correction.reason_en) == ("noted", "Misread.")
    assert editor.get(link).status_code == 302


def test_a_row_that_should_never_have_been_is_taken_back(editor, addressee):
    wrong = record_answer(addressee)

    editor.post(f"{ADD}?corrects={wrong.pk}", filled_in(addressee, kind="retracted", reason_en="Of another office."))

    assert not Answer.objects.in_force().exists()


def test_the_same_form_sent_twice_records_one_row(editor, addressee):
    form = filled_in(addressee, submission="6f1c1a52-6f0e-4f3f-9d0e-1b1a2a3a4a5a")

    editor.post(ADD, form)
    again = editor.post(ADD, form, follow=True)

    assert Answer.objects.count() == 1
    assert "This has already been recorded" in text(again)


@pytest.mark.parametrize("action", ["change", "delete"])
def test_a_row_cannot_be_changed_or_deleted(as_staff, addressee, action):
    answer = record_answer(addressee)

    as_staff.post(f"/admin/recommendations/answer/{answer.pk}/{action}/", {"kind": "noted", "post": "yes"})

    assert Answer.objects.get().kind == "accepted"


def test_a_row_can_be_read_and_found(as_staff, addressee):
    answer = record_answer(addressee, said_en="We agree.")

    assert "We agree." in text(as_staff.get(f"/admin/recommendations/answer/{answer.pk}/change/"))
    assert "ANAM" in text(as_staff.get("/admin/recommendations/answer/?q=ANAM"))


def test_staff_without_a_role_cannot_record(addressee):
    assert signed_in(is_staff=True).get(ADD).status_code == 403


def test_who_has_answered_stays_among_the_addressees(editor, addressee):
    record_answer(addressee)
    page = f"/admin/recommendations/recommendation/{addressee.recommendation.pk}/change/"
    form = {
        name: value
        for formset in editor.get(page).context["inline_admin_formsets"]
        for name, value in _management(formset.formset).items()
    }
    first = "addressees-0"
    form |= {f"{first}-id": addressee.pk, f"{first}-organization": addressee.organization_id, f"{first}-DELETE": "on"}

    response = editor.post(page, form | {"title_en": "A title"})

    assert response.status_code == 200
    assert addressee.recommendation.addressees.count() == 1


def _management(formset) -> dict:
    form = formset.management_form
    return {form.add_prefix(name): form.initial[name] for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
