"""Chapters, documents with all they hold, and what is said beside the ledger, from `fixtures/`.

The ledger's own rows are loaded by recommendations/ledger/loading.py.
"""

from core.fixtures import KeyIndex, Loader, fixture_names, read_fixture
from core.visibility import Visibility
from working_groups.models import Organization, WorkingGroup

from .models import (
    Addressee,
    Article,
    Assessment,
    Chapter,
    ChapterLink,
    Document,
    ExpectedStep,
    Issue,
    Recommendation,
    SourceCheck,
    Topic,
)

TEXTS = ["title_en", "title_es", "summary_en", "summary_es"]


def load_recommendations(loader: Loader):
    """Load chapters, documents, their topics, issues and recommendations, the mapping, and what is expected next."""
    for row in read_fixture("chapters.yaml"):
        loader.upsert(Chapter, {"number": row.pop("number")}, row)
    organizations, groups = KeyIndex(Organization), KeyIndex(WorkingGroup)
    for name in fixture_names("documents"):
        _load_document(loader, read_fixture(name), organizations, groups)
    loader.drop_missing(
        Addressee, "recommendation", "organization", is_in_use=lambda addressee: addressee.answers.exists()
    )
    _load_articles(loader)
    _load_chapter_links(loader)
    _load_expected_steps(loader)
    _load_source_checks(loader)
    _load_assessments(loader)


def _load_document(loader, content, organizations, groups):
    row = content["document"]
    row["publisher"] = organizations[row["publisher"]]
    # What is printed in the fixtures is published.
    document = loader.upsert(Document, {"slug": row.pop("slug")}, row | {"visibility": Visibility.PUBLIC})
    for place, topic_row in enumerate(content["topics"], start=1):
        topic = document and loader.upsert(
            Topic,
            {"slug": topic_row["slug"]},
            {
                "document": document,
                "group": groups[topic_row["group"]],
                **{name: topic_row.get(name, "") for name in TEXTS},
                "position": place,
            },
        )
        for position, issue_row in enumerate(topic_row["issues"], start=1):
            if topic:
                _load_issue(loader, topic, position, issue_row, organizations)


def _load_issue(loader, topic, position, row, organizations):
    texts = {name: row[name] for name in TEXTS}
    issue = loader.upsert(
        Issue, {"code": row["code"]}, texts | {"topic": topic, "number": row["number"], "position": position}
    )
    for recommendation_row in row["recommendations"] if issue else []:
        names = [*TEXTS, "letter", "success_test_en", "success_test_es"]
        recommendation = loader.upsert(
            Recommendation,
            {"code": recommendation_row["code"]},
            {name: recommendation_row[name] for name in names} | {"issue": issue},
        )
        if not recommendation:
            continue
        for addressee in recommendation_row["addressees"]:
            loader.upsert(
                Addressee,
                {"recommendation": recommendation, "organization": organizations[addressee["organization"]]},
                {"is_named": addressee["named"]},
            )
        mentions = [organizations[slug] for slug in recommendation_row.get("mentions", [])]
        loader.set_links(recommendation, "mentions", mentions)


def _load_articles(loader):
    chapters = KeyIndex(Chapter, "number")
    for row in read_fixture("articles.yaml"):
        row["chapter"] = chapters[row["chapter"]]
        loader.upsert(Article, {"number": row.pop("number")}, row)


def _load_chapter_links(loader):
    recommendations = KeyIndex(Recommendation, "code")
    chapters = KeyIndex(Chapter, "number")
    seen = set(Article.objects.seen().values_list("number", flat=True))
    for row in read_fixture("chapter_links.yaml"):
        if recommendation := recommendations.get(row.pop("recommendation")):
            row["is_loose"] = row.pop("loose")
            row["articles_seen"] = [number for number in row["articles"] if number in seen]
            key = {"recommendation": recommendation, "chapter": chapters[row.pop("chapter")]}
            loader.upsert(ChapterLink, key, row)
    loader.drop_missing(ChapterLink, "recommendation", "chapter")


def _load_expected_steps(loader):
    recommendations = KeyIndex(Recommendation, "code")
    for row in read_fixture("expected.yaml"):
        slug = row.pop("key")
        for code in row.pop("applies_to"):
            if recommendation := recommendations.get(code):
                loader.upsert(ExpectedStep, {"recommendation": recommendation, "slug": slug}, row)
    loader.drop_missing(ExpectedStep, "recommendation", "slug")


def _load_source_checks(loader):
    recommendations = KeyIndex(Recommendation, "code")
    for row in read_fixture("source_checks.yaml"):
        checked_on = row.pop("checked_on")
        for code in row.pop("applies_to"):
            if recommendation := recommendations.get(code):
                loader.upsert(SourceCheck, {"recommendation": recommendation, "checked_on": checked_on}, row)
    loader.drop_missing(SourceCheck, "recommendation", "checked_on")


def _load_assessments(loader):
    """Load the texts. That somebody has reviewed them is said in the admin, and in no file."""
    recommendations = KeyIndex(Recommendation, "code")
    for row in read_fixture("assessments.yaml"):
        if recommendation := recommendations.get(row.pop("recommendation")):
            loader.upsert(Assessment, {"recommendation": recommendation}, row)
    loader.drop_missing(Assessment, "recommendation", is_in_use=lambda assessment: assessment.reviewed_on is not None)
