"""The page of one issue."""

from django.utils.decorators import method_decorator

from core.caching.page_cache import public_page
from recommendations.models import Issue

from .base import AsOfDetailView, recommendation_rows


@method_decorator(public_page("as_of"), name="dispatch")
class IssueView(AsOfDetailView):
    """One issue, with the recommendations that answer it."""

    template_name = "recommendations/issue.html"
    context_object_name = "issue"
    slug_field = "code"

    def get_queryset(self):
        issues = Issue.objects.visible_to(self.request.user)
        return self.published(issues, "topic__document__published_on").select_related(
            "topic__group", "topic__document__publisher"
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(**recommendation_rows(self.request, self.as_of, issue=self.object), **kwargs)
