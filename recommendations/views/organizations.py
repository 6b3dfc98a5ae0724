"""Those who are asked to act, side by side."""

from django.db.models import Count, F, Q
from django.views.generic import ListView

from working_groups.models import Country, Organization, Visibility

from ..models import Response
from ..sides import SIDES, compare_sides
from .days import everything

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
