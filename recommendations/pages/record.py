"""The page of one recommendation, with its story."""

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.decorators import method_decorator

from core.caching.page_cache import public_page
from core.history.past import end_of
from core.visibility import Visibility
from recommendations.assessment_admin import assessment_url
from recommendations.confidence import Confidence, Grounds
from recommendations.ledger.admin import record_url
from recommendations.ledger.answer_admin import answer_url
from recommendations.ledger.succession import succession
from recommendations.models import NAMED_RULE, Addressee, Answer, ChapterLink, Recommendation
from recommendations.models.status import Status
from recommendations.models.updates import Basis
from recommendations.querysets import attach_updates
from recommendations.sharing import card, citing
from recommendations.words.success_tests import merge_timeline, unchanged_since
from working_groups.past_names import attach_names_now

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
                Prefetch("addressees", Addressee.objects.with_answers(self.as_of)),
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
        test_changes = recommendation.earlier_success_tests.published()
        if self.as_of:
            timeline = timeline.as_of(self.as_of)
            test_changes = test_changes.filter(pgh_created_at__lt=end_of(self.as_of))
            attach_names_now(addressee.organization for addressee in recommendation.addressees.all())
        answers = Answer.objects.of(recommendation).visible_to(self.request.user)
        neighbors = list(
            Recommendation.objects.visible_to(self.request.user)
            .filter(topic__document=recommendation.document)
            .in_document_order()
            .only("code", "title_en", "title_es")
        )
        test_changes = list(test_changes)
        place = neighbors.index(recommendation)
        timeline = timeline.for_timeline().prefetch_related(
            Prefetch("successors", Recommendation.objects.visible_to(self.request.user))
        )
        today = timezone.localdate()
        return super().get_context_data(
            timeline=merge_timeline(timeline, test_changes),
            is_unverified={update.basis for update in timeline} == {Basis.PUBLIC_SOURCE},
            test_unchanged_since=unchanged_since(recommendation, test_changes),
            last_test_change=test_changes[-1] if test_changes else None,
            answers=answers.as_of(self.as_of).for_timeline(),
            superseded_by=self.superseded_by(recommendation),
            # A correction may be dated later than what this page shows.
            whole_page=recommendation.get_absolute_url() if self.as_of else "",
            siblings=recommendation.issue.recommendations.exclude(pk=recommendation.pk)
            .at(self.as_of)
            .order_by("code_order"),
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
            answer_url=answer_url(recommendation),
            **kwargs,
        )

    def superseded_by(self, recommendation) -> list:
        """Return what took its place by the day of the page, with what took the place of that."""
        if recommendation.effective_status != Status.SUPERSEDED:
            return []
        return succession(recommendation, Recommendation.objects.visible_to(self.request.user), self.as_of)

    def _known_now(self, recommendation, today) -> dict:
        """Return what a page of the past leaves out, since it is of today: what is expected, the searches, and the card."""
        return {
            "expected_steps": [(step, step.is_over(today)) for step in recommendation.expected_steps.all()],
            "source_checks": recommendation.source_checks.all(),
            "sources_read_on": recommendation.document.sources_read_on,
            **_card_of(recommendation),
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


def _card_of(recommendation) -> dict:
    """Return where the card of its link is, and what it shows in words; nothing for what is not public."""
    if recommendation.document.visibility != Visibility.PUBLIC:
        return {}
    return {"card_url": card.address(recommendation), "card_in_words": card.in_words(recommendation)}
