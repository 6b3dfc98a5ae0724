"""What the filters of the list have found: counted, and to be cut into pages by Django's Paginator."""

from functools import cached_property
from itertools import groupby
from operator import attrgetter

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, IntegerField, Value

from recommendations.querysets import IsOneOf, RecommendationQuerySet

from .counts import Counted, count
from .facets import FacetResult
from .filters import RecommendationFilter


class Results:
    """Takes a RecommendationFilter whose form is valid. A slice is a queryset of the recommendations of a page."""

    def __init__(self, filterset: RecommendationFilter):
        self.filterset = filterset

    @cached_property
    def counted(self) -> Counted:
        return count(self.filterset)

    def facets(self) -> list[FacetResult]:
        """Return what each facet offers, counted as if it were the only filter not yet chosen."""
        return [
            facet.result(name, self.counted.for_facet(name), self.filterset.asked.get(name, []))
            for name, facet in self.filterset.facets.items()
            if not (facet.is_of_now and self.filterset.as_of_day)
        ]

    def count(self) -> int:
        return self.counted.found.total

    def __getitem__(self, cut: slice) -> RecommendationQuerySet:
        if self.counted.keys is not None:
            return self._by_keys(self.counted.keys[cut])
        if self.filterset.order(self.filterset.qs):
            return self.filterset.qs[cut]
        return self._in_document_order(cut.start, min(cut.stop, self.count()))

    def _by_keys(self, keys) -> RecommendationQuerySet:
        """Return those with these primary keys, in this order."""
        queryset = self.filterset.at(self.filterset.as_of_day).filter(pk__in=keys)
        return queryset.order_by(
            Func(
                Value(keys, ArrayField(BigIntegerField())), "pk", function="array_position", output_field=IntegerField()
            )
        )

    def _in_document_order(self, first: int, last: int) -> RecommendationQuerySet:
        """Return a page that PostgreSQL finds in its topics alone: those before it are skipped by their counts."""
        counts = self.counted.found.topic
        passed, skipped, wanted = 0, 0, []
        # Topics at the same place are mixed by what follows in the order.
        for _place, topics in groupby(self.filterset.options.topics, key=attrgetter("place")):
            topics = [topic.pk for topic in topics]
            size = sum(counts[topic] for topic in topics)
            if passed + size <= first:
                skipped += size
            elif passed < last:
                wanted += topics
            passed += size
        return self.filterset.qs.filter(IsOneOf("topic_id", wanted))[first - skipped : last - skipped]
