"""The list as an Atom feed: what was recorded last of the recommendations that it shows."""

from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import BigIntegerField, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from core.query_string import url_with_query
from core.text.control_chars import strip_control_chars
from core.visibility import Visibility
from recommendations.models.status import CLOSED, OPEN
from recommendations.models.updates import Update

from .active_filters import active_filters
from .filters import RecommendationFilter

PAGE_SIZE = 50
HELD_FOR = timedelta(days=7)  # the first page has all that is newer, however much it is


class PrintableAtomFeed(Atom1Feed):
    """Atom whose entries may be made of any text, in pages where `next_url` is given (RFC 5005, section 3)."""

    def add_item(self, title, link, description, **kwargs):
        super().add_item(strip_control_chars(title), link, strip_control_chars(description), **kwargs)

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        if next_url := self.feed.get("next_url"):
            handler.addQuickElement("link", "", {"rel": "next", "href": next_url})


class PageForm(forms.Form):
    """Which page of a feed: the rows recorded before the one that is named, the newest where none is."""

    before = forms.IntegerField(required=False, min_value=1, max_value=BigIntegerField.MAX_BIGINT, label=_("Before"))


@dataclass(frozen=True)
class FeedPage:
    filterset: RecommendationFilter
    before: int | None
    updates: list[Update]
    has_older: bool


class UpdatesFeed(Feed):
    """Takes a request and, as `filterset`, a valid RecommendationFilter over public recommendations, and `before`.

    An entry is a row of the ledger that tells something new and still holds (`Update.objects.news()`). Its id is its
    address, and rows never change, so that no reader sees one twice.
    """

    feed_type = PrintableAtomFeed
    title = _("Updates of the C26+ recommendations")
    author_name = _("C26+ Recommendations Tracker")
    description_template = "recommendations/_feed_entry.html"

    def get_object(self, request, filterset, before=None):
        updates = updates_of(filterset).order_by("-recorded_at", "-pk")
        size = PAGE_SIZE
        if before:
            last = Subquery(Update.objects.filter(pk=before).values("recorded_at")[:1])
            updates = updates.filter(Q(recorded_at__lt=last) | Q(recorded_at=last, pk__lt=before))
        else:
            size = max(size, updates.filter(recorded_at__gt=timezone.now() - HELD_FOR).count())
        found = list(updates.select_related("recommendation").prefetch_related("evidence")[: size + 1])
        return FeedPage(filterset, before, found[:size], has_older=len(found) > size)

    def subtitle(self, page):
        asked = "; ".join(f"{active.label}: {active.value}" for active in active_filters(page.filterset))
        return strip_control_chars(asked) or _("All recommendations")

    def link(self, page):
        return _absolute_url("recommendations", page.filterset)

    def feed_url(self, page):
        return _absolute_url("feed", page.filterset, page.before)

    def feed_guid(self, page):
        return _absolute_url("recommendations", page.filterset)

    def feed_extra_kwargs(self, page):
        return {"next_url": page.has_older and _absolute_url("feed", page.filterset, page.updates[-1].pk)}

    def items(self, page):
        return page.updates

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


def updates_of(filterset: RecommendationFilter):
    """Return the public rows of the ledger that a list is about.

    Where it is narrowed by status, these are the rows that lead to one of these statuses and those that lead away from
    it: who follows what is open hears how it closed.
    """
    asked = dict(filterset.asked)
    statuses, is_open = asked.pop("status", None), asked.pop("open", None)
    updates = Update.objects.news().filter(
        visibility=Visibility.PUBLIC, recommendation__in=filterset.narrow(asked).values("pk")
    )
    if statuses:
        updates = updates.filter(_leads_to_or_from(statuses))
    if is_open:
        by_value = {"true": OPEN, "false": CLOSED}
        updates = updates.filter(_leads_to_or_from([status for value in is_open for status in by_value[value]]))
    if filterset.as_of_day:
        updates = updates.as_of(filterset.as_of_day)
    return updates


def _leads_to_or_from(statuses) -> Q:
    return Q(status__in=statuses) | Q(previous_status__in=statuses)


def _absolute_url(name, filterset, before=None) -> str:
    """Return the absolute URL with the filters: one feed has one address, whatever its list was sorted by."""
    query = filterset.data.copy()
    for key in query.keys() - filterset.filters.keys() | {"sort"}:
        query.pop(key, None)
    if before:
        query["before"] = before
    return settings.SITE_URL + url_with_query(reverse(name), query.urlencode())
