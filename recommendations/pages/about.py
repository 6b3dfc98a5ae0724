"""Pages about the site: the definitions of statuses, and its keepers."""

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from core.caching.page_cache import public_page
from recommendations import confidence
from recommendations.models import Document, Testability, Update
from recommendations.models.status import CLOSED, NEIGHBORS, OPEN, RULES
from recommendations.models.updates import Basis

from .base import visible_recommendations


@method_decorator(public_page(), name="dispatch")
class StatusDefinitionsView(TemplateView):
    """The meaning of each status, what tells it from its neighbors, and the rules of confidence and testability."""

    template_name = "recommendations/status_definitions.html"
    extra_context = {
        "rules": RULES,
        "neighbors": NEIGHBORS,
        "confidence_rules": confidence.RULES,
        "testabilities": list(Testability),
    }

    def get_context_data(self, **kwargs):
        counts = visible_recommendations(self.request).count_by_status()
        return super().get_context_data(
            open_statuses=[(status, counts[status]) for status in OPEN],
            closed_statuses=[(status, counts[status]) for status in CLOSED],
            **kwargs,
        )


@method_decorator(public_page(), name="dispatch")
class AboutView(TemplateView):
    """The keepers of this site, their documents and rules, and how to reach them."""

    template_name = "recommendations/about.html"

    def get_context_data(self, **kwargs):
        entries = Update.objects.visible_to(self.request.user).uncorrected()
        entries = entries.filter(recommendation__in=visible_recommendations(self.request).values("pk"))
        return super().get_context_data(
            documents=Document.objects.visible_to(self.request.user).select_related("publisher"),
            contact=settings.CONTACT_EMAIL,
            license_name=settings.DATA_LICENSE,
            license_url=settings.DATA_LICENSE_URL,
            entries=entries.count(),
            verified=entries.filter(basis=Basis.VERIFIED).count(),
            sources_read_on=Document.objects.visible_to(self.request.user).sources_read_on(),
            last_recorded=entries.aggregate(last=Max("recorded_at"))["last"],
            site_url=settings.SITE_URL + reverse("home"),
            today=timezone.localdate(),
            **kwargs,
        )
