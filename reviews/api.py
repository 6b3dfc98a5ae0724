"""The API: its index, its milestones, and what recommendations/api.py gives. docs/api.md says how to use it."""

from django.conf import settings
from django.db.models import Prefetch
from django.http import Http404
from django.urls import include, path, re_path, reverse

from recommendations.api import ANYBODY, addresses, answers_json, both
from recommendations.models import Document

from .models import Milestone


@answers_json
def index(request):
    """What there is to ask for."""
    names = ["recommendations", "groups", "milestones", "status-definitions"]
    return {name: settings.SITE_URL + reverse(f"api-{name}") for name in names}


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


@answers_json
def nothing_here(request):
    raise Http404("There is nothing at this address. /api/v1/ lists what there is.")


urlpatterns = [
    path("", index, name="api"),
    path("milestones/", milestone_list, name="api-milestones"),
    path("", include("recommendations.api")),
    # With a slash at the end, so that an address without one still leads to the one with it.
    re_path(r"^[\s\S]*/$", nothing_here),  # also what holds the end of a line
]
