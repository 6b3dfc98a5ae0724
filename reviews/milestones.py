"""The pages of milestones: all of them by series, and each with its documents."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import ListView

from core.caching.page_cache import public_page
from recommendations.models import Recommendation
from recommendations.pages.base import AsOfDetailView
from reviews.calendar.ical import days_of
from reviews.timeline_chart import draw_timeline

from .models import Milestone, Series


@method_decorator(public_page(), name="dispatch")
class MilestoneListView(ListView):
    """The milestones of each series: what is coming, soonest first, and what was."""

    template_name = "reviews/milestones.html"
    context_object_name = "series"

    def get_queryset(self):
        today = timezone.localdate()
        return Series.objects.prefetch_related(
            "milestones",
            Prefetch("milestones", Milestone.objects.coming(today).soonest_first(), to_attr="coming"),
            Prefetch("milestones", Milestone.objects.past(today).latest_first(), to_attr="past"),
        )

    def get_context_data(self, **kwargs):
        address = settings.SITE_URL + reverse("calendar")
        return super().get_context_data(
            timeline=draw_timeline(self.object_list, timezone.localdate()),
            # Calendar programs subscribe to this scheme and read the address by HTTP.
            webcal=address.replace(urlsplit(address).scheme, "webcal", 1),
            **kwargs,
        )


@method_decorator(public_page("as_of"), name="dispatch")
class MilestoneView(AsOfDetailView):
    """One milestone: when it is, what was prepared for it, and how that stands."""

    template_name = "reviews/milestone.html"
    context_object_name = "milestone"
    queryset = Milestone.objects.select_related("series").prefetch_related("dates")

    def get_context_data(self, **kwargs):
        milestone = self.object
        today = timezone.localdate()
        is_behind = milestone.has_passed(self.as_of or today)
        documents = self.published(milestone.documents.visible_to(self.request.user))
        asked = Recommendation.objects.visible_to(self.request.user).filter(topic__document__in=documents)
        counts = asked.at(self.as_of).count_by_status()
        counts_then = asked.as_of(milestone.ends_on).count_by_status() if is_behind else None
        return super().get_context_data(
            documents=documents,
            counts=counts,
            total=sum(counts.values()),
            counts_then=counts_then,
            is_unchanged=counts_then == counts,
            is_behind=is_behind,
            is_past=milestone.is_past(today),
            is_in_calendar=days_of(milestone) is not None,
            **kwargs,
        )
