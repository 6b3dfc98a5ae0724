"""Conditions of apps above this one under which a group or an organization is shown; they register in their `AppConfig.ready()`."""

from collections.abc import Callable

from django.db.models import Exists

# Functions that take levels of Visibility and return a condition for a queryset of groups, or of organizations: that
# something of one of these levels names it. One that holds is enough.
SHOWS_GROUP: list[Callable[[list], Exists]] = []
SHOWS_ORGANIZATION: list[Callable[[list], Exists]] = []
