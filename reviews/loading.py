"""Series and milestones from `fixtures/`."""

from core.fixtures import KeyIndex, Loader, read_fixture
from recommendations.models import Document

from .models import Milestone, MilestoneDate, Series


def load_reviews(loader: Loader):
    """Load the series, and their milestones with the dates they had before."""
    content = read_fixture("milestones.yaml")
    for position, row in enumerate(content["series"], start=1):
        loader.upsert(Series, {"slug": row.pop("slug")}, row | {"position": position})
    series, documents = KeyIndex(Series), KeyIndex(Document)
    for row in content["milestones"]:
        _load_milestone(loader, row, series, documents)


def _load_milestone(loader, row, series, documents):
    slug = row.pop("slug")
    row["series"] = series[row["series"]]
    linked = [documents[name] for name in row.pop("documents", [])]
    earlier_dates = row.pop("earlier_dates", [])
    why = {f"reason_{language}": row.pop(f"date_revision_{language}", "") for language in ("en", "es")}
    revision = Milestone.objects.filter(slug=slug).values_list("revision", flat=True).first()
    milestone = loader.upsert(Milestone, {"slug": slug}, row)
    if milestone is None:
        return
    loader.set_links(milestone, "documents", linked)
    if revision is None:
        # The database has dated the first revision today; when it was really set is not known.
        milestone.dates.update(set_on=None)
    else:
        # Where this load has put a date or a state right, its history says why.
        milestone.dates.filter(revision__gt=revision).update(**why)
    if earlier_dates:
        _write_earlier_dates(milestone, earlier_dates, is_new=revision is None)


def _write_earlier_dates(milestone, rows, is_new):
    """Store what was expected before the first date that a load wrote: the revisions up to 0, oldest first.

    Each of `rows` says when (`changed_on`) and why it was given up, which is when and why the next one was set. What
    the history of a milestone holds already stays as it is.
    """
    columns = ["starts_on", "ends_on", "precision", "state"]
    wanted, set_on, reason = [], None, {"reason_en": "", "reason_es": ""}
    for revision, row in enumerate(rows, start=1 - len(rows)):
        given = {name: row[name] for name in columns} | {"set_on": row.get("set_on", set_on)}
        wanted.append(MilestoneDate(milestone=milestone, revision=revision, **given, **reason))
        set_on, reason = row["changed_on"], {name: row[name] for name in reason}
    earlier = milestone.dates.filter(revision__lt=1).order_by("revision")
    names = ["revision", *columns, "set_on", "reason_en", "reason_es"]
    if [_values(date, names) for date in earlier] != [_values(date, names) for date in wanted]:
        earlier.delete()
        MilestoneDate.objects.bulk_create(wanted)
    if is_new:
        milestone.dates.filter(revision=1).update(set_on=set_on, **reason)


def _values(date, names) -> list:
    return [getattr(date, name) for name in names]
