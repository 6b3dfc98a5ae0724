"""The results of the list's filters: counted, and to be cut into pages by Django's Paginator."""

from functools import cached_property
from itertools import groupby
from operator import attrgetter

from recommendations.querysets import IsOneOf

from .counts import ListCounts, count
from .facets import FacetResult
from .filters import RecommendationFilter


class Results:
    """Takes a RecommendationFilter whose form is valid. A slice is the primary keys of the recommendations of a page."""

    def __init__(self, filterset: RecommendationFilter):
        self.filterset = filterset

    @cached_property
    def counts(self) -> ListCounts:
        return count(self.filterset)

    def facets(self) -> list[FacetResult]:
        """Return what each facet offers, counted as if it were the only filter not yet chosen."""
        return [
            facet.result(name, self.counts.for_facet(name), self.filterset.asked.get(name, []))
            for name, facet in self.filterset.facets.items()
            if not (facet.is_of_now and self.filterset.as_of_day)
        ]

    def count(self) -> int:
        return self.counts.found.total

    def __getitem__(self, cut: slice) -> list[int]:
        if self.counts.keys is not None:
            return self.counts.keys[cut]
        if self.filterset.order(self.filterset.qs):
            return list(self.filterset.qs.values_list("pk", flat=True)[cut])
        return self._in_document_order(cut.start, min(cut.stop, self.count()))

    def _in_document_order(self, first: int, last: int) -> list[int]:
        """Return a page that PostgreSQL finds in its topics alone: those before it are skipped by their counts."""
        counts = self.counts.found.topic
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
        found = self.filterset.qs.filter(IsOneOf("topic_id", wanted)).values_list("pk", flat=True)
        return list(found[first - skipped : last - skipped])
