"""Pages of a filtered list that cost the same wherever they are, and however long the rows."""

from itertools import groupby
from operator import attrgetter

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property

PLACE_IN_DOCUMENTS = attrgetter("published_on", "group_position", "position")


class ListPaginator(Paginator):
    """Takes a RecommendationFilter whose form is valid. What its facets have counted is not counted again."""

    def __init__(self, filterset, per_page):
        super().__init__(filterset.qs.for_list(), per_page)
        self.filterset = filterset

    @cached_property
    def count(self):
        return self.filterset.counts.total

    def page(self, number) -> Page:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        if self.count <= self.per_page:
            rows = list(self.object_list)
        elif self.filterset.order(self.object_list):
            rows = self._sorted(first, last)
        else:
            rows = self._in_document_order(first, last)
        return Page(rows, number, self)

    def _in_document_order(self, first, last) -> list:
        """Only the topics that the page lies in are looked at; those before it are skipped by their counts."""
        counts = self.filterset.counts["topic"]
        passed, skipped, wanted = 0, 0, []
        # Topics at the same place are mixed by what follows in the order.
        for _place, at_one_place in groupby(self.filterset.places, key=PLACE_IN_DOCUMENTS):
            topics = [place.topic for place in at_one_place]
            size = sum(counts[topic] for topic in topics)
            if passed + size <= first:
                skipped += size
            elif passed < last:
                wanted += topics
            passed += size
        return list(self.object_list.filter(issue__topic__in=wanted)[first - skipped : last - skipped])

    def _sorted(self, first, last) -> list:
        """Sorted without the texts, which are fetched for the page alone."""
        pks = list(self.object_list.values_list("pk", flat=True)[first:last])
        rows = self.filterset.queryset.at(self.filterset.as_of_day).for_list().in_bulk(pks)
        return [rows[pk] for pk in pks if pk in rows]
