"""The real data of fixtures/, counted."""

from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from recommendations.models import (
    Addressee,
    Answer,
    Article,
    Chapter,
    ChapterLink,
    Document,
    Evidence,
    ExpectedStep,
    Issue,
    Recommendation,
    SourceCheck,
    Update,
)
from reviews.models import Milestone, MilestoneDate, Series
from working_groups.models import Membership, Organization, Person, WorkingGroup

pytestmark = pytest.mark.django_db

C26 = ["smart-borders", "digital-economy", "innovation-entrepreneurship"]


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_data", stdout=StringIO())
        yield
        transaction.set_rollback(True)


def per_group(queryset, path) -> list[int]:
    counts = Counter(queryset.values_list(path, flat=True))
    return [counts[slug] for slug in C26]


def test_there_are_three_working_groups_and_amiti():
    assert list(WorkingGroup.objects.values_list("slug", "kind")) == [
        *((slug, "working_group") for slug in C26),
        ("amiti", "stakeholder"),
    ]


def test_the_paper_of_2023_is_there_as_it_is_printed():
    paper = Document.objects.get(slug="c26-2023")

    assert (paper.published_on, paper.language, paper.visibility) == (date(2023, 9, 18), "en", "public")
    assert per_group(paper.topics, "group__slug") == [3, 2, 2]
    assert per_group(Issue.objects.filter(topic__document=paper), "topic__group__slug") == [8, 8, 6]
    asked = Recommendation.objects.filter(topic__document=paper)
    assert per_group(asked, "topic__group__slug") == [13, 8, 9]


def test_only_one_issue_of_the_paper_is_printed_without_a_number():
    unnumbered = Issue.objects.filter(number="")

    assert list(unnumbered.filter(topic__document__slug="c26-2023").values_list("code", flat=True)) == ["2023-IE-2bis"]


def test_neither_the_interview_nor_the_declaration_is_said_to_print_numbers():
    others = Issue.objects.exclude(topic__document__slug="c26-2023")

    assert set(others.values_list("number", flat=True)) == {""}


def test_the_other_issues_are_numbered_in_each_group_from_1():
    for slug in C26:
        issues = Issue.objects.filter(topic__group__slug=slug).order_by("topic__position", "position")
        numbers = [issue.number for issue in issues if issue.number]
        assert numbers == [str(number) for number in range(1, len(numbers) + 1)]


def test_a_code_tells_the_year_the_group_the_issue_and_the_letter():
    for recommendation in Recommendation.objects.select_related("topic__group", "topic__document"):
        issue = recommendation.issue
        assert issue.code.startswith(
            f"{recommendation.document.published_on.year}-{recommendation.group.code}-{issue.number}"
        )
        assert recommendation.code in {f"{issue.code}{recommendation.letter}", f"{issue.code}-{recommendation.letter}"}


def test_the_members_are_those_that_are_printed():
    assert Person.objects.count() == 53
    assert per_group(Membership.objects.all(), "group__slug") == [20, 16, 17]
    assert per_group(Membership.objects.filter(is_co_chair=True), "group__slug") == [3, 1, 3]


def test_amiti_asks_six_things_with_two_partners():
    amiti = WorkingGroup.objects.get(slug="amiti")

    interview = Document.objects.get(slug="amiti-2025")
    assert interview.published_on == date(2025, 4, 29)
    assert Recommendation.objects.filter(topic__document=interview).count() == 6
    assert amiti.organization.slug == "amiti"
    assert set(amiti.partners.values_list("slug", flat=True)) == {"iti", "technation"}


def test_the_joint_declaration_asks_five_things_and_is_dated_to_the_month():
    declaration = Document.objects.get(slug="tech-declaration-2025")
    asked = Recommendation.objects.filter(topic__document=declaration)

    assert (declaration.published, declaration.publisher.slug) == ("February 2025", "amiti")
    assert sorted(asked.values_list("code", flat=True)) == [f"2025-AMITI-{n}" for n in ("7", "8a", "8b", "8c", "9")]


def test_documents_say_up_to_when_sources_were_read():
    assert Document.objects.all().sources_read_on() == date(2026, 7, 2)


def test_the_treaty_has_its_34_chapters():
    assert list(Chapter.objects.values_list("number", flat=True)) == list(range(1, 35))
    assert not Chapter.objects.filter(title_en="").exists() | Chapter.objects.filter(title_es="").exists()


def test_every_organization_has_a_name_in_both_languages():
    assert Organization.objects.exists()
    assert not (Organization.objects.filter(name_en="") | Organization.objects.filter(name_es="")).exists()


def test_every_recommendation_is_in_both_languages_with_its_success_test():
    columns = [f"{text}_{language}" for text in ("title", "summary", "success_test") for language in ("en", "es")]

    for row in Recommendation.objects.values("code", *columns):
        assert all(row.values()), row["code"]
        for text in ("title", "summary", "success_test"):
            assert row[f"{text}_en"] != row[f"{text}_es"], row["code"]
        assert row["success_test_en"].startswith("Implemented when "), row["code"]
        assert row["success_test_es"].startswith("Cumplida cuando "), row["code"]


def test_every_recommendation_asks_somebody_who_has_not_answered_yet():
    assert not Recommendation.objects.filter(addressees=None).exists()
    assert not Answer.objects.exists()


def test_every_chapter_link_gives_its_reason_in_both_languages():
    assert ChapterLink.objects.exists()
    assert not (ChapterLink.objects.filter(reason_en="") | ChapterLink.objects.filter(reason_es="")).exists()


def test_every_story_begins_with_its_publication():
    for recommendation in Recommendation.objects.select_related("topic__document"):
        first = recommendation.updates.order_by("counts_from", "pk").first()
        assert (first.status, first.counts_from) == ("issued", recommendation.document.published_on), (
            recommendation.code
        )


def test_nothing_is_told_as_implemented():
    assert not Recommendation.objects.filter(status="implemented").exists()
    assert not Update.objects.filter(status="implemented").exists()


def test_everything_told_rests_on_public_sources_that_are_named():
    assert set(Update.objects.values_list("basis", "visibility")) == {("public_source", "public")}
    assert not Update.objects.filter(evidence=None).exists()
    assert not Evidence.objects.exclude(url__startswith="http").exists()
    assert not (Update.objects.filter(what_en="") | Update.objects.filter(what_es="")).exists()


def test_the_current_status_is_what_the_ledger_says():
    for recommendation in Recommendation.objects.as_of(date.max):
        assert (recommendation.status, recommendation.last_update_id) == (
            recommendation.effective_status,
            recommendation.effective_update_id,
        ), recommendation.code


def test_the_series_are_the_dialogue_the_summit_the_review_and_the_commission():
    assert list(Series.objects.values_list("slug", flat=True)) == [
        "hled",
        "nals",
        "usmca-joint-review",
        "usmca-commission",
    ]
    assert not Series.objects.filter(milestones=None).exists()


def test_a_milestone_names_its_source_or_why_it_has_none():
    assert not Milestone.objects.filter(source_url="", note_en="").exists()


def test_the_hearing_of_2025_keeps_the_date_that_it_had_first():
    hearing = Milestone.objects.get(slug="usmca-hearing-ustr-2025")

    assert (hearing.starts_on, hearing.ends_on) == (date(2025, 12, 3), date(2025, 12, 5))
    first, then = hearing.dates.all()
    assert (first.when, first.state, first.set_on) == ("November 17, 2025", "scheduled", None)
    assert (then.when, then.state, then.set_on) == ("December 3–5, 2025", "held", date(2025, 11, 7))
    assert then.reason_en.startswith("The hearing was moved to December")


def test_the_summit_keeps_what_was_expected_of_it():
    summit = Milestone.objects.get(slug="nals-11")
    expected = [(past.when, past.set_on) for past in summit.dates.all()]

    assert expected == [
        ("fourth quarter of 2023", date(2023, 9, 18)),
        ("April 2024", None),
        ("2024", date(2024, 5, 16)),
        ("date not known", None),
    ]
    assert summit.state == "postponed"


def test_what_nobody_has_announced_is_not_tentative():
    unannounced = Milestone.objects.filter(state="unannounced")

    assert set(unannounced.values_list("slug", flat=True)) == {"hled-4", "competitiveness-committee-next"}


def test_a_second_load_changes_nothing():
    models = [Organization, WorkingGroup, Person, Membership, Document, Issue, Recommendation, Addressee, Chapter]
    models += [ChapterLink, Article, ExpectedStep, SourceCheck, Update, Evidence, Series, Milestone, MilestoneDate]
    before = {model: list(model.objects.order_by("pk").values()) for model in models}
    told = StringIO()

    call_command("load_data", stdout=told)

    assert {model: list(model.objects.order_by("pk").values()) for model in models} == before
    for word in ["created", "updated", "kept", "left as staff have it"]:
        assert word not in told.getvalue()


def test_a_load_leaves_what_staff_have_edited_and_says_so():
    Recommendation.objects.filter(code="2023-SB-1").update(title_en="One customs platform")
    told = StringIO()

    call_command("load_data", stdout=told)

    assert Recommendation.objects.get(code="2023-SB-1").title_en == "One customs platform"
    assert "left as staff have it: recommendation 2023-SB-1 (edited: title_en)" in told.getvalue()
