"""What pages of staff show, in every app."""

from django import template
from django.utils import timezone

from core.attention import attention_items, is_for
from core.text.dates import write_moment

register = template.Library()


@register.inclusion_tag("admin/_attention.html")
def attention(user):
    """Show what waits for `user`."""
    return {"is_shown": is_for(user), "items": attention_items(user)}


@register.filter
def own_time(moment) -> str:
    """Write a moment by the clock of staff, with its zone."""
    return write_moment(moment, timezone.get_current_timezone_name())
