"""What a review of the real data against its sources found, so that none of it comes back."""

import re
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, Q

from recommendations.models import (
    Addressee,
    Article,
    ChapterLink,
    ExpectedStep,
    Issue,
    Recommendation,
    SourceCheck,
    Update,
)
from reviews.models import Milestone
from working_groups.models import Membership, Organization

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_data", stdout=StringIO())
        yield
        transaction.set_rollback(True)


# Who


def test_members_say_where_their_names_come_from():
    sources = set(Membership.objects.values_list("source_en", flat=True))

    assert sources == {"As printed in the C26+ paper of September 2023."}
    assert list(Membership.objects.exclude(note_en="").values_list("person__name", flat=True)) == ["Gerónimo Gutiérrez"]


def test_an_organization_of_which_nothing_tells_the_country_is_not_of_several():
    unknown = Organization.objects.filter(country="ZZ")

    assert set(unknown.values_list("slug", flat=True)) == {
        "bbva",
        "iluminar-ventures",
        "jd-group-logistics",
        "khora",
        "macrolynk",
        "miroculous",
        "nexus-global-ventures",
        "ozaru",
        "tradehub",
    }


def test_every_organization_leads_to_something():
    """To what it is asked or mentioned in, what it published, or who of it is a member."""
    links = ["addressed", "mentioned_in", "documents", "memberships", "partner_of", "stakeholder_group"]

    assert not Organization.objects.filter(**dict.fromkeys(links))


def test_nobody_is_both_asked_and_only_mentioned():
    for recommendation in Recommendation.objects.prefetch_related("mentions", "addressees"):
        asked = {addressee.organization_id for addressee in recommendation.addressees.all()}
        mentioned = {organization.pk for organization in recommendation.mentions.all()}
        assert not asked & mentioned, recommendation.code


# Named, or our reading. Our own texts say whom the document names, so that NAMED_RULE can be checked against them.

GOVERNMENT = r"governments?\b|authorities|public, private|policymakers"
NAMES = {
    "academic-institutions-mexico": r"academic institutions",
    "anam": r"ANAM|border agencies",
    "banxico": r"Banco de México",
    "campaigns-2024": r"[Cc]andidates",
    "cbp": r"CBP|U\.S\. agencies|border agencies",
    "cnbv": r"CNBV",
    "dhs-svip": r"SVIP",
    "educational-institutions": r"educational institutions",
    "government-of-canada": rf"{GOVERNMENT}|Canad|three countries",
    "government-of-mexico": rf"{GOVERNMENT}|Mexic|three countries",
    "iti": r"ITI\b",
    "mexican-border-states": r"authorities of Mexico",
    "private-sector": r"private|commercial|industr",
    "sat": r"SAT\b",
    "social-sector": r"social\s+sector",
    "state-of-texas": r"Texas",
    "us-chamber": r"U\.S\. Chamber",
    "us-commerce": r"Commerce",
    "us-congress": r"[Cc]ongress",
    "us-government": rf"{GOVERNMENT}|U\.S\.|United States|three countries",
    "us-state": r"State\b",
    "usmca-ftc": r"Free Trade Commission",
    "ustr": r"USTR",
    "venture-capital-mexico": r"venture capital",
}
# Named where something else is told: a delegation that met them, or an agency that is being set up.
NAMED_WITHOUT_ACTING = {("2025-AMITI-4", slug) for slug in ("atdt", "cisa", "nist")}


def texts_of(recommendation) -> str:
    issue = recommendation.issue
    return " ".join([recommendation.title_en, recommendation.summary_en, issue.title_en, issue.summary_en])


@pytest.fixture
def addressees():
    return Addressee.objects.select_related("organization", "recommendation__issue")


def test_who_is_marked_as_named_is_named_by_the_recommendation_or_its_issue(addressees):
    for addressee in addressees.filter(is_named=True):
        where = (addressee.recommendation.code, addressee.organization.slug)
        assert re.search(NAMES[addressee.organization.slug], texts_of(addressee.recommendation)), where


def test_who_is_named_as_one_that_acts_is_not_marked_as_our_reading(addressees):
    for addressee in addressees.filter(is_named=False):
        organization, code = addressee.organization, addressee.recommendation.code
        name = rf"\b({re.escape(organization.acronym or organization.name_en)}|{re.escape(organization.name_en)})\b"
        is_named = re.search(name, texts_of(addressee.recommendation)) is not None
        assert is_named == ((code, organization.slug) in NAMED_WITHOUT_ACTING), (code, organization.slug)


@pytest.mark.parametrize(
    ("code", "slugs"),
    [
        ("2023-SB-6", ["cbp", "dhs-svip", "us-government"]),
        ("2023-SB-7", ["government-of-mexico", "private-sector", "us-government"]),
        ("2023-DE-6", ["educational-institutions", "private-sector"]),
        ("2023-IE-5", ["government-of-mexico", "private-sector", "social-sector"]),
        ("2025-AMITI-2", ["government-of-canada", "government-of-mexico", "us-government", "usmca-ftc"]),
        ("2025-AMITI-6", ["iti", "us-chamber", "us-commerce", "us-congress", "us-state", "ustr"]),
    ],
)
def test_these_are_the_ones_that_the_document_names(addressees, code, slugs):
    named = addressees.filter(recommendation__code=code, is_named=True)

    assert sorted(addressee.organization.slug for addressee in named) == slugs


# The treaty


def test_an_article_that_is_cited_is_on_record_and_seen_or_marked():
    articles = {article.number: article for article in Article.objects.select_related("chapter")}

    for link in ChapterLink.objects.select_related("chapter", "recommendation"):
        for number in link.articles:
            where = (link.recommendation.code, number)
            assert articles[number].chapter == link.chapter, where
            assert (number in link.articles_seen) == (articles[number].seen in ("full", "part")), where
            assert (f"{number} (not checked)" in link.articles_in_words) != (number in link.articles_seen), where


def test_what_nobody_has_read_is_not_told():
    unseen = Article.objects.filter(seen="unseen")

    assert set(unseen.values_list("gist_en", "gist_es", "source_url")) == {("", "", "")}
    assert not Article.objects.exclude(seen="unseen").filter(Q(gist_en="") | Q(gist_es="") | Q(source_url=""))


def test_corrections_of_the_mapping_hold():
    links = {
        (link.recommendation.code, link.chapter.number): link
        for link in ChapterLink.objects.select_related("recommendation", "chapter")
    }

    assert "7.19" not in links["2023-SB-4b", 7].articles
    for code in ("2023-SB-7", "2023-SB-8a", "2023-SB-8b"):
        assert not links[code, 26].is_loose, code
        assert "infrastructure" in links[code, 26].reason_en.lower(), code
    for code in ("2023-DE-6", "2023-IE-3"):
        assert links[code, 26].articles == [], code
    assert "26.2" in links["2023-IE-1b", 26].articles_seen
    assert links["2025-AMITI-6", 26].articles == ["26.2"]
    assert links["2025-AMITI-1", 15].articles == ["15.2", "15.3"]
    assert links["2025-AMITI-5", 34].articles_in_words == "34.3 (not checked), 34.7"
    assert links["2023-DE-2", 26].articles == ["26.1"]


# When


def test_the_day_of_a_report_is_told_as_one():
    for update in Update.objects.in_force().filter(dated_by_report=True).prefetch_related("evidence"):
        days = {source.published_on for source in update.evidence.all()} - {None}
        assert not days or update.effective_on in days or "this date" in update.what_en, update.import_key
        assert update.effective_date.startswith("reported "), update.import_key


@pytest.mark.parametrize(
    ("key", "when"),
    [
        ("2023-sb-1-2026-01-06-anam-cbp", "2025"),
        ("2023-sb-4a-2026-01-06-anam-cbp-training", "2025"),
        ("2023-sb-3a-2025-11-03-scanning", "reported November 3, 2025"),
        ("2023-de-3-2025-04-29-cisa-nist", "reported April 29, 2025"),
        ("2023-ie-4b-2024-campaigns-over", "November 5, 2024"),
        ("baseline-tech-declaration-2025/2025-AMITI-7", "February 2025"),
    ],
)
def test_dates_of_reports_are_no_dates_of_events(key, when):
    assert Update.objects.in_force().get(import_key__startswith=key).effective_date == when


def test_what_is_expected_next_stands_with_its_source():
    assert ExpectedStep.objects.values("slug").distinct().count() == 21
    assert not ExpectedStep.objects.filter(source_url="")
    assert ExpectedStep.objects.get(slug="de-minimis-repeal").when == "July 1, 2027"
    assert ExpectedStep.objects.get(slug="otay-mesa-east").when == "2028"
    assert ExpectedStep.objects.get(slug="ai-law").when == "no date known"


# What


def test_no_status_is_bolder_than_its_evidence():
    standing = dict(Recommendation.objects.values_list("code", "status"))
    in_force = Update.objects.in_force()

    assert standing["2023-IE-5"] == "issued"
    assert standing["2023-IE-2bis-b"] == "under_consideration"
    first_progress = in_force.filter(recommendation__code="2023-SB-8b", status="in_progress").order_by("counts_from")[0]
    assert first_progress.counts_from == date(2025, 11, 28)
    assert in_force.get(import_key__startswith="2023-de-4-2024-05-ania").status == "issued"


@pytest.mark.parametrize(
    ("words", "code", "member"),
    [
        ("alliance ANIA presented", "2023-DE-4", "Sissi de la Peña"),
        ("together with ANIA and Centro-i", "2023-DE-4", "María Elena Estavillo"),
        ("Both Mexican stock exchanges", "2023-IE-4a", "Santiago Salinas"),
        ("association ASEM", "2023-IE-4b", "Ulrick Noel"),
    ],
)
def test_an_act_of_a_body_with_a_member_in_the_group_that_asks_discloses_it(words, code, member):
    update = Update.objects.in_force().get(recommendation__code=code, what_en__contains=words)

    assert "To disclose:" in update.what_en
    assert member in update.what_en
    assert member in update.what_es
    assert Membership.objects.filter(person__name=member, group__topics__issues__recommendations__code=code).exists()


def test_the_proponents_change_of_mind_is_told_as_one():
    update = Update.objects.in_force().get(import_key__startswith="2025-amiti-3-2025-09-19-proponent")

    assert "should not come within the framework of the T-MEC" in update.what_en
    assert "no debe quedar dentro del marco del T-MEC" in update.what_es
    assert "differs from the request of April 2025" in update.what_en


def test_every_request_for_the_review_says_what_the_review_did():
    asked = Recommendation.objects.filter(topic__group__slug="amiti")
    told = Update.objects.in_force().filter(effective_on=date(2026, 7, 1))

    assert set(told.values_list("recommendation__code", flat=True)) == set(asked.values_list("code", flat=True))


def test_two_are_closed_and_each_argues_why_it_is_overtaken():
    closed = Recommendation.objects.filter(is_open=False).select_related("last_update")

    assert {recommendation.code: recommendation.status for recommendation in closed} == {
        "2023-IE-4b": "overtaken",
        "2025-AMITI-6": "overtaken",
    }
    for each in closed:
        assert "not implemented" in each.last_update.what_en, each.code


def test_what_was_looked_for_and_not_found_stands_where_nothing_else_does():
    without_news = Recommendation.objects.annotate(rows=Count("updates")).filter(rows=1)

    assert set(without_news.values_list("code", flat=True)) == {"2023-SB-3d", "2023-SB-5", "2023-SB-8a"}
    assert not without_news.filter(source_checks=None)


ENGLISH = re.compile(
    r"\b(programmes?|centres?|defence|authoris\w+|favour\w*|digitis\w+|per cent|\d+ (May|July) \d{4})\b"
)
SPANISH = re.compile(r"\b(el|del|al) (USTR|CBP)\b|(?<!la )(?<!La )\b(USTR|CBP)\b|prórroga|datos abiertos|[«»]")


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (ChapterLink, "reason"),
        (ExpectedStep, "what"),
        (Issue, "summary"),
        (Milestone, "note"),
        (Recommendation, "success_test"),
        (Recommendation, "summary"),
        (SourceCheck, "note"),
        (Update, "what"),
    ],
)
def test_texts_are_in_american_english_and_in_the_spanish_of_mexico(model, name):
    for record in model.objects.all():
        assert not ENGLISH.search(getattr(record, f"{name}_en")), record
        assert not SPANISH.search(getattr(record, f"{name}_es")), record
