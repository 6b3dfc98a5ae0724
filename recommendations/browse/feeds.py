"""The list as an Atom feed: what was recorded last of the recommendations that it shows."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from core.control_chars import strip_control_chars
from core.query_string import url_with_query
from core.visibility import Visibility
from recommendations.models.updates import Update

from .active_filters import active_filters

ENTRIES = 50


class PrintableAtomFeed(Atom1Feed):
    """Atom whose entries may be made of any text."""

    def add_item(self, title, link, description, **kwargs):
        super().add_item(strip_control_chars(title), link, strip_control_chars(description), **kwargs)


class UpdatesFeed(Feed):
    """Takes a request and, as `filterset`, a valid RecommendationFilter over public recommendations.

    An entry is a row of the ledger that tells something new and still holds (`Update.objects.news()`). Its id is its
    address, and rows never change, so that no reader sees one twice.
    """

    feed_type = PrintableAtomFeed
    title = _("Updates of the C26+ recommendations")
    author_name = _("C26+ Recommendations Tracker")
    description_template = "recommendations/_feed_entry.html"

    def get_object(self, request, filterset):
        return filterset

    def subtitle(self, filterset):
        asked = "; ".join(f"{active.label}: {active.value}" for active in active_filters(filterset))
        return strip_control_chars(asked) or _("All recommendations")

    def link(self, filterset):
        return _absolute_url("recommendations", filterset)

    def feed_url(self, filterset):
        return _absolute_url("feed", filterset)

    def items(self, filterset):
        found = filterset.narrow(filterset.asked)
        updates = Update.objects.news().filter(visibility=Visibility.PUBLIC, recommendation__in=found.values("pk"))
        if filterset.as_of_day:
            updates = updates.as_of(filterset.as_of_day)
        return (
            updates.order_by("-recorded_at", "-pk")
            .select_related("recommendation")
            .prefetch_related("evidence")[:ENTRIES]
        )

    def item_title(self, update):
        return f"{update.recommendation}: {update.get_status_display()}"

    def item_link(self, update):
        return settings.SITE_URL + update.get_absolute_url()

    def item_pubdate(self, update):
        return update.recorded_at

    def item_updateddate(self, update):
        return update.recorded_at

    def item_categories(self, update):
        return [update.status]


def _absolute_url(name, filterset) -> str:
    """Return the absolute URL with the filters: one feed has one address, whatever its list was sorted by."""
    query = filterset.data.copy()
    for key in query.keys() - filterset.filters.keys() | {"sort"}:
        query.pop(key, None)
    return settings.SITE_URL + url_with_query(reverse(name), query.urlencode())
