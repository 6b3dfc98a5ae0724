"""Visibility of groups and organizations: a reader may hear of those that something which they may read names.

Their names are no secret in themselves, but an unpublished document brings new ones: none of them is public before it.
"""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Exists, OuterRef, Q

from core.visibility import Visibility

from .hooks import SHOWS_GROUP, SHOWS_ORGANIZATION


class WorkingGroupQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Limit to those of which `user`, signed in or not, may read a document; staff see all."""
        return self.visible_at(Visibility.for_user(user))

    def visible_at(self, levels):
        """Limit to those that a reader of these `levels` of Visibility may hear of."""
        return self if Visibility.STAFF in levels else self.filter(_any(SHOWS_GROUP, levels))


class OrganizationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Limit to those that something names which `user`, signed in or not, may read; staff see all.

        A document that it publishes, a recommendation that asks or mentions it, or a group that stands for it, that it
        is a partner of, or of which somebody from it is a member.
        """
        return self.visible_at(Visibility.for_user(user))

    def visible_at(self, levels):
        """Limit to those that a reader of these `levels` of Visibility may hear of."""
        if Visibility.STAFF in levels:
            return self
        groups = self.model.partner_of.rel.related_model.objects.visible_at(levels)
        in_a_group = [
            Q(Exists(groups.filter(**{path: OuterRef("pk")})))
            for path in ("organization", "partners", "memberships__organization")
        ]
        return self.filter(reduce(or_, in_a_group, _any(SHOWS_ORGANIZATION, levels)))


def _any(conditions, levels) -> Q:
    """Return the condition that one of the registered conditions holds; without any, none does."""
    return reduce(or_, (Q(condition(levels)) for condition in conditions), Q(pk__in=[]))
