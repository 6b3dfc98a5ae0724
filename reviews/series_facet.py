"""The facet of the list that says for which series of milestones documents were prepared."""

from django.db.models import QuerySet

from recommendations.browse.options import label_rows

from .models import Series


def label_series() -> QuerySet:
    """Return the series as `PREPARED_FOR` wants them."""
    return label_rows("series", Series.objects.all(), "position", "slug", "short_name", "milestones__documents")
