"""What search engines are told: every public page in both languages, when its record last changed, and what to leave."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from core.visibility import Visibility
from recommendations.models import Chapter, Document, Issue, Recommendation, Update
from reviews.digests.models import Digest
from reviews.models import Milestone
from working_groups.models import Organization, WorkingGroup

ANYBODY = AnonymousUser()


class Pages(Sitemap):
    """Every section has its pages in both languages, by the name of the site and not of the request."""

    i18n = alternates = x_default = True

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class Overviews(Pages):
    """The pages that there is one of; those that show the state of play change with the ledger."""

    OF_THE_LEDGER = ["home", "recommendations", "changes", "groups", "chapters", "organizations", "documents"]
    OTHERS = ["milestones", "status-definitions", "about", "digests:archive", "digests:subscribe"]

    def items(self):
        updates = Update.objects.filter(
            visibility=Visibility.PUBLIC, recommendation__topic__document__visibility=Visibility.PUBLIC
        )
        self.changed_at = updates.aggregate(Max("recorded_at"))["recorded_at__max"]
        return [*self.OF_THE_LEDGER, *self.OTHERS]

    def location(self, item):
        return reverse(item)

    def lastmod(self, item):
        return self.changed_at if item in self.OF_THE_LEDGER else None


class LedgerPages(Pages):
    """Pages that change when the ledger does."""

    def lastmod(self, item):
        return item.changed_at


class Recommendations(LedgerPages):
    def items(self):
        return with_changes(Recommendation.objects.public(), "").order_by("code")


class Issues(LedgerPages):
    def items(self):
        return with_changes(Issue.objects.visible_to(ANYBODY), "recommendations__").order_by("code")


class Groups(LedgerPages):
    def items(self):
        return with_changes(WorkingGroup.objects.all(), "topics__recommendations__")


class Documents(LedgerPages):
    def items(self):
        return with_changes(Document.objects.visible_to(ANYBODY), "topics__recommendations__")


class Chapters(LedgerPages):
    def items(self):
        return with_changes(Chapter.objects.all(), "recommendations__")


class Organizations(LedgerPages):
    """Those that something public names: another's page is empty, and its name may not be known yet."""

    def items(self):
        public = Recommendation.objects.public()
        named = (
            Q(addressed__recommendation__in=public)
            | Q(documents__in=Document.objects.visible_to(ANYBODY))
            | Q(memberships__isnull=False)
            | Q(stakeholder_group__isnull=False)
            | Q(partner_of__isnull=False)
        )
        organizations = Organization.objects.filter(pk__in=Organization.objects.filter(named).values("pk"))
        return with_changes(organizations, "addressed__recommendation__")


class Milestones(Pages):
    def items(self):
        return Milestone.objects.soonest_first().for_calendar()

    def lastmod(self, item):
        return item.known_on


class Digests(Pages):
    def items(self):
        return Digest.objects.published().order_by("-frozen_at", "-pk")

    def lastmod(self, item):
        return item.frozen_at


SECTIONS = {
    section.__name__.lower(): section
    for section in [
        Overviews,
        Recommendations,
        Issues,
        Groups,
        Documents,
        Chapters,
        Organizations,
        Milestones,
        Digests,
    ]
}


def with_changes(queryset, path):
    """Annotate `changed_at`: when something public was last recorded of the recommendations at the end of `path`."""
    document = f"{path}topic__document__visibility"
    public = Q(**{f"{path}updates__visibility": Visibility.PUBLIC, document: Visibility.PUBLIC})
    return queryset.annotate(changed_at=Max(f"{path}updates__recorded_at", filter=public))


@require_safe
@cache_control(public=True, max_age=24 * 3600)
def robots(request):
    """robots.txt: where the sitemap is, and that the admin and readers' own pages are nothing to search."""
    lines = ["User-agent: *"]
    for language, _name in settings.LANGUAGES:
        with override(language):
            own_pages = reverse("digests:preferences", args=["token"]).removesuffix("token/")
            lines += [f"Disallow: {reverse('admin:index')}", f"Disallow: {own_pages}"]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
