"""The first page of the admin, its list of recommendations, and what cannot be edited there."""

import re
from datetime import date

import pytest
from django.urls import reverse

from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    DocumentFactory,
    IssueFactory,
    MilestoneFactory,
    OrganizationFactory,
    RecommendationFactory,
    SeriesFactory,
    TopicFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import text

pytestmark = pytest.mark.django_db

CHANGELIST = "/admin/recommendations/recommendation/"


# The first page


def test_the_first_page_lists_no_machinery(as_staff):
    assert "/admin/axes/" not in text(as_staff.get("/admin/"))


# The list


@pytest.fixture
def rows(editor):
    """The codes that the list of recommendations shows for a query."""

    def rows(query) -> set[str]:
        response = editor.get(f"{CHANGELIST}?{query}")
        assert response.status_code == 200
        return set(re.findall(r"\b\d{4}-[A-Z]+-\d\b", text(response).split('id="result_list"')[-1]))

    return rows


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
def test_search_finds_codes_words_and_addressees_without_accents(two, rows, words):
    assert rows(f"q={words}") == {"2023-SB-1"}


@pytest.mark.parametrize(
    "query",
    [
        "topic__group__id__exact={0.group.pk}",
        "topic__document__id__exact={0.document.pk}",
        "status__exact=issued",
        "is_open__exact=1",
        "priority__exact=1",
        "stale_days=365",
    ],
)
def test_each_filter_of_the_list_works(two, rows, query):
    assert rows("") == {"2023-SB-1", "2023-DE-1"}
    assert rows(query.format(two)) == {"2023-SB-1"}


def test_the_list_is_filtered_by_milestone(two, rows):
    milestone = two.document.milestones.get()

    assert rows(f"topic__document__milestones__id__exact={milestone.pk}") == {"2023-SB-1"}


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

        assert "The ledger begins on May 1, 2024, before this publication date, May 2, 2024." in text(response)


def as_sent(response) -> dict:
    """The form of an admin's page as a browser would send it."""
    admin_form = response.context["adminform"].form
    forms = [admin_form, *(each.formset.management_form for each in response.context["inline_admin_formsets"])]
    values = {bound.html_name: bound.value() for form in forms for bound in form}
    return {name: value for name, value in values.items() if value not in (None, False)}


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
            "success_test_en": recommendation.success_test_en,
            "success_test_es": recommendation.success_test_es,
            "addressees-TOTAL_FORMS": "0",
            "addressees-INITIAL_FORMS": "0",
            "chapter_links-TOTAL_FORMS": "0",
            "chapter_links-INITIAL_FORMS": "0",
            "expected_steps-TOTAL_FORMS": "0",
            "expected_steps-INITIAL_FORMS": "0",
            "source_checks-TOTAL_FORMS": "0",
            "source_checks-INITIAL_FORMS": "0",
        },
    )

    assert response.status_code == 302
    recommendation.refresh_from_db()
    assert (recommendation.title_en, recommendation.status, recommendation.code) == (
        "Edited",
        "in_progress",
        "2023-SB-1a",
    )


@pytest.mark.parametrize(
    ("factory", "key"),
    [
        (OrganizationFactory, "slug"),
        (WorkingGroupFactory, "slug"),
        (DocumentFactory, "slug"),
        (TopicFactory, "slug"),
        (IssueFactory, "code"),
        (RecommendationFactory, "code"),
        (ChapterFactory, "number"),
        (SeriesFactory, "slug"),
        (MilestoneFactory, "slug"),
    ],
)
def test_what_addresses_are_made_of_is_chosen_once(as_staff, factory, key):
    it = factory()
    add = f"/admin/{it._meta.app_label}/{it._meta.model_name}/add/"
    change = reverse(f"admin:{it._meta.app_label}_{it._meta.model_name}_change", args=[it.pk])

    assert f'name="{key}"' in text(as_staff.get(add))
    assert f'name="{key}"' not in text(as_staff.get(change))
