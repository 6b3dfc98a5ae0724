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
    Status.ISSUED: _("Published and handed over. No relevant action by those who were asked is known yet."),
    Status.UNDER_CONSIDERATION: _(
        "Those who were asked have acknowledged the matter, are studying it or are consulting on it, "
        "but have not begun to act."
    ),
    Status.IN_PROGRESS: _(
        "Work that serves the recommendation has begun: a programme, a bill, a negotiation, or a related measure "
        "of one country alone."
    ),
    Status.PARTIALLY_IMPLEMENTED: _(
        "A separate part of what was asked is done by those who were asked, and evidence shows it; the rest is not."
    ),
    Status.IMPLEMENTED: _("The success test, written beforehand, is met, and evidence shows it."),
    Status.NOT_IMPLEMENTED: _("Those who were asked declined, or the time for acting passed without action."),
    Status.OVERTAKEN: _("Events have removed the reason or the occasion for it; evidence shows which."),
    Status.SUPERSEDED: _("A later recommendation, which is named, has taken its place."),
    Status.WITHDRAWN: _("Those who made it no longer ask for it."),
}

RULES = [
    _(
        "Each change is a row of a ledger that only grows: what happened, when, how we know, and when it was recorded. "
        "A mistake is corrected by a further row that says so; both stay readable."
    ),
    _("“Partially implemented”, “implemented” and “overtaken by events” need evidence."),
    _("A status that goes back, and a recommendation that is reopened, need a reason, which is shown."),
    _("A related measure of one country alone is “in progress” at most."),
    _(
        "A date that is known only to the month, the quarter or the year is shown so. "
        "A view of the past counts it from that period’s last day."
    ),
]

# What tells two statuses apart that are easily taken for each other.
NEIGHBORS = [
    (
        Status.ISSUED,
        Status.UNDER_CONSIDERATION,
        _(
            "“Under consideration” takes a sign from those who were asked that they look at the matter: a study, a "
            "consultation, a meeting on it, or words that weigh it. What its authors, the press or third parties say does "
            "not move it, and neither does an act on another subject."
        ),
    ),
    (
        Status.UNDER_CONSIDERATION,
        Status.IN_PROGRESS,
        _(
            "“In progress” takes an act that serves what is asked and goes further than looking at it: a program that starts, "
            "a negotiation that opens, a measure in force. A bill counts where it would do what is asked, and not where it "
            "is about a neighboring subject. An announcement or an intention alone is “under consideration”."
        ),
    ),
    (
        Status.IN_PROGRESS,
        Status.PARTIALLY_IMPLEMENTED,
        _(
            "Work that goes on is “in progress”, however far it has come. “Partially implemented” takes a part of the success "
            "test that stands by itself, is done by those who were asked, and is shown by evidence. A related measure of one "
            "country alone is not such a part."
        ),
    ),
    (
        Status.PARTIALLY_IMPLEMENTED,
        Status.IMPLEMENTED,
        _(
            "“Implemented” takes every condition of the success test. Where one is missing, or nobody can show it, a part is done."
        ),
    ),
    (
        Status.ISSUED,
        Status.NOT_IMPLEMENTED,
        _(
            "Silence is no refusal. As long as there is time to act, a recommendation of which nothing is heard stays "
            "“issued”; it is “not implemented” once those who were asked declined, or let the time pass."
        ),
    ),
    (
        Status.NOT_IMPLEMENTED,
        Status.OVERTAKEN,
        _(
            "The question is who ended it. Where those who were asked declined, or did nothing until it was too late, it is “not "
            "implemented”. Where the occasion or the reason is gone, and nothing shows that they declined, it is “overtaken by "
            "events”, and evidence shows which."
        ),
    ),
    (
        Status.OVERTAKEN,
        Status.SUPERSEDED,
        _(
            "Events overtake; a recommendation supersedes. Where a later one asks for the same or more, it is named, and this "
            "one is “superseded”, even if events were the reason for it."
        ),
    ),
    (
        Status.SUPERSEDED,
        Status.WITHDRAWN,
        _(
            "Those who made it ask for something else in its place: “superseded”. They ask for nothing any more: “withdrawn”."
        ),
    ),
    (
        Status.WITHDRAWN,
        Status.NOT_IMPLEMENTED,
        _("Those who recommend withdraw; those who were asked decline. Who decided tells the two apart."),
    ),
]
