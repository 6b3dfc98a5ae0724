"""The home page: the state of play, what comes next, and what happened last."""

from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from core.caching.page_cache import public_page
from core.visibility import Visibility
from recommendations.charts.history import status_over_time
from recommendations.figures.rules import FIGURES
from recommendations.models import Document, Recommendation, Update
from reviews.timeline_chart import draw_timeline
from working_groups.models import WorkingGroup

from .models import Milestone, Series

LATEST = 6  # rows of "coming" and "what happened last"


@method_decorator(public_page(), name="dispatch")
class HomeView(TemplateView):
    """The state of play: what stands where, what comes next, what happened last."""

    template_name = "reviews/home.html"

    def get_context_data(self, **kwargs):
        recommendations = Recommendation.objects.visible_to(self.request.user).current()
        by_group = recommendations.count_by_group_and_status()
        groups = list(WorkingGroup.objects.visible_to(self.request.user))
        for group in groups:
            group.counts = by_group.get(group.pk, {})
        today = timezone.localdate()
        counts = recommendations.count_by_status()
        return super().get_context_data(
            counts=counts,
            figures=[(figure, figure.headline(counts)) for figure in FIGURES.values()],
            history=status_over_time(recommendations, today),
            timeline=draw_timeline(Series.objects.prefetch_related("milestones"), today),
            groups=groups,
            coming=Milestone.objects.coming(today).soonest_first().select_related("series")[:LATEST],
            past=Milestone.objects.past(today).latest_first().select_related("series")[:3],
            # Only what is in force: a row that a later one corrects is told no more, and a fact that staff confirm, once.
            updates=Update.objects.visible_to(self.request.user)
            .uncorrected()
            .filter(recommendation__topic__document__visibility__in=Visibility.for_user(self.request.user))
            .newest_first()
            .select_related("recommendation__topic__group", "corrects")[:LATEST],
            sources_read_on=Document.objects.visible_to(self.request.user).sources_read_on(),
            today=today,
            **kwargs,
        )
