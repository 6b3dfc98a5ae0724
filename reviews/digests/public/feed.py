"""The digests as an Atom feed, for who would rather not give an address."""

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.text.bilingual import current_language
from core.text.control_chars import strip_control_chars
from recommendations.browse.feeds import PrintableAtomFeed
from reviews.digests.models import Digest, DigestKind
from reviews.models import Series

from .render import describe, describe_notice
from .withheld import withhold

NEWEST = 20


class DigestFeed(Feed):
    """What was sent last, newest first; `?series=` narrows it. An unknown series has nothing in its feed."""

    feed_type = PrintableAtomFeed

    def get_object(self, request):
        return strip_control_chars(request.GET.get("series", ""))  # no slug has a space

    def title(self, series):
        name = Series.objects.filter(slug=series).first()
        return (
            strip_control_chars(f"{name}: {_('Digests')}") if name else _("Digests of the C26+ Recommendations Tracker")
        )

    def link(self, series):
        return reverse("digests:archive") + (f"?{urlencode({'series': series})}" if series else "")

    def items(self, series):
        digests = Digest.objects.published().select_related("milestone__series").order_by("-frozen_at")
        return (digests.filter(milestone__series__slug=series) if series else digests)[:NEWEST]

    def item_title(self, digest):
        if digest.kind != DigestKind.DIGEST:
            return describe_notice(digest, current_language())["subject"]
        return f"{digest.milestone.name}: {digest.sent_label}"

    def item_description(self, digest):
        if digest.kind != DigestKind.DIGEST:
            return describe_notice(digest, current_language())["reason"]
        return withhold(describe(digest, current_language()))["subject"]

    def item_pubdate(self, digest):
        return digest.frozen_at

    def item_updateddate(self, digest):
        return digest.frozen_at
