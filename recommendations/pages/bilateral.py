"""Where organizations of more than one country are asked for the same thing: which side has answered, which not."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Prefetch

from recommendations.models import Addressee, Recommendation
from working_groups.models import Country

SIDES = [Country.MEXICO, Country.UNITED_STATES, Country.CANADA]


@dataclass(frozen=True)
class Asked:
    """One recommendation, and those whom it asks on each side: {country: [Addressee]}, each side with at least one."""

    recommendation: Recommendation
    by_side: dict[str, list[Addressee]]

    @cached_property
    def answered(self) -> set[str]:
        """The sides of which anybody has answered."""
        return {side for side, asked in self.by_side.items() if any(each.has_responded for each in asked)}

    @property
    def is_one_sided(self) -> bool:
        return 0 < len(self.answered) < len(self.by_side)


@dataclass(frozen=True)
class Comparison:
    """All that several sides are asked, in the order of the documents."""

    asked: list[Asked]

    @cached_property
    def sides(self) -> list[tuple[Country, int, int]]:
        """(country, asked, answered): of how many each side is asked, and to how many it has answered."""
        counts = [
            (side, sum(side in each.by_side for each in self.asked), sum(side in each.answered for each in self.asked))
            for side in SIDES
        ]
        return [count for count in counts if count[1]]

    @cached_property
    def answered(self) -> list[Asked]:
        """Those that at least one side has answered; first those that not every side has."""
        return sorted((each for each in self.asked if each.answered), key=lambda each: not each.is_one_sided)

    @cached_property
    def unanswered(self) -> list[Asked]:
        return [each for each in self.asked if not each.answered]


def compare_answers(recommendations) -> Comparison:
    """Takes a queryset of Recommendation with its `effective_status`. Bodies of several countries are on no side."""
    several = (
        recommendations.filter(addressees__organization__country__in=SIDES)
        .annotate(side_count=Count("addressees__organization__country", distinct=True))
        .filter(side_count__gt=1)
        .in_document_order()
        .prefetch_related(Prefetch("addressees", Addressee.objects.select_related("organization")))
    )
    return Comparison([Asked(each, _by_side(each)) for each in several])


def _by_side(recommendation) -> dict[str, list[Addressee]]:
    by_side = {}
    for addressee in recommendation.addressees.all():
        if addressee.organization.country in SIDES:
            by_side.setdefault(addressee.organization.country, []).append(addressee)
    return by_side
