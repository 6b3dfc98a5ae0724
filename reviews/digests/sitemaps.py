"""The digests that were sent, for search engines."""

from recommendations import sitemaps
from reviews.digests.models import Digest


class Overviews(sitemaps.Overviews):
    show_the_ledger = []
    others = ["digests:archive", "digests:subscribe"]


class Digests(sitemaps.Pages):
    def items(self):
        return Digest.objects.published().order_by("-frozen_at", "-pk")

    def lastmod(self, item):
        return item.frozen_at


SECTIONS = {"subscribing": Overviews, "digests": Digests}
