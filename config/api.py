"""The API, `/api/v1/`: its index, and what each app contributes. docs/api.md says how to use it."""

from django.conf import settings
from django.http import Http404
from django.urls import include, path, re_path, reverse

from recommendations.api import answers_json


@answers_json
def index(request):
    """List what there is to ask for."""
    names = ["recommendations", "changes", "groups", "milestones", "status-definitions"]
    return {name: settings.SITE_URL + reverse(f"api-{name}") for name in names}


@answers_json
def nothing_here(request):
    raise Http404("There is nothing at this address. /api/v1/ lists what there is.")


urlpatterns = [
    path("", index, name="api"),
    path("", include("recommendations.api")),
    path("", include("reviews.api")),
    # With a slash at the end, so that an address without one still leads to the one with it.
    re_path(r"^[\s\S]*/$", nothing_here),  # also what holds the end of a line
]
