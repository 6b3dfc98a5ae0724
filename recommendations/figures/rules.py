"""The headline figures, and the rules that each can be counted by.

A figure says how many of the recommendations have come to something. What is counted, and among what, is a rule; other
sensible rules give other numbers, so each figure is shown by all of them.
"""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from recommendations.models.status import OPEN, Status


class Rule(TextChoices):
    """How recommendations are counted. The first is that of the headline."""

    EACH = "recommendation", _("By recommendation")
    ISSUE = "issue", _("By issue")
    PRIORITY = "priority", _("Priorities only")
    HALF = "half", _("Partial counts as half")

    @property
    def explanation(self) -> str:
        return EXPLANATIONS[self]


EXPLANATIONS = {
    Rule.EACH: _("Each recommendation counts once. This is the rule behind the headline figure."),
    Rule.ISSUE: _("Each issue counts once; if it asks for several things, they share that one equally."),
    Rule.PRIORITY: _("Only recommendations marked as a priority count."),
    Rule.HALF: _("Each recommendation counts once, and one that is partially implemented counts as half."),
}


@dataclass(frozen=True)
class Figure:
    """A number that the site gives: how many recommendations stand at one of `statuses`.

    `sentence` says it of "%(value)s of %(total)s"; `halves_partial` says whether counting a partial implementation as
    half makes a difference to it.
    """

    slug: str
    title: str
    definition: str
    sentence: str
    statuses: frozenset[str]
    halves_partial: bool = False

    @property
    def rules(self) -> list[Rule]:
        return [rule for rule in Rule if rule != Rule.HALF or self.halves_partial]

    def headline(self, counts: dict[str, int]) -> str:
        """Return the number in words, by the rule of the headline, from {status: how many stand there}."""
        value = sum(counts[status] for status in self.statuses)
        return self.sentence % {"value": value, "total": sum(counts.values())}

    def weight(self, status: str, rule: Rule) -> float:
        """Return by how much a recommendation at `status` counts: 1, 0 or, in part, a half."""
        if rule == Rule.HALF and status == Status.PARTIALLY_IMPLEMENTED:
            return 0.5
        return float(status in self.statuses)


FIGURES = {
    figure.slug: figure
    for figure in [
        Figure(
            "implemented",
            _("Implemented"),
            _("Recommendations whose success test, written in advance, is met, as evidence shows."),
            _("%(value)s of %(total)s recommendations are implemented"),
            frozenset([Status.IMPLEMENTED]),
            halves_partial=True,
        ),
        Figure(
            "moved",
            _("Changed since they were issued"),
            _(
                "Recommendations with any status other than “issued”, whether those asked to act have begun to do so or the matter is closed."
            ),
            _("%(value)s of %(total)s recommendations have changed status since they were issued"),
            frozenset(Status) - {Status.ISSUED},
        ),
        Figure(
            "open",
            _("Still open"),
            _("Recommendations that are not closed: something remains to be done and can still be done."),
            _("%(value)s of %(total)s recommendations are still open"),
            frozenset(OPEN),
            halves_partial=True,
        ),
        Figure(
            "closed-otherwise",
            _("Closed without being implemented"),
            _(
                "Recommendations that were declined, overtaken by events, superseded or withdrawn, or for which the time to act passed."
            ),
            _("%(value)s of %(total)s recommendations were closed without being implemented"),
            frozenset(Status) - {*OPEN, Status.IMPLEMENTED},
        ),
    ]
}
