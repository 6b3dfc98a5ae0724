"""Recommendations that ask organizations of more than one country: which side has answered, which not."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, Prefetch

from recommendations.models import Addressee, Recommendation
from working_groups.models import Country

SIDES = [Country.MEXICO, Country.UNITED_STATES, Country.CANADA]


@dataclass(frozen=True)
class BilateralAsk:
    """One recommendation, and those whom it asks on several sides: {country: [Addressee]}, with at least one on each."""

    recommendation: Recommendation
    by_side: dict[str, list[Addressee]]

    @cached_property
    def answered(self) -> set[str]:
        """The sides of which anybody has answered."""
        return {side for side, addressees in self.by_side.items() if any(addressee.answer for addressee in addressees)}

    @property
    def is_one_sided(self) -> bool:
        return 0 < len(self.answered) < len(self.by_side)


@dataclass(frozen=True)
class Comparison:
    """All that several sides are asked, in the order of the documents."""

    asks: list[BilateralAsk]

    @cached_property
    def sides(self) -> list[tuple[Country, int, int]]:
        """(country, asked, answered): of how many each side is asked, and to how many it has answered."""
        counts = [
            (side, sum(side in ask.by_side for ask in self.asks), sum(side in ask.answered for ask in self.asks))
            for side in SIDES
        ]
        return [count for count in counts if count[1]]

    @cached_property
    def answered(self) -> list[BilateralAsk]:
        """Return those that at least one side has answered; first those that not every side has."""
        return sorted((ask for ask in self.asks if ask.answered), key=lambda ask: not ask.is_one_sided)

    @cached_property
    def unanswered(self) -> list[BilateralAsk]:
        return [ask for ask in self.asks if not ask.answered]


def compare_answers(recommendations, day: date | None = None) -> Comparison:
    """Return what recommendations, with their `effective_status`, ask of several sides; answers as of `day`, None for now.

    Bodies of several countries are on no side.
    """
    several = (
        recommendations.filter(addressees__organization__country__in=SIDES)
        .annotate(side_count=Count("addressees__organization__country", distinct=True))
        .filter(side_count__gt=1)
        .in_document_order()
        .prefetch_related(Prefetch("addressees", Addressee.objects.with_answers(day)))
    )
    return Comparison([BilateralAsk(recommendation, _by_side(recommendation)) for recommendation in several])


def _by_side(recommendation) -> dict[str, list[Addressee]]:
    by_side = {}
    for addressee in recommendation.addressees.all():
        if addressee.organization.country in SIDES:
            by_side.setdefault(addressee.organization.country, []).append(addressee)
    return by_side
