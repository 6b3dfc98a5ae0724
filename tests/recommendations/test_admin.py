"""How staff record what happened: one page, one save, with its evidence; and what the admin refuses."""

import json
import re
from datetime import date
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from recommendations.models import Evidence, Update
from tests.factories import (
    AddresseeFactory,
    DocumentFactory,
    IssueFactory,
    MilestoneFactory,
    RecommendationFactory,
    UserFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import codes, text

pytestmark = pytest.mark.django_db

ADD = "/admin/recommendations/update/add/"
CHANGELIST = "/admin/recommendations/recommendation/"
LEDGER = "/admin/recommendations/update/"
TO_VERIFY = f"{LEDGER}?to_verify=true"


def signed_in(*roles) -> Client:
    user = UserFactory(is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def editor(db) -> Client:
    return signed_in("Editors")


@pytest.fixture
def recommendation():
    return RecommendationFactory(code="2023-SB-1a")


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
    ["", "?recommendation=", "?recommendation=999999", "?recommendation=x%00", "?confirms=999999", "?corrects=x%00"],
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
    assert "published later, on 18 September 2023" in refused(filled_in(recommendation, effective_on="2023-09-17"))


def test_going_back_needs_a_reason(refused, editor):
    recommendation = RecommendationFactory(status="implemented")

    assert "Say why the status goes back" in refused(filled_in(recommendation, status="in_progress"))
    editor.post(ADD, filled_in(recommendation, status="in_progress", reason_en="It was repealed."))

    recommendation.refresh_from_db()
    assert recommendation.status == "in_progress"


def test_superseded_names_its_successor(refused, editor, recommendation):
    successor = RecommendationFactory()

    assert "Name the recommendation that takes its place" in refused(filled_in(recommendation, status="superseded"))
    editor.post(ADD, filled_in(recommendation, status="superseded", successor=successor.pk))

    assert Update.objects.get().successor == successor


def test_only_a_public_update_changes_the_status(refused, recommendation):
    assert "Only a public update can change the status" in refused(filled_in(recommendation, visibility="staff"))


def test_a_correction_needs_a_reason_and_offers_the_rows_that_stand(refused, editor, recommendation):
    wrong = record(recommendation, status="in_progress")
    elsewhere = record(RecommendationFactory())

    page = text(editor.get(f"{ADD}?recommendation={recommendation.pk}"))
    assert f'<option value="{wrong.pk}">' in page
    assert f'<option value="{elsewhere.pk}">' not in page

    assert "Say why the earlier row is corrected" in refused(filled_in(recommendation, corrects=wrong.pk))
    refused(filled_in(recommendation, corrects=elsewhere.pk, reason_en="A mistake."))
    editor.post(ADD, filled_in(recommendation, corrects=wrong.pk, reason_en="A mistake."))

    assert Update.objects.get(corrects=wrong).status == "implemented"


# Confirm and correct


@pytest.fixture
def sent_as_offered(editor):
    """Opens the form by a link, changes what is given, and sends it with all the rest as it was offered."""

    def sent_as_offered(address, **changes):
        page = text(editor.get(address))
        form = {
            name: unescape(value) for name, value in re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', page)
        }
        form |= {
            name: unescape(value).removeprefix("\n").removeprefix("\r\n")
            for name, value in re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)</textarea>', page)
        }
        for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
            form[name] = (re.findall(r'value="([^"]*)" selected', options) or [""])[0]
        form = {name: value for name, value in form.items() if "__prefix__" not in name and name != "_next"}
        return editor.post(address, form | changes)

    return sent_as_offered


def link(verb, update) -> str:
    return f"{ADD}?{verb}={update.pk}"


def unverified(recommendation, **fields) -> Update:
    return record(recommendation, **{"basis": "public_source"} | fields)


@pytest.mark.parametrize("basis", ["public_source", "reported"])
def test_a_row_is_confirmed_in_one_save(editor, sent_as_offered, recommendation, basis):
    earlier = unverified(
        recommendation,
        status="implemented",
        basis=basis,
        precision="month",
        what_en="A decree,\nin force.",
        evidence=[
            {"title": "Decree 12", "publisher": "Gazette", "url": "https://dof.example/12"},
            {
                "title": "Report",
                "publisher": "Agency",
                "url": "https://example.org/r",
                "published_on": date(2024, 4, 30),
            },
        ],
    )

    response = sent_as_offered(link("confirms", earlier))

    assert response["Location"] == f"{CHANGELIST}{recommendation.pk}/change/"
    confirmed = Update.objects.get(corrects=earlier)
    same = ["status", "previous_status", "effective_on", "precision", "counts_from", "what_es", "visibility"]
    assert [getattr(confirmed, name) for name in same] == [getattr(earlier, name) for name in same]
    assert (confirmed.basis, confirmed.is_confirmation) == ("verified", True)
    assert confirmed.what_en.split() == earlier.what_en.split()
    assert confirmed.recorded_by == response.wsgi_request.user
    sources = ["title", "publisher", "url", "published_on"]
    assert list(confirmed.evidence.values(*sources)) == list(earlier.evidence.values(*sources))
    recommendation.refresh_from_db()
    assert (recommendation.status, recommendation.last_update) == ("implemented", confirmed)


def test_what_is_confirmed_no_longer_waits(editor, sent_as_offered, recommendation):
    earlier = unverified(recommendation)
    unverified(recommendation, effective_on=date(2024, 6, 1))
    assert "2 updates from public sources to verify" in text(editor.get("/admin/"))
    assert "2 updates" in text(editor.get(TO_VERIFY))

    sent_as_offered(link("confirms", earlier))

    page = text(editor.get("/admin/"))
    assert "1 update from a public source to verify" in page
    assert f'href="{TO_VERIFY}"' in page
    page = text(editor.get(TO_VERIFY))
    assert "1 update" in page
    assert link("confirms", earlier) not in page


def test_confirmations_follow_one_another_down_the_list(sent_as_offered, recommendation):
    last, middle, first = (unverified(recommendation, effective_on=date(2024, month, 1)) for month in (1, 2, 3))

    assert sent_as_offered(link("confirms", middle), _next="Next")["Location"] == link("confirms", last)
    assert sent_as_offered(link("confirms", last), _next="Next")["Location"] == link("confirms", first)
    done = sent_as_offered(link("confirms", first), _next="Next")
    assert done["Location"] == f"{CHANGELIST}{recommendation.pk}/change/"


def test_confirming_what_a_later_row_of_the_same_day_has_overtaken_is_refused(sent_as_offered, recommendation):
    earlier = unverified(recommendation, status="in_progress")
    record(recommendation, status="implemented")

    response = sent_as_offered(link("confirms", earlier))

    assert "A later row of the same day leads to another status" in text(response)
    assert not Update.objects.filter(corrects=earlier).exists()


def test_a_row_is_corrected_from_what_it_says(editor, sent_as_offered, recommendation):
    wrong = unverified(recommendation, status="in_progress", what_en="Work began in May.")
    page = text(editor.get(link("corrects", wrong)))
    assert "Work began in May." in page
    assert f'<option value="{wrong.pk}" selected>' in page
    assert re.search(r'<fieldset class="module aligned "[^>]*>\s*<h2[^>]*>Going back, correcting', page)  # open

    refused = text(sent_as_offered(link("corrects", wrong), what_en="Work began in June."))
    assert "This field is required." in refused  # how is it known?
    assert "Say why" in text(sent_as_offered(link("corrects", wrong), basis="verified"))
    assert not Update.objects.filter(corrects=wrong).exists()

    said = {"what_en": "Work began in June.", "basis": "verified", "reason_en": "Misread."}
    sent_as_offered(link("corrects", wrong), **said)

    correction = Update.objects.get(corrects=wrong)
    assert (correction.what_en, correction.is_confirmation) == ("Work began in June.", False)
    assert correction.evidence.get().url == wrong.evidence.get().url


def test_words_that_are_changed_make_a_correction_of_a_confirmation(sent_as_offered, recommendation):
    earlier = unverified(recommendation)

    sent_as_offered(link("confirms", earlier), what_en="Something else happened.")

    assert not Update.objects.get(corrects=earlier).is_confirmation


def places(editor, update) -> list[str]:
    """Every page of the admin on which a row of the ledger can be confirmed or corrected."""
    addresses = [LEDGER, f"{CHANGELIST}{update.recommendation_id}/change/", f"{LEDGER}{update.pk}/change/"]
    return [text(editor.get(address)) for address in addresses]


def test_each_row_leads_to_what_may_be_done_with_it(editor, recommendation):
    update = unverified(recommendation)
    for page in places(editor, update):
        assert f'href="{link("confirms", update)}"' in page
        assert f'href="{link("corrects", update)}"' in page

    verified = record(recommendation, corrects=update, reason_en="Another date.")
    for page in places(editor, verified):
        assert link("confirms", verified) not in page
        assert f'href="{link("corrects", verified)}"' in page
    for page in places(editor, update):
        assert link("corrects", update) not in page  # another row stands in its place


def test_who_may_not_record_is_offered_nothing(recommendation):
    update = unverified(recommendation)
    reader = signed_in()
    reader_of = Group.objects.get(name="Editors").permissions.filter(codename__startswith="view_")
    UserFactory._meta.model.objects.get(pk=reader.session["_auth_user_id"]).user_permissions.set(reader_of)

    for page in places(reader, update):
        assert "Something happened." in page or "2024" in page
        assert ADD not in page
    assert reader.get(link("confirms", update)).status_code == 403


def test_a_row_whose_place_is_taken_is_not_offered_again(editor, recommendation):
    update = unverified(recommendation)
    record(recommendation, corrects=update, reason_en="Another date.")

    response = editor.get(link("confirms", update), follow=True)

    assert response.redirect_chain[-1][0] == f"{CHANGELIST}{recommendation.pk}/change/"
    assert "Another row has taken the place of that one already." in text(response)


def test_readers_see_that_a_row_was_verified_since_and_read_its_words_once(
    editor, sent_as_offered, recommendation, client
):
    sent_as_offered(link("confirms", unverified(recommendation)))

    assert "Something happened. (verified since)" in text(editor.get(f"{CHANGELIST}{recommendation.pk}/change/"))
    page = text(client.get("/recommendations/2023-SB-1a/"))
    assert page.count("Something happened.") == 1
    assert 'class="corrected"' not in page
    assert "Verified since:" in page
    assert "Confirms an earlier entry" in page


def test_the_list_asks_no_more_questions_for_more_rows(editor, recommendation, django_assert_max_num_queries):
    def ask():
        with django_assert_max_num_queries(100) as asked:
            editor.get(LEDGER)
            editor.get(f"{CHANGELIST}{recommendation.pk}/change/")
        return len(asked)

    def correct():
        return record(recommendation, corrects=unverified(recommendation), reason_en="Another date.")

    correct()
    few = ask()
    for _row in range(5):
        correct()

    assert ask() == few


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


def test_the_status_cannot_be_edited_on_the_recommendation(editor, recommendation):
    record(recommendation, status="in_progress", what_en="Work began.")
    address = f"{CHANGELIST}{recommendation.pk}/change/"
    page = text(editor.get(address))
    assert 'name="status"' not in page
    assert "Work began." in page  # the ledger

    response = editor.post(
        address,
        {
            "status": "implemented",
            "code": "2099-XX-9",
            "issue": recommendation.issue_id,
            "letter": "",
            "title_en": "Edited",
            "title_es": "Editada",
            "summary_en": "S",
            "summary_es": "S",
            "success_test_en": "T",
            "success_test_es": "T",
            "addressees-TOTAL_FORMS": "0",
            "addressees-INITIAL_FORMS": "0",
            "chapter_links-TOTAL_FORMS": "0",
            "chapter_links-INITIAL_FORMS": "0",
        },
    )

    assert response.status_code == 302
    recommendation.refresh_from_db()
    assert (recommendation.title_en, recommendation.status, recommendation.code) == (
        "Edited",
        "in_progress",
        "2023-SB-1a",
    )


@pytest.mark.parametrize("roles", [[], ["Members"]])
def test_staff_without_a_role_cannot_record(recommendation, roles):
    response = signed_in(*roles).post(ADD, filled_in(recommendation))

    assert response.status_code == 403
    assert not Update.objects.exists()


def test_who_is_not_staff_is_sent_to_sign_in(client, recommendation):
    assert client.post(ADD, filled_in(recommendation))["Location"].startswith("/admin/login/")
    assert not Update.objects.exists()


@pytest.mark.parametrize("role", ["Editors", "Managers"])
def test_both_roles_may_record(recommendation, role):
    signed_in(role).post(ADD, filled_in(recommendation))

    assert Update.objects.exists()


# The first page


def passed_milestone():
    return MilestoneFactory(name_en="HLED 2024", day=date(2024, 1, 1))


def test_each_role_is_told_what_it_can_do_something_about(editor, recommendation):
    unverified(recommendation)
    passed_milestone()

    page = text(editor.get("/admin/"))
    assert "1 update from a public source to verify" in page
    assert "record what came of it" not in page
    assert "HLED 2024: its date has passed; record what came of it" in text(signed_in("Managers").get("/admin/"))
    assert "What needs attention</h2>" not in text(signed_in().get("/admin/"))


@pytest.mark.parametrize("role", ["Editors", "Managers"])
def test_the_first_page_leads_to_what_is_longest_without_an_update_first(role, recommendation):
    record(recommendation, effective_on=date(2024, 2, 1))
    record(RecommendationFactory(code="2023-SB-2"), effective_on=date(2024, 1, 1))
    record(RecommendationFactory(code="2023-SB-3"), effective_on=date(2024, 3, 1))
    client = signed_in(role)

    [address] = re.findall(r'href="([^"]*stale_days[^"]*)">3 open recommendations', text(client.get("/admin/")))

    listed = text(client.get(unescape(address)))
    assert re.findall(r'field-code"><a [^>]*>([^<]*)<', listed) == ["2023-SB-2", "2023-SB-1a", "2023-SB-3"]


def test_the_first_page_lists_no_machinery(as_staff):
    assert "/admin/axes/" not in text(as_staff.get("/admin/"))


# The list


@pytest.fixture
def listed(editor):
    """The codes that the list of recommendations shows for a query."""

    def listed(query) -> set[str]:
        response = editor.get(f"{CHANGELIST}?{query}")
        assert response.status_code == 200
        return set(re.findall(r"\b\d{4}-[A-Z]+-\d\b", text(response).split('id="result_list"')[-1]))

    return listed


@pytest.fixture
def two():
    group = WorkingGroupFactory()
    document = DocumentFactory()
    MilestoneFactory().documents.add(document)
    issue = IssueFactory(topic__group=group, topic__document=document)
    first = RecommendationFactory(
        code="2023-SB-1", issue=issue, title_es="Exportación de café", summary_en="Café au lait", priority=True
    )
    AddresseeFactory(recommendation=first, organization__acronym="ANAM", organization__name_es="Agencia de Logística")
    record(first, effective_on=date(2023, 10, 1))
    second = RecommendationFactory(code="2023-DE-1")
    record(second, status="implemented")
    return first


@pytest.mark.parametrize("words", ["2023-SB-1", "exportacion", "EXPORTACIÓN", "cafe", "anam", "logistica"])
def test_search_finds_codes_words_and_addressees_without_accents(two, listed, words):
    assert listed(f"q={words}") == {"2023-SB-1"}


@pytest.mark.parametrize(
    "query",
    [
        "issue__topic__group__id__exact={0.group.pk}",
        "issue__topic__document__id__exact={0.document.pk}",
        "status__exact=issued",
        "is_open__exact=1",
        "priority__exact=1",
        "stale_days=365",
    ],
)
def test_each_filter_of_the_list_works(two, listed, query):
    assert listed("") == {"2023-SB-1", "2023-DE-1"}
    assert listed(query.format(two)) == {"2023-SB-1"}


def test_the_list_is_filtered_by_milestone(two, listed):
    milestone = two.document.milestones.get()

    assert listed(f"issue__topic__document__milestones__id__exact={milestone.pk}") == {"2023-SB-1"}


@pytest.mark.parametrize("value", ["x", "0", "-1", "9" * 30])
def test_a_filter_that_was_typed_wrong_is_no_error(two, editor, value):
    assert editor.get(f"{CHANGELIST}?stale_days={value}", follow=True).status_code == 200


def test_the_ledger_is_searched_without_accents(two, editor):
    record(two, what_en="A decree.", what_es="Publicó un decreto de exportación.")

    page = text(editor.get("/admin/recommendations/update/?q=exportacion"))

    assert "1 update" in page


def test_two_addressees_that_match_give_one_row(two, editor):
    AddresseeFactory(recommendation=two, organization__name_es="Otra de logística")

    assert text(editor.get(f"{CHANGELIST}?q=logistica")).count("field-code") == 1


def test_nothing_moves_to_a_document_that_came_after_its_ledger(as_staff, recommendation):
    record(recommendation, effective_on=date(2024, 5, 1))
    later = IssueFactory(topic__document__published_on=date(2024, 5, 2))

    for thing, change in [
        (recommendation, {"issue": later.pk}),
        (recommendation.issue, {"topic": later.topic.pk}),
        (recommendation.issue.topic, {"document": later.document.pk}),
        (recommendation.document, {"published_on": "2024-05-02"}),
    ]:
        address = reverse(f"admin:{thing._meta.label_lower.replace('.', '_')}_change", args=[thing.pk])
        response = as_staff.post(address, as_sent(as_staff.get(address)) | change)

        assert "The ledger begins on 1 May 2024, before this publication of 2 May 2024." in text(response)


def as_sent(response) -> dict:
    """The form of an admin's page as a browser would send it."""
    admin_form = response.context["adminform"].form
    forms = [admin_form, *(each.formset.management_form for each in response.context["inline_admin_formsets"])]
    values = {bound.html_name: bound.value() for form in forms for bound in form}
    return {name: value for name, value in values.items() if value not in (None, False)}
