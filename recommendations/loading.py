"""Chapters, documents with all they hold, and the first rows of the ledger, from `fixtures/`."""

from core.fixtures import FIXTURES, KeyIndex, Loader, read_fixture
from core.visibility import Visibility
from working_groups.models import Organization, WorkingGroup

from .models import Addressee, Chapter, ChapterLink, Document, Issue, Recommendation, Topic, Update

TEXTS = ["title_en", "title_es", "summary_en", "summary_es"]


def load_recommendations(loader: Loader):
    """Chapters, documents, their topics, issues and recommendations, and the chapter mapping."""
    for row in read_fixture("chapters.yaml"):
        loader.upsert(Chapter, {"number": row.pop("number")}, row)
    organizations, groups = KeyIndex(Organization), KeyIndex(WorkingGroup)
    for path in sorted((FIXTURES / "documents").glob("*.yaml")):
        _load_document(loader, read_fixture(path), organizations, groups)
    _load_chapter_links(loader)


def load_updates(loader: Loader):
    """The rows of the ledger that are not in it yet, in the order of their dates. Rows that are there stay as they are."""
    recommendations = KeyIndex(Recommendation, "code")
    known = set(Update.objects.exclude(import_key=None).values_list("import_key", flat=True))
    for row in read_fixture("updates.yaml"):
        key = row.pop("key")
        evidence = row.pop("evidence", [])
        for code in row.pop("applies_to"):
            import_key = f"{key}/{code}"
            if import_key in known:
                loader.counts[Update, "unchanged"] += 1
            elif code in recommendations:
                recommendations[code].record_update(**row, evidence=evidence, import_key=import_key)
                loader.counts[Update, "created"] += 1


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
                "title_en": topic_row["title_en"],
                "title_es": topic_row["title_es"],
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
        for addressee in recommendation_row["addressees"] if recommendation else []:
            loader.upsert(
                Addressee,
                {"recommendation": recommendation, "organization": organizations[addressee["organization"]]},
                {"is_named": addressee["named"]},
            )


def _load_chapter_links(loader):
    recommendations = KeyIndex(Recommendation, "code")
    chapters = KeyIndex(Chapter, "number")
    for row in read_fixture("chapter_links.yaml"):
        if recommendation := recommendations.get(row.pop("recommendation")):
            row["is_loose"] = row.pop("loose")
            key = {"recommendation": recommendation, "chapter": chapters[row.pop("chapter")]}
            loader.upsert(ChapterLink, key, row)
