"""Changed success tests as readers see them: a line of the record, and since when the test is what it is."""

from datetime import date

from django.utils.translation import gettext

from core.text.dates import write_since
from recommendations.models import SuccessTestVersion


def merge_timeline(updates, changes) -> list:
    """Return the rows of the ledger and the changed success tests as one timeline, newest first.

    On one day, the rows of the ledger come first; among themselves both keep their order.
    """
    dated = [(update.counts_from, update) for update in updates]
    dated += [(change.changed_on, change) for change in reversed(changes)]
    return [entry for _day, entry in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def unchanged_since(recommendation, changes) -> str:
    """Return in words since when the success test is as it is: its last published change, or else publication."""
    if changes:
        return write_since(changes[-1].changed_on)
    return write_since(recommendation.document.published_on, recommendation.document.published_precision)


def changed_between(recommendations, since: date, until: date) -> list[SuccessTestVersion]:
    """Return the published changes of the success tests of `recommendations` after `since` and up to `until`."""
    changes = SuccessTestVersion.objects.published().between(since, until)
    return list(
        changes.filter(pgh_obj__in=recommendations.values("pk")).select_related(
            "pgh_obj__topic__group", "pgh_obj__topic__document"
        )
    )


def describe_change(change) -> str:
    """Return a published change as one sentence for texts that have no markup, in the current language."""
    return gettext("The success test was changed. Before: “%(before)s” Now: “%(after)s”") % {
        "before": change.before,
        "after": change.after,
    }
