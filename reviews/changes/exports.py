"""Changes between two days as a file: the rows of the page, in document order."""

from collections.abc import Iterable
from itertools import chain

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from recommendations.browse.exports import Column, Table
from recommendations.models import SuccessTestVersion
from recommendations.models.status import Status
from recommendations.words.success_tests import describe_change

from .compare import Change

COLUMNS = {
    "code": Column(_("Code"), 16),
    "title": Column(_("Recommendation"), 50),
    "change": Column(_("Change"), 26),
    "status_before": Column(_("Status before"), 22),
    "status_after": Column(_("Status after"), 22),
    "working_group": Column(_("Group"), 26),
    "document": Column(_("Document"), 40),
    "what_happened": Column(_("What happened"), 90),
    "last_update_on": Column(_("Last update"), 14),
    "evidence": Column(_("Evidence"), 60),
    "url": Column(_("Address"), 50),
    # Programs find a column by its place too: further ones come last.
    "answers": Column(_("Answers"), 60),
}


def table(changes: Iterable[Change], tests: Iterable[SuccessTestVersion] = ()) -> Table:
    """The changes, a row each, and after them those of success tests, in the current language."""
    return Table("changes", _("Changes"), COLUMNS, chain(map(_row, changes), map(_test_row, tests)))


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
        "answers": [answer.in_words for answer in change.answers],
    }


def _test_row(change) -> dict:
    recommendation = change.recommendation
    return dict.fromkeys(COLUMNS) | {
        "code": recommendation.code,
        "title": recommendation.title,
        "change": gettext("Success test changed"),
        "working_group": recommendation.group.name,
        "document": recommendation.document.title,
        "what_happened": [describe_change(change), f"{gettext('Reason:')} {change.why}"],
        "last_update_on": change.changed_on,
        "evidence": [],
        "url": settings.SITE_URL + change.get_absolute_url(),
    }
