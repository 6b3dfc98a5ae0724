"""Those who are asked to act: side by side, and the brief for each."""

from datetime import date

from django.conf import settings
from django.db.models import Count, F, Q, prefetch_related_objects
from django.utils import timezone
from django.views.generic import ListView

from working_groups.models import Country, Organization, Visibility

from ..history import status_over_time
from ..models import Recommendation, Response
from ..querysets import attach_updates
from ..sides import SIDES, compare_sides
from .days import PageOfOne, everything

COUNTRIES = [*SIDES, Country.SEVERAL]


class OrganizationListView(ListView):
    """The organizations that are asked something, by country; and who has answered where several sides are asked."""

    template_name = "recommendations/organizations.html"
    context_object_name = "organizations"

    def get_queryset(self):
        seen = Visibility.for_user(self.request.user)
        organizations = (
            Organization.objects.filter(addressed__recommendation__issue__topic__document__visibility__in=seen)
            .annotate(
                asked=Count("addressed"),
                open=Count("addressed", filter=Q(addressed__recommendation__is_open=True)),
                closed=F("asked") - F("open"),
                answered=Count("addressed", filter=~Q(addressed__response=Response.AWAITING)),
            )
            .order_by("-asked", "name_en")
        )
        # By country in our order, and within one those who are asked most first: the sort keeps the rest as it is.
        return sorted(organizations, key=lambda each: COUNTRIES.index(each.country))

    def get_context_data(self, **kwargs):
        return super().get_context_data(comparison=compare_sides(everything(self.request)), **kwargs)


class OrganizationView(PageOfOne):
    """The brief for one organization: what it is asked and has answered, what it published, who of it is a member."""

    template_name = "recommendations/organization.html"
    context_object_name = "organization"
    model = Organization

    def get_context_data(self, **kwargs):
        asked = self.asked_of(self.object)
        recommendations = attach_updates(list(asked.in_document_order().for_brief()))
        prefetch_related_objects([each.shown_update for each in recommendations if each.shown_update], "evidence")
        for each in recommendations:
            each.addressee = next(
                addressee for addressee in each.listed_addressees if addressee.organization_id == self.object.pk
            )
            if self.as_of:
                each.addressee.set_back_to(self.as_of)
        government = self.object.get_whole_government()
        return super().get_context_data(
            open=most_pressing_first([each for each in recommendations if each.shown_is_open]),
            closed=[each for each in recommendations if not each.shown_is_open],
            answered=sum(each.addressee.has_responded for each in recommendations),
            has_our_reading=not all(each.addressee.is_named for each in recommendations),
            recommendations=recommendations,
            government=government,
            asked_of_government=self.asked_of(government).count() if government else 0,
            day=self.as_of or timezone.localdate(),
            counts=asked.count_by_status(),
            history=status_over_time(asked, self.as_of or timezone.localdate()),
            documents=self.published(self.object.documents.visible_to(self.request.user)),
            memberships=self.object.memberships.select_related("person", "group"),
            printed_address=settings.SITE_URL + self.request.get_full_path(),
            **kwargs,
        )

    def asked_of(self, organization):
        """What `organization` is asked, of that which the reader may see, as it stood on the day of the page."""
        return everything(self.request, self.as_of).filter(addressees__organization=organization)


def most_pressing_first(recommendations: list[Recommendation]) -> list[Recommendation]:
    """Priorities first; among equals, those of which nothing was heard for longest."""
    return sorted(recommendations, key=lambda each: (not each.priority, each.shown_update_on or date.min))
