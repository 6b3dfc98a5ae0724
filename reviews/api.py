"""The milestones in the API."""

from django.db.models import Prefetch
from django.urls import path

from core.caching.page_cache import public_page
from recommendations.api import ANYBODY, addresses, answers_json, both
from recommendations.models import Document

from .models import Milestone


@public_page()
@answers_json
def milestone_list(request):
    """The milestones, soonest first, those without a date last; each with the history of its dates."""
    documents = Prefetch("documents", Document.objects.visible_to(ANYBODY))
    milestones = Milestone.objects.soonest_first().for_calendar().prefetch_related(documents)
    results = [_milestone(milestone) for milestone in milestones]
    return {"count": len(results), "results": results}


def _milestone(milestone) -> dict:
    return {
        "slug": milestone.slug,
        "series": milestone.series.slug,
        "kind": milestone.kind,
        **both(milestone, "name"),
        **_when(milestone),
        **both(milestone, "place", "note"),
        "time_zone": milestone.time_zone,
        "source_url": milestone.source_url,
        "checked_on": milestone.checked_on,
        "documents": [document.slug for document in milestone.documents.all()],
        "dates": [
            {"revision": dated.revision, **_when(dated), **both(dated, "reason"), "set_on": dated.set_on}
            for dated in milestone.dates.all()
        ],
        **addresses(milestone),
    }


def _when(record) -> dict:
    """A date or window: its first and last day, and how fine it is known."""
    return {
        "starts_on": record.starts_on,
        "ends_on": record.ends_on,
        "precision": record.precision,
        "state": record.state,
    }


urlpatterns = [path("milestones/", milestone_list, name="api-milestones")]
