"""What changed between two days, as a file: the rows of the page, in document order."""

from django.conf import settings

from recommendations.exports import Table
from recommendations.status import Status

from .changes import Change

COLUMNS = [
    "code",
    "title",
    "change",
    "status_before",
    "status_after",
    "working_group",
    "document",
    "what_happened",
    "last_update_on",
    "evidence",
    "url",
]


def table(changes: list[Change]) -> Table:
    """The changes, a row each, in the current language."""
    widths = {"A": 16, "B": 50, "C": 26, "D": 20, "E": 20, "F": 26, "G": 40, "H": 90, "J": 60, "K": 50}
    return Table("changes", COLUMNS, map(_row, changes), widths)


def _row(change) -> dict:
    recommendation = change.recommendation
    return {
        "code": recommendation.code,
        "title": recommendation.title,
        "change": str(change.kind.label),
        "status_before": change.before and str(Status(change.before).label),
        "status_after": str(Status(change.after).label),
        "working_group": recommendation.group.name,
        "document": recommendation.document.title,
        "what_happened": [f"{update.effective_date}: {update.what}" for update in change.updates],
        "last_update_on": change.updates[0].counts_from if change.updates else None,
        "evidence": [source.url for update in change.updates for source in update.evidence.all()],
        "url": settings.SITE_URL + recommendation.get_absolute_url(),
    }
