"""A database of the first release that loads today's fixtures holds the same in force as a new one, and loses nothing."""

import tarfile
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from core import fixtures
from recommendations.models import Addressee, ChapterLink, Document, Recommendation, Topic, Update
from reviews.models import Milestone, MilestoneDate
from working_groups.models import Membership, Organization, WorkingGroup

pytestmark = pytest.mark.django_db

# The fixtures of the first release: `git archive 53c8c87 fixtures`.
FIRST_FIXTURES = Path(__file__).parents[1] / "first_fixtures.tar.gz"
SINCE_THEN = ["answers.yaml", "articles.yaml", "assessments.yaml", "expected.yaml", "source_checks.yaml"]


def load(folder=None) -> str:
    """Load the fixtures, those of `folder` if given, and return what the command tells."""
    told = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        if folder:
            patch.setattr(fixtures, "FIXTURES", folder)
        call_command("load_data", stdout=told)
    return told.getvalue()


@pytest.fixture
def first_fixtures(tmp_path):
    with tarfile.open(FIRST_FIXTURES) as archive:
        archive.extractall(tmp_path, filter="data")
    for name in SINCE_THEN:
        (tmp_path / "fixtures" / name).write_text("[]")
    return tmp_path / "fixtures"


def ledger_in_force() -> set[tuple]:
    """All that the rows in force say; what tells only how they came to be is left out."""
    return {
        (
            update.recommendation.code,
            update.import_key,
            update.status,
            update.effective_on,
            update.precision,
            update.dated_by_report,
            update.counts_from,
            update.what_en,
            update.what_es,
            update.basis,
            update.visibility,
            tuple(
                (source.title, source.publisher, source.url, source.published_on, source.kind)
                for source in update.evidence.all()
            ),
        )
        for update in Update.objects.in_force().select_related("recommendation").prefetch_related("evidence")
    }


def everything_else() -> dict[str, set]:
    """The other content, by natural keys."""
    columns = {
        Organization: ["slug", "name_es", "country"],
        WorkingGroup: ["slug", "description_en", "partners__slug"],
        Membership: ["group__slug", "person__name", "affiliation", "source_en", "note_en"],
        Document: ["slug", "summary_en", "published_on", "published_precision", "sources_read_on"],
        Topic: ["slug", "summary_en"],
        Recommendation: [
            "code",
            "title_es",
            "summary_en",
            "success_test_en",
            "status",
            "last_update_on",
            "mentions__slug",
        ],
        Addressee: ["recommendation__code", "organization__slug", "is_named"],
        ChapterLink: ["recommendation__code", "chapter__number", "is_loose", "reason_es"],
        Milestone: ["slug", "starts_on", "ends_on", "precision", "state", "note_en", "documents__slug"],
    }
    return {model.__name__: set(model.objects.values_list(*names)) for model, names in columns.items()}


def test_the_first_release_with_todays_fixtures_equals_a_new_database(first_fixtures):
    with transaction.atomic():
        load()
        new_ledger, new_content = ledger_in_force(), everything_else()
        transaction.set_rollback(True)
    load(first_fixtures)
    of_the_first_release = list(Update.objects.values())

    told = load()

    assert "corrected" in told
    assert "left as staff have it" not in told
    assert ledger_in_force() == new_ledger
    assert everything_else() == new_content
    # Nothing that was told is gone: the rows of the first release are all there as they were, in force or corrected.
    assert [row for row in Update.objects.values() if row in of_the_first_release] == of_the_first_release

    rows = Update.objects.count()
    told = load()

    assert (Update.objects.count(), ledger_in_force()) == (rows, new_ledger)
    for word in ["created", "updated", "corrected", "completed", "removed", "kept"]:
        assert word not in told


def test_a_date_that_was_put_right_says_so_in_its_history_where_it_stood(first_fixtures):
    load(first_fixtures)
    load()

    first, then = MilestoneDate.objects.filter(milestone__slug="us-mexico-scoping-2026")
    assert (first.starts_on, then.starts_on) == (date(2026, 3, 16), date(2026, 3, 18))
    assert then.reason_en.startswith("March 16 was only the first day")
