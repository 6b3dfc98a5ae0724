"""The page of one recommendation, with its story."""

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.decorators import method_decorator

from core.caching.page_cache import public_page
from recommendations.assessing import assessment_url
from recommendations.confidence import Confidence, Grounds
from recommendations.ledger.admin import record_url
from recommendations.models import NAMED_RULE, Addressee, ChapterLink, Recommendation
from recommendations.querysets import attach_updates
from recommendations.sharing import citing

from .base import AsOfDetailView, visible_recommendations


@method_decorator(public_page("as_of"), name="dispatch")
class RecordView(AsOfDetailView):
    """One recommendation, with its story."""

    template_name = "recommendations/record.html"
    context_object_name = "recommendation"
    slug_field = "code"

    def get_queryset(self):
        return (
            visible_recommendations(self.request, self.as_of)
            .with_confidence(timezone.localdate())
            .with_last_heard()
            .for_citing()
            .select_related("assessment")
            .prefetch_related(
                Prefetch("addressees", Addressee.objects.select_related("organization")),
                Prefetch("chapter_links", ChapterLink.objects.select_related("chapter")),
                "topic__document__milestones__series",
                "mentions",
                "expected_steps",
                "source_checks",
            )
        )

    def get_context_data(self, **kwargs):
        recommendation = self.object
        attach_updates([recommendation])
        timeline = recommendation.updates.visible_to(self.request.user)
        if self.as_of:
            timeline = timeline.as_of(self.as_of)
            for addressee in recommendation.addressees.all():
                addressee.set_back_to(self.as_of)
        neighbors = list(
            Recommendation.objects.visible_to(self.request.user)
            .filter(topic__document=recommendation.document)
            .in_document_order()
            .only("code", "title_en", "title_es")
        )
        place = neighbors.index(recommendation)
        today = timezone.localdate()
        return super().get_context_data(
            timeline=timeline.for_timeline().prefetch_related(
                Prefetch("successor", Recommendation.objects.visible_to(self.request.user))
            ),
            # A correction may be dated later than what this page shows.
            whole_page=recommendation.get_absolute_url() if self.as_of else "",
            siblings=recommendation.issue.recommendations.exclude(pk=recommendation.pk)
            .at(self.as_of)
            .order_by("letter"),
            previous=neighbors[place - 1] if place else None,
            next=neighbors[place + 1] if place + 1 < len(neighbors) else None,
            address=citing.address(recommendation),
            citation=citing.in_words(recommendation, today),
            bibtex=citing.in_bibtex(recommendation, today),
            linked_data=citing.linked_data(recommendation),
            has_our_reading=not all(addressee.is_named for addressee in recommendation.addressees.all()),
            named_rule=NAMED_RULE,
            mentions=recommendation.mentions.all(),
            **({} if self.as_of else self._known_now(recommendation, today)),
            **({} if self.as_of and self.as_of < today else self._why_now(recommendation, today)),
            record_url=record_url(recommendation),
            **kwargs,
        )

    def _known_now(self, recommendation, today) -> dict:
        """Return what a page of the past leaves out, since it was not known then: what is expected, and the searches."""
        return {
            "expected_steps": [(step, step.is_over(today)) for step in recommendation.expected_steps.all()],
            "source_checks": recommendation.source_checks.all(),
            "sources_read_on": recommendation.document.sources_read_on,
        }

    def _why_now(self, recommendation, today) -> dict:
        """Return why it stands where it does. What is written and computed is of today, and no past view has it."""
        assessment = getattr(recommendation, "assessment", None)
        return {
            "assessment": assessment,
            "assessment_url": assessment_url(recommendation, assessment),
            "confidence": Confidence(recommendation.confidence),
            "confidence_reason": Grounds.of(recommendation).explain(today),
            "last_heard_on": recommendation.last_heard_on,
        }
