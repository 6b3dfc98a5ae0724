"""Public pages of what was sent: the web copy of a digest or notice, and the archive."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe
from django.views.generic import ListView

from core.caching.page_cache import public_page
from core.text.bilingual import current_language
from reviews.digests.models import Digest, DigestKind
from reviews.models import Series

from .render import describe, describe_notice
from .withheld import withhold


@require_safe
@public_page()
def digest(request, pk):
    """Render a digest, or a notice, as everybody may read it: all groups, from what was frozen."""
    digest = get_object_or_404(Digest.objects.published().select_related("milestone__series"), pk=pk)
    template = "digests/web.html" if digest.kind == DigestKind.DIGEST else "digests/web_notice.html"
    return render(request, template, public_copy(digest) | {"digest": digest})


def public_copy(digest) -> dict:
    """Return what everybody may read of a digest or a notice, in the current language."""
    if digest.kind == DigestKind.DIGEST:
        return withhold(describe(digest, current_language()))
    return describe_notice(digest, current_language())


@method_decorator(public_page("page", "series"), name="dispatch")
class ArchiveView(ListView):
    """All digests that were sent, newest first; `?series=` narrows them, and an unknown one is not found."""

    template_name = "digests/archive.html"
    context_object_name = "digests"
    paginate_by = 50

    def get_queryset(self):
        digests = Digest.objects.published().select_related("milestone__series").order_by("-frozen_at")
        slug = self.request.GET.get("series")
        # Compared here: a query may name NUL, which PostgreSQL does not take.
        self.series = next((series for series in Series.objects.all() if series.slug == slug), None)
        if slug and self.series is None:
            raise Http404
        return digests.filter(milestone__series=self.series) if self.series else digests

    def get_context_data(self, **kwargs):
        context = super().get_context_data(series=self.series, all_series=Series.objects.all(), **kwargs)
        for digest in context["digests"]:
            digest.subject = public_copy(digest)["subject"]
        return context
