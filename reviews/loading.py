"""Series and milestones from `fixtures/`."""

from core.fixtures import KeyIndex, Loader, read_fixture
from recommendations.models import Document

from .models import Milestone, MilestoneDate, Series


def load_reviews(loader: Loader):
    """The series, and their milestones with the dates they had before."""
    content = read_fixture("milestones.yaml")
    for position, row in enumerate(content["series"], start=1):
        loader.upsert(Series, {"slug": row.pop("slug")}, row | {"position": position})
    series = KeyIndex(Series)
    for row in content["milestones"]:
        row["series"] = series[row["series"]]
        documents = row.pop("documents", [])
        earlier_dates = row.pop("earlier_dates", [])
        is_new = not Milestone.objects.filter(slug=row["slug"]).exists()
        milestone = loader.upsert(Milestone, {"slug": row.pop("slug")}, row)
        if is_new and milestone:
            milestone.documents.set(Document.objects.filter(slug__in=documents))
            _write_earlier_dates(milestone, earlier_dates)


def _write_earlier_dates(milestone, earlier_dates):
    # The database has dated the first revision today; when it was really set is only known where it changed.
    first_revision = milestone.dates.get()
    first_revision.set_on = None
    for revision, row in enumerate(earlier_dates, start=1 - len(earlier_dates)):
        first_revision.set_on = row.pop("changed_on")
        first_revision.reason_en, first_revision.reason_es = row.pop("reason_en"), row.pop("reason_es")
        MilestoneDate.objects.create(milestone=milestone, revision=revision, **row)
    first_revision.save()
