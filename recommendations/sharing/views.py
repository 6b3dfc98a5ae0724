"""Views for other people's pages and papers: citations, the badge of a status, and pages to be framed.

Badge and widgets show what is public, whoever asks, so that any cache may keep them.
"""

from threading import BoundedSemaphore

from csp.decorators import csp_replace
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from core.caching.page_cache import public_page
from recommendations.models import Recommendation
from working_groups.models import WorkingGroup

from . import badge, card, citing

THEMES = ["light", "dark"]
# A card takes a processor for a moment. Of each process only so many requests make one, so that pages go on beside them.
CARDS_AT_ONCE = BoundedSemaphore(2)
RETRY_AFTER = 5  # seconds

cached_for_an_hour = cache_control(public=True, max_age=3600)


def may_be_framed(view):
    """Let the pages of anybody show this view in a frame; everything else of the site refuses."""
    return xframe_options_exempt(csp_replace({"frame-ancestors": ["*"]})(view))


@require_safe
@public_page()
def bibtex(request, slug):
    """A recommendation as a file for reference managers."""
    recommendation = get_object_or_404(Recommendation.objects.visible_to(request.user).for_citing(), code=slug)
    response = HttpResponse(
        citing.in_bibtex(recommendation, timezone.localdate()), content_type="application/x-bibtex; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{recommendation.code}.bib"'
    return response


@require_safe
@public_page()
@cached_for_an_hour
def status_badge(request, slug):
    """The status of a recommendation as SVG."""
    recommendation = get_object_or_404(Recommendation.objects.public(), code=slug)
    return HttpResponse(badge.draw(recommendation), content_type="image/svg+xml; charset=utf-8")


@require_safe
@public_page()
def share_card(request, slug):
    """The card that a link to a recommendation is shown with, as PNG; made once for each change of what pages show."""
    recommendation = get_object_or_404(
        Recommendation.objects.public().select_related("topic__document", "last_update"), code=slug
    )
    if not CARDS_AT_ONCE.acquire(blocking=False):
        return HttpResponse(
            "Too many cards are being made.\n",
            status=503,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": RETRY_AFTER},
        )
    try:
        return HttpResponse(card.draw(recommendation), content_type="image/png")
    finally:
        CARDS_AT_ONCE.release()


@require_safe
@may_be_framed
@public_page("theme")
@cached_for_an_hour
def recommendation_widget(request, slug):
    """The status of a recommendation, to stand in a frame."""
    recommendation = get_object_or_404(
        Recommendation.objects.public().select_related("topic__group", "last_update"), code=slug
    )
    return render(
        request,
        "recommendations/widget_recommendation.html",
        {"recommendation": recommendation, "theme": theme(request)},
    )


@require_safe
@may_be_framed
@public_page("theme")
@cached_for_an_hour
def group_widget(request, slug):
    """The state of play of a group, to stand in a frame."""
    group = get_object_or_404(WorkingGroup.objects.visible_to(AnonymousUser()), slug=slug)
    recommendations = Recommendation.objects.public().current().filter(topic__group=group)
    return render(
        request,
        "recommendations/widget_group.html",
        {
            "group": group,
            "counts": recommendations.count_by_status(),
            "today": timezone.localdate(),
            "theme": theme(request),
        },
    )


def theme(request) -> str:
    """One of THEMES, as the page that frames it asks; empty where it is left to the reader."""
    asked = request.GET.get("theme")
    return asked if asked in THEMES else ""
