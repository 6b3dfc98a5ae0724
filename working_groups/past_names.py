"""Names of organizations have days: a past view shows the name of its day, and says what the name is now."""

from collections.abc import Iterable

from core.history.past import words_of

from .models import Organization


def attach_names_now(organizations: Iterable[Organization]):
    """Set `name_now` on organizations of a past view that have another name today. One query."""
    organizations = list(organizations)
    with words_of(None):
        now = Organization.objects.in_bulk({organization.pk for organization in organizations})
    for organization in organizations:
        name = now[organization.pk].name
        organization.name_now = "" if name == organization.name else name
