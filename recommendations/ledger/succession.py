"""Who took whose place: "superseded by B, which was superseded by D". The chain itself is found by SQL."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from recommendations.models.status import Status

FIND_LINKS = "SELECT superseded_id, successor_id FROM ledger_succession(%s, %s)"


def find_links(recommendation, day: date | None = None) -> dict[int, list[int]]:
    """Return who took whose place on `day`, None for now, from one recommendation on: {key: keys of its successors}.

    What a view of the past shows may lead back to where it began: a row that is dated back can make such a loop, and
    only that of today is refused.
    """
    links = {}
    with connection.cursor() as cursor:
        cursor.execute(FIND_LINKS, [recommendation.pk, day or "infinity"])
        for superseded, successor in cursor.fetchall():
            links.setdefault(superseded, []).append(successor)
    return {superseded: sorted(successors) for superseded, successors in links.items()}


def require_no_loop(recommendation):
    """Raise ValidationError where what took the place of a recommendation is itself superseded by it, in the end."""
    if recommendation.status != Status.SUPERSEDED:
        return
    links = find_links(recommendation)
    for successor in links.get(recommendation.pk, []):
        if recommendation.pk in _reached_from(successor, links):
            code = type(recommendation).objects.values_list("code", flat=True).get(pk=successor)
            raise ValidationError(
                {
                    "successors": _(
                        "%(successor)s has itself been superseded by %(code)s, directly or through others in between: name the one in force."
                    )
                    % {"successor": code, "code": recommendation.code}
                }
            )


def _reached_from(start: int, links: dict[int, list[int]]) -> set[int]:
    reached, waiting = set(), [start]
    while waiting:
        for successor in links.get(waiting.pop(), []):
            if successor not in reached:
                reached.add(successor)
                waiting.append(successor)
    return reached


def succession(recommendation, readable, day: date | None = None) -> list:
    """Return what took the place of a recommendation, of the queryset `readable`.

    Each has `successors_shown`, what took its own place in turn; a chain that comes back to where it was ends there.
    Two queries.
    """
    links = find_links(recommendation, day)
    if not links:
        return []
    shown = readable.in_bulk({successor for successors in links.values() for successor in successors})

    def successors_of(key, passed) -> list:
        found = [shown[successor] for successor in links.get(key, []) if successor in shown and successor not in passed]
        for successor in found:
            successor.successors_shown = successors_of(successor.pk, passed | {successor.pk})
        return found

    return successors_of(recommendation.pk, {recommendation.pk})
