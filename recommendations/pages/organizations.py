"""Pages of organizations that are asked to act: side by side, and the brief for each."""

from django.conf import settings
from django.db.models import Count, F, Q, prefetch_related_objects
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import ListView

from core.caching.page_cache import public_page
from core.history.past import end_of
from core.visibility import Visibility
from recommendations.browse.rows import MAX_ROWS_ON_PAGE
from recommendations.charts.history import status_over_time
from recommendations.models import NAMED_RULE, Addressee
from recommendations.models.status import CLOSED, OPEN
from recommendations.querysets import attach_updates
from working_groups.models import Country, Organization, WorkingGroup
from working_groups.past_names import attach_names_now

from .base import AsOfDetailView, visible_recommendations
from .bilateral import SIDES, compare_answers

COUNTRIES = [*SIDES, Country.SEVERAL, Country.UNKNOWN]
# What is open before what is closed, priorities before others, then those of which nothing was heard for longest.
MOST_PRESSING_FIRST = ["-effective_is_open", "-priority", F("effective_update_on").asc(nulls_first=True)]


@method_decorator(public_page(), name="dispatch")
class OrganizationListView(ListView):
    """The organizations that are asked something, by country; and who has answered where several sides are asked."""

    template_name = "recommendations/organizations.html"
    context_object_name = "organizations"

    def get_queryset(self):
        seen = Visibility.for_user(self.request.user)
        organizations = (
            Organization.objects.filter(addressed__recommendation__topic__document__visibility__in=seen)
            .annotate(
                asked=Count("addressed"),
                open=Count("addressed", filter=Q(addressed__recommendation__is_open=True)),
                closed=F("asked") - F("open"),
                answered=Count("addressed", filter=Q(addressed__in=Addressee.objects.answered())),
            )
            .order_by("-asked", "name_en")
        )
        # By country in our order, and within one those who are asked most first: the sort keeps the rest as it is.
        return sorted(organizations, key=lambda organization: COUNTRIES.index(organization.country))

    def get_context_data(self, **kwargs):
        return super().get_context_data(comparison=compare_answers(visible_recommendations(self.request)), **kwargs)


@method_decorator(public_page("as_of"), name="dispatch")
class OrganizationView(AsOfDetailView):
    """The brief for one organization: what it is asked and has answered, what it published, who of it is a member."""

    template_name = "recommendations/organization.html"
    context_object_name = "organization"

    def get_queryset(self):
        return Organization.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs):
        if self.as_of:
            attach_names_now([self.object])
        asked = self.asked_of(self.object)
        day = self.as_of or timezone.localdate()
        recommendations = attach_updates(
            list(asked.in_document_order(after=MOST_PRESSING_FIRST).for_brief(self.as_of)[:MAX_ROWS_ON_PAGE])
        )
        updates = [recommendation.effective_update for recommendation in recommendations]
        prefetch_related_objects(list(filter(None, updates)), "evidence")
        for recommendation in recommendations:
            [addressee] = [
                addressee
                for addressee in recommendation.listed_addressees
                if addressee.organization_id == self.object.pk
            ]
            recommendation.addressee = addressee
        counts = asked.count_by_status()
        government = self.object.get_whole_government()
        return super().get_context_data(
            open=[recommendation for recommendation in recommendations if recommendation.effective_is_open],
            open_total=sum(counts[status] for status in OPEN),
            closed=[recommendation for recommendation in recommendations if not recommendation.effective_is_open],
            closed_total=sum(counts[status] for status in CLOSED),
            total=sum(counts.values()),
            answered=self.object.addressed.answered(self.as_of).filter(recommendation__in=asked.values("pk")).count(),
            has_our_reading=not all(recommendation.addressee.is_named for recommendation in recommendations),
            named_rule=NAMED_RULE,
            mentioned_in=visible_recommendations(self.request, self.as_of)
            .filter(mentions=self.object)
            .exclude(addressees__organization=self.object)
            .order_by("code_order")[:MAX_ROWS_ON_PAGE],
            recommendations=recommendations,
            former_names=self.former_names(),
            government=government,
            asked_of_government=self.asked_of(government).count() if government else 0,
            day=day,
            counts=counts,
            history=status_over_time(asked, day),
            documents=self.published(self.object.documents.visible_to(self.request.user)),
            memberships=self.object.memberships.filter(
                group__in=WorkingGroup.objects.visible_to(self.request.user)
            ).select_related("person", "group"),
            printed_url=settings.SITE_URL + self.request.get_full_path(),
            **kwargs,
        )

    def former_names(self):
        """Return the names that it had before, by the day of the page."""
        names = self.object.versions.former_names()
        return names.filter(pgh_created_at__lt=end_of(self.as_of)) if self.as_of else names

    def asked_of(self, organization):
        """Return what `organization` is asked, as far as the reader may see it, as it stood on the day of the page."""
        return visible_recommendations(self.request, self.as_of).filter(addressees__organization=organization)
