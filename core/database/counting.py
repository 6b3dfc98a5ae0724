"""Counts beside each row of a query."""

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce


def count_of(queryset: QuerySet, path: str) -> Coalesce:
    """Return the number of rows of `queryset` whose `path` leads to the row of the query, as a subquery.

    A query of the past cannot count in Django's usual way, by grouping: it reads views, which have no primary keys.
    """
    counted = queryset.order_by().filter(**{path: OuterRef("pk")}).values(path).annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)
