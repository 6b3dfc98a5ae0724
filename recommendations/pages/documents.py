"""The documents, and what they ask."""

from django.utils.decorators import method_decorator
from django.views.generic import ListView

from core.caching.page_cache import public_page
from core.database.counting import count_of
from recommendations.models import Document, Recommendation

from .base import AsOfDetailView, AsOfMixin, recommendation_rows, visible_recommendations


@method_decorator(public_page("as_of"), name="dispatch")
class DocumentListView(AsOfMixin, ListView):
    """The documents, newest first."""

    template_name = "recommendations/documents.html"
    context_object_name = "documents"

    def get_queryset(self):
        return (
            self.published(Document.objects.visible_to(self.request.user))
            .select_related("publisher")
            .annotate(recommendation_count=count_of(Recommendation.objects.all(), "topic__document"))
            .order_by(*Document._meta.ordering)
        )


@method_decorator(public_page("as_of"), name="dispatch")
class DocumentView(AsOfDetailView):
    """One document, and all that it asks, in its own order."""

    template_name = "recommendations/document.html"
    context_object_name = "document"

    def get_queryset(self):
        return (
            self.published(Document.objects.visible_to(self.request.user))
            .select_related("publisher")
            .prefetch_related("milestones__series")
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **recommendation_rows(self.request, self.as_of, topic__document=self.object),
            counts=visible_recommendations(self.request, self.as_of)
            .filter(topic__document=self.object)
            .count_by_status(),
            **kwargs,
        )
