"""Pages about the site: the definitions of statuses, and its keepers."""

from django.conf import settings
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from core.caching.page_cache import public_page
from recommendations import confidence
from recommendations.models import Document, Testability
from recommendations.models.status import CLOSED, NEIGHBORS, OPEN, RULES


@method_decorator(public_page(), name="dispatch")
class StatusDefinitionsView(TemplateView):
    """The meaning of each status, what tells it from its neighbors, and the rules of confidence and testability."""

    template_name = "recommendations/status_definitions.html"
    extra_context = {
        "open_statuses": OPEN,
        "closed_statuses": CLOSED,
        "rules": RULES,
        "neighbors": NEIGHBORS,
        "confidence_rules": confidence.RULES,
        "testabilities": list(Testability),
    }


@method_decorator(public_page(), name="dispatch")
class AboutView(TemplateView):
    """The keepers of this site, their documents and rules, and how to reach them."""

    template_name = "recommendations/about.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            documents=Document.objects.visible_to(self.request.user).select_related("publisher"),
            contact=settings.CONTACT_EMAIL,
            **kwargs,
        )
