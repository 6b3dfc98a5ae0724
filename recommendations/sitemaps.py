"""Sitemaps for search engines: every public page in both languages, and when its record last changed."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, Q
from django.urls import reverse

from core.visibility import Visibility
from working_groups.models import Organization, WorkingGroup

from .figures.rules import FIGURES
from .models import Chapter, Document, Issue, Recommendation, Update

ANYBODY = AnonymousUser()


class Pages(Sitemap):
    """Pages in both languages, by the name of the site and not of the request."""

    i18n = alternates = x_default = True

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class Overviews(Pages):
    """Pages that there is one of, by the names of their addresses; those that show the ledger change with it."""

    show_the_ledger = ["recommendations", "groups", "chapters", "organizations", "documents", "figures", "corrections"]
    others = ["status-definitions", "about"]

    def items(self):
        updates = Update.objects.filter(
            visibility=Visibility.PUBLIC, recommendation__topic__document__visibility=Visibility.PUBLIC
        )
        self.changed_at = updates.aggregate(Max("recorded_at"))["recorded_at__max"]
        return [*self.show_the_ledger, *self.others]

    def location(self, item):
        return reverse(item)

    def lastmod(self, item):
        return self.changed_at if item in self.show_the_ledger else None


class LedgerPages(Pages):
    """Pages that change when the ledger does."""

    def lastmod(self, item):
        return item.changed_at


class Recommendations(LedgerPages):
    def items(self):
        return with_changes(Recommendation.objects.public(), "").order_by("code_order")


class Issues(LedgerPages):
    def items(self):
        return with_changes(Issue.objects.visible_to(ANYBODY), "recommendations__").order_by("code_order")


class Groups(LedgerPages):
    def items(self):
        return with_changes(WorkingGroup.objects.visible_to(ANYBODY), "topics__recommendations__")


class Documents(LedgerPages):
    def items(self):
        return with_changes(Document.objects.visible_to(ANYBODY), "topics__recommendations__")


class Figures(Pages):
    def items(self):
        return list(FIGURES)

    def location(self, item):
        return reverse("figure", args=[item])


class Chapters(LedgerPages):
    def items(self):
        return with_changes(Chapter.objects.all(), "recommendations__")


class Organizations(LedgerPages):
    def items(self):
        return with_changes(Organization.objects.visible_to(ANYBODY), "addressed__recommendation__")


def with_changes(queryset, path):
    """Annotate `changed_at`: when something public was last recorded of the recommendations at the end of `path`."""
    document = f"{path}topic__document__visibility"
    public = Q(**{f"{path}updates__visibility": Visibility.PUBLIC, document: Visibility.PUBLIC})
    return queryset.annotate(changed_at=Max(f"{path}updates__recorded_at", filter=public))


SECTIONS = {
    "overviews": Overviews,
    "recommendations": Recommendations,
    "issues": Issues,
    "groups": Groups,
    "documents": Documents,
    "chapters": Chapters,
    "organizations": Organizations,
    "figures": Figures,
}
