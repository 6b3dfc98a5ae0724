"""The milestones for calendar programs."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from core.caching.page_cache import public_page
from reviews.models import Milestone

from .ical import days_of, feed, single


@require_safe
@public_page()
@cache_control(public=True, max_age=3600)
def calendar(request):
    """All milestones that have or had a date, for a calendar program to subscribe to."""
    return calendar_response(feed(Milestone.objects.soonest_first().for_calendar()))


@require_safe
@public_page()
@cache_control(public=True, max_age=3600)
def milestone_calendar(request, slug):
    """One milestone, to add to a calendar."""
    milestone = get_object_or_404(Milestone.objects.for_calendar(), slug=slug)
    if not days_of(milestone):
        raise Http404("Its date was never known.")
    response = calendar_response(single(milestone))
    response["Content-Disposition"] = f'attachment; filename="{slug}.ics"'
    return response


def calendar_response(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")
