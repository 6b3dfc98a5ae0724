"""The pages of milestones, for search engines."""

from recommendations import sitemaps

from .models import Milestone


class Overviews(sitemaps.Overviews):
    show_the_ledger = ["home", "changes"]
    others = ["milestones"]


class Milestones(sitemaps.Pages):
    def items(self):
        return Milestone.objects.soonest_first().for_calendar()

    def lastmod(self, item):
        return item.known_on


SECTIONS = {"reviews": Overviews, "milestones": Milestones}
