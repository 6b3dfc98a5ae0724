"""The working groups and stakeholders, each with its state of play."""

from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import ListView

from core.caching.page_cache import public_page
from core.database.counting import count_of
from recommendations.charts.history import status_over_time
from working_groups.models import Membership, WorkingGroup

from .base import AsOfDetailView, AsOfMixin, recommendation_rows, visible_recommendations


@method_decorator(public_page("as_of"), name="dispatch")
class GroupListView(AsOfMixin, ListView):
    """The groups, each with its state of play."""

    template_name = "recommendations/groups.html"
    context_object_name = "groups"

    def get_queryset(self):
        return (
            WorkingGroup.objects.visible_to(self.request.user)
            .select_related("organization")
            .annotate(member_count=count_of(Membership.objects.all(), "group"))
            .order_by(*WorkingGroup._meta.ordering)
        )

    def get_context_data(self, **kwargs):
        counts = visible_recommendations(self.request, self.as_of).count_by_group_and_status()
        for group in self.object_list:
            group.counts = counts.get(group.pk, {})
        return super().get_context_data(**kwargs)


@method_decorator(public_page("as_of"), name="dispatch")
class GroupView(AsOfDetailView):
    """One group: who is in it, and what it asks, by topic."""

    template_name = "recommendations/group.html"
    context_object_name = "group"

    def get_queryset(self):
        groups = WorkingGroup.objects.visible_to(self.request.user)
        return groups.select_related("organization").prefetch_related("partners")

    def get_context_data(self, **kwargs):
        of_group = visible_recommendations(self.request, self.as_of).filter(topic__group=self.object)
        memberships = list(self.object.memberships.select_related("person", "organization"))
        sources = {membership.source for membership in memberships}
        return super().get_context_data(
            **recommendation_rows(self.request, self.as_of, topic__group=self.object),
            counts=of_group.count_by_status(),
            history=status_over_time(of_group, self.as_of or timezone.localdate()),
            memberships=memberships,
            # Said once where it holds for all; otherwise each says its own, or that none is stored.
            members_source=sources.pop() if len(sources) == 1 else "",
            **kwargs,
        )
