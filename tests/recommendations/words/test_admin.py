"""The history of words in the admin: who changed what, when and why, before and after (trial 24); and the way back."""

import pytest
from django.urls import reverse
from justhtml import JustHTML

from recommendations.models import HistoryEntry, Recommendation
from tests.accounts import signed_in
from tests.database import queries_of, sql
from tests.factories import (
    AddresseeFactory,
    DocumentFactory,
    MilestoneFactory,
    OrganizationFactory,
    RecommendationFactory,
)
from tests.history import change_test
from tests.reading import text

pytestmark = pytest.mark.django_db

LIST = reverse("admin:recommendations_historyentry_changelist")


def form_of(browser, recommendation) -> dict:
    """What the form of a recommendation sends when nothing is changed."""
    form = browser.get(f"/admin/recommendations/recommendation/{recommendation.pk}/change/").context["adminform"].form
    values = {name: form[name].value() or "" for name in form.fields if name != "mentions"}
    values["priority"] = "on" if recommendation.priority else ""
    for prefix in ("addressees", "chapter_links", "expected_steps", "source_checks"):
        values |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return values


def save(browser, recommendation, **changes):
    return browser.post(
        f"/admin/recommendations/recommendation/{recommendation.pk}/change/", form_of(browser, recommendation) | changes
    )


def lines(browser, **query) -> list[str]:
    response = browser.get(LIST, query)
    assert response.status_code == 200
    rows = JustHTML(text(response), sanitize=False).query("#result_list tbody tr")
    return [" ".join(row.to_text().split()) for row in rows]


def last_change(**lookups) -> HistoryEntry:
    return HistoryEntry.objects.filter(action="update", **lookups).first()


def put_back_url(entry) -> str:
    return reverse("admin:put_back", args=[entry.pk.replace("/", "_2F")])


def test_a_change_in_the_admin_is_one_line_with_who_before_and_after(manager):
    recommendation = RecommendationFactory(code="2023-SB-6", title_en="Old title")

    save(manager, recommendation, title_en="New title")

    [line] = lines(manager, action__exact="update")
    assert all(part in line for part in ("ana", "2023-SB-6", "title in English", "Old", "New", "title"))


def test_a_change_by_sql_names_the_role_of_the_database(manager, recommendation):
    sql("UPDATE recommendations_recommendation SET priority = true")

    [line] = lines(manager, action__exact="update")
    assert f"{sql('SELECT session_user')[0][0]} (database)" in line
    assert "no yes" in line


class TestReason:
    def test_a_published_success_test_needs_one(self, manager, recommendation):
        response = save(manager, recommendation, success_test_en="Another test.")

        assert response.context["adminform"].form.errors == {
            "why_en": ["Explain why the success test changes: it has already been published."]
        }
        recommendation.refresh_from_db()
        assert recommendation.success_test_en != "Another test."

    def test_with_it_the_change_is_saved_and_the_reason_kept(self, manager, recommendation):
        response = save(
            manager, recommendation, success_test_en="Another test.", why_en="It was vague.", why_es="Era vaga."
        )

        assert response.status_code == 302
        change = recommendation.earlier_success_tests.get()
        assert (change.why_en, change.why_es) == ("It was vague.", "Era vaga.")
        assert last_change().person.username == "ana"

    def test_a_draft_needs_none(self, manager):
        recommendation = RecommendationFactory(document=DocumentFactory(visibility="staff"))

        assert save(manager, recommendation, success_test_en="Another test.").status_code == 302

    def test_a_title_needs_none(self, manager, recommendation):
        assert save(manager, recommendation, title_en="Another title").status_code == 302


class TestFilters:
    @pytest.fixture(autouse=True)
    def _changes(self):
        AddresseeFactory(recommendation__code="2023-SB-1", organization__slug="se")
        OrganizationFactory(slug="ift")
        sql("UPDATE working_groups_organization SET name_en = 'Another' WHERE slug = 'ift'")

    def test_by_kind_of_record(self, manager):
        assert len(lines(manager, model="recommendations.addressee")) == 1

    def test_by_record(self, manager):
        assert len(lines(manager, q="2023-SB-1")) == 2  # it, and its addressee
        assert len(lines(manager, model="working_groups.organization", q="ift")) == 2

    def test_by_what_was_done(self, manager):
        assert len(lines(manager, action__exact="update")) == 1

    def test_by_person(self, manager, recommendation):
        save(manager, recommendation, title_en="Another title")
        person = last_change(model="recommendations.recommendation").person

        assert len(lines(manager, person__id__exact=person.pk)) == 1

    def test_by_day(self, manager):
        day = last_change().written_at.date()
        query = {"written_at__year": day.year, "written_at__month": day.month}

        assert len(lines(manager, **query)) == HistoryEntry.objects.count()
        assert lines(manager, written_at__year=day.year - 1) == []


class TestPutBack:
    def test_the_old_value_is_written_anew_and_that_is_a_change_too(self, manager):
        recommendation = RecommendationFactory(title_en="Old title")
        save(manager, recommendation, title_en="New title")

        response = manager.post(put_back_url(last_change()), {"why_en": "A mistake."})

        assert response.status_code == 302
        assert Recommendation.objects.get().title_en == "Old title"
        change = last_change()
        assert (change.before["title_en"], change.after["title_en"]) == ("New title", "Old title")
        assert (change.person.username, change.why_en) == ("ana", "A mistake.")

    def test_the_page_of_the_change_offers_it(self, manager, recommendation):
        save(manager, recommendation, title_en="New title")
        entry = last_change()

        page = manager.get(reverse("admin:recommendations_historyentry_change", args=[entry.pk.replace("/", "_2F")]))

        assert put_back_url(entry) in text(page)

    def test_a_published_success_test_is_not_put_back_without_a_reason(self, manager, recommendation):
        before = recommendation.success_test_en
        change_test(recommendation, "Another test.")

        refused = manager.post(put_back_url(last_change()), {})
        assert refused.context["form"].errors == {
            "why_en": ["Explain why the success test changes: it has already been published."]
        }
        assert manager.post(put_back_url(last_change()), {"why_en": "It was right."}).status_code == 302
        assert Recommendation.objects.get().success_test_en == before

    def test_what_it_is_already_is_not_put_back(self, manager):
        recommendation = RecommendationFactory(title_en="Old title")
        save(manager, recommendation, title_en="New title")
        first = last_change()
        save(manager, recommendation, title_en="Old title")

        assert manager.get(put_back_url(first)).status_code == 403

    def test_who_may_not_change_the_record_may_not_put_it_back(self, editor):
        MilestoneFactory()
        sql("UPDATE reviews_milestone SET name_en = 'Another'")

        assert editor.get(put_back_url(last_change())).status_code == 403

    def test_names_can_be_put_back(self, manager):
        organization = OrganizationFactory(name_en="Old name")
        sql("UPDATE working_groups_organization SET name_en = 'New name'")

        manager.post(put_back_url(last_change()), {})

        organization.refresh_from_db()
        assert organization.name_en == "Old name"


def test_the_history_of_a_record_leads_to_it(manager, recommendation):
    page = manager.get(f"/admin/recommendations/recommendation/{recommendation.pk}/history/")

    assert f"{LIST}?q={recommendation.code}" in text(page)


def test_only_staff_see_it(client):
    assert client.get(LIST).status_code == 302
    assert signed_in(is_staff=False).get(LIST).status_code == 302


def test_the_list_makes_as_many_queries_for_many_changes_as_for_few(manager, recommendation):
    few = queries_of(manager.get, LIST)
    for number in range(20):
        AddresseeFactory(recommendation=recommendation)
        sql("UPDATE recommendations_recommendation SET title_en = %s", f"Title {number}")

    assert queries_of(manager.get, LIST) == few
