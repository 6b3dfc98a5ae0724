"""The statuses of a recommendation: the foundation's own assessment of its implementation.

The page /status-definitions/ and the briefing books are made from this module, so that the words and the rules cannot drift apart.
"""

from django.db import models
from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    ISSUED = "issued", _("Issued")
    UNDER_CONSIDERATION = "under_consideration", _("Under consideration")
    IN_PROGRESS = "in_progress", _("In progress")
    PARTIALLY_IMPLEMENTED = "partially_implemented", _("Partially implemented")
    IMPLEMENTED = "implemented", _("Implemented")
    NOT_IMPLEMENTED = "not_implemented", _("Not implemented")
    OVERTAKEN = "overtaken", _("Overtaken by events")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    @property
    def is_open(self) -> bool:
        return self in OPEN

    @classmethod
    def order_of(cls, column: str) -> Case:
        """An expression that sorts by the place of `column` in this list."""
        return Case(*(When(**{column: status}, then=Value(place)) for place, status in enumerate(cls)))

    @property
    def definition(self) -> str:
        return DEFINITIONS[self]


OPEN = [Status.ISSUED, Status.UNDER_CONSIDERATION, Status.IN_PROGRESS, Status.PARTIALLY_IMPLEMENTED]
CLOSED = [status for status in Status if status not in OPEN]

# From nothing done to all done. The other closed statuses are no step on this way.
PROGRESS = [*OPEN, Status.IMPLEMENTED]

NEEDS_EVIDENCE = [Status.PARTIALLY_IMPLEMENTED, Status.IMPLEMENTED, Status.OVERTAKEN]

DEFINITIONS = {
    Status.ISSUED: _("Published and delivered. No relevant action by those asked to act is known yet."),
    Status.UNDER_CONSIDERATION: _(
        "Those asked to act have acknowledged the matter, are studying it or are consulting on it, but have not begun to act."
    ),
    Status.IN_PROGRESS: _(
        "Work that advances the recommendation has begun: a program, a bill, a negotiation, or a related measure by one country alone."
    ),
    Status.PARTIALLY_IMPLEMENTED: _(
        "Those asked to act have completed a distinct part of what was asked, and evidence shows it; the rest is still to be done."
    ),
    Status.IMPLEMENTED: _("The success test, written in advance, is met, and evidence shows it."),
    Status.NOT_IMPLEMENTED: _("Those asked to act declined, or the time to act passed without action."),
    Status.OVERTAKEN: _("Events have removed the need or the opportunity for it; evidence shows which events."),
    Status.SUPERSEDED: _("A later recommendation, which is named, has replaced it."),
    Status.WITHDRAWN: _("Those who made it no longer ask for it."),
}

RULES = [
    _(
        "Each change is an entry in a ledger that only grows: what happened, when, how we know, and when it was recorded. A mistake is corrected by a new entry that says so; both remain visible."
    ),
    _("“Partially implemented”, “implemented” and “overtaken by events” require evidence."),
    _("Moving a status backward or reopening a recommendation requires a reason, which is shown."),
    _("A related measure by one country alone counts as “in progress” at most."),
    _(
        "A date known only to the month, quarter or year is shown that way. Views of the past count it from the last day of that period."
    ),
]

# What tells two statuses apart that are easily taken for each other.
NEIGHBORS = [
    (
        Status.ISSUED,
        Status.UNDER_CONSIDERATION,
        _(
            "“Under consideration” requires a sign from those asked to act that they are looking at the matter: a study, a consultation, a meeting on it, or a statement that weighs it. What its authors, the press or third parties say does not change the status, and neither does an act on another subject."
        ),
    ),
    (
        Status.UNDER_CONSIDERATION,
        Status.IN_PROGRESS,
        _(
            "“In progress” requires an act that advances what is asked and goes beyond looking at it: a program that starts, a negotiation that opens, a measure that takes effect. A bill counts if it would do what is asked, but not if it is about a related subject. An announcement or an intention alone is “under consideration”."
        ),
    ),
    (
        Status.IN_PROGRESS,
        Status.PARTIALLY_IMPLEMENTED,
        _(
            "Ongoing work is “in progress”, however far along it is. “Partially implemented” requires a part of the success test that stands on its own, has been completed by those asked to act, and is shown by evidence. A related measure by one country alone is not such a part."
        ),
    ),
    (
        Status.PARTIALLY_IMPLEMENTED,
        Status.IMPLEMENTED,
        _(
            "“Implemented” requires every condition of the success test. If one is missing, or no one can show it, only a part has been done."
        ),
    ),
    (
        Status.ISSUED,
        Status.NOT_IMPLEMENTED,
        _(
            "Silence is not refusal. As long as there is time to act, a recommendation about which nothing is heard stays “issued”; it becomes “not implemented” once those asked to act decline or let the time pass."
        ),
    ),
    (
        Status.NOT_IMPLEMENTED,
        Status.OVERTAKEN,
        _(
            "The question is who ended it. If those asked to act declined, or did nothing until it was too late, it is “not implemented”. If the opportunity or the need is gone and nothing shows that they declined, it is “overtaken by events”, and evidence shows which events."
        ),
    ),
    (
        Status.OVERTAKEN,
        Status.SUPERSEDED,
        _(
            "Events overtake; a recommendation supersedes. If a later one asks for the same or more, it is named and this one is “superseded”, even if events were the reason."
        ),
    ),
    (
        Status.SUPERSEDED,
        Status.WITHDRAWN,
        _(
            "If those who made it ask for something else in its place, it is “superseded”. If they no longer ask for anything, it is “withdrawn”."
        ),
    ),
    (
        Status.WITHDRAWN,
        Status.NOT_IMPLEMENTED,
        _("Those who recommend withdraw; those asked to act decline. Who decided tells the two apart."),
    ),
]
