"""What the admin says of digests on pages of other apps."""

from django import template
from django.utils import timezone

from core.dates import write_moment

register = template.Library()


@register.filter
def own_time(moment) -> str:
    """A moment by the clock of staff, with its zone."""
    return write_moment(moment, timezone.get_current_timezone_name())
