"""The places in pages where apps above them add parts."""

from django import template
from django.utils.safestring import mark_safe

from core.page_parts import PARTS

register = template.Library()


@register.simple_tag(takes_context=True)
def page_parts(context, place: str) -> str:
    """Render what apps have registered for a place; they return HTML that is made by templates."""
    return mark_safe("".join(function(context) for function in PARTS[place]))  # noqa: S308
