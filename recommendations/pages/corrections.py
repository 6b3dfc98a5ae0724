"""The page of corrections: what was corrected, and what the mistakes had moved."""

from collections import defaultdict

from django.utils.decorators import method_decorator
from django.views.generic import ListView

from core.caching.page_cache import public_page
from recommendations.figures.corrections import corrections
from recommendations.ledger.hooks import REPORTED_IN
from recommendations.models import Recommendation

PAGE_SIZE = 50


@method_decorator(public_page("page"), name="dispatch")
class CorrectionsView(ListView):
    """Each correction: before, after, why, after how many days, what it moved, and which digests carried the mistake."""

    template_name = "recommendations/corrections.html"
    context_object_name = "corrections"
    paginate_by = PAGE_SIZE

    def get_queryset(self):
        return corrections(Recommendation.objects.visible_to(self.request.user))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        shown = context["corrections"]
        reported_in = defaultdict(list)
        for find in REPORTED_IN:
            for update, places in find([correction.row.corrects_id for correction in shown]).items():
                reported_in[update] += places
        return context | {"rows": [(correction, reported_in[correction.row.corrects_id]) for correction in shown]}
