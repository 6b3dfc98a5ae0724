"""What templates say of statuses, dates and sets of recommendations."""

import json
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import translate_url
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.http import escape_leading_slashes
from django.utils.safestring import mark_safe
from django.utils.timezone import localdate

from core.bilingual import current_language, language_shown
from core.dates import Precision, write_date
from core.query_string import url_with_query
from recommendations.charts.history import one_a_period
from recommendations.charts.status_area import OverTime
from recommendations.models.status import CLOSED, OPEN, Status

register = template.Library()

STATUS = (
    '<span class="status {0}"><svg class="mark" viewBox="0 0 16 16" aria-hidden="true"><use href="{1}#{0}"/></svg>'
    "{2}</span>"
)
CHOICE = (
    '<label class="choice"><input type="checkbox" name="{0}" value="{1}" id="{0}-{1}"{2}> <span>{3}</span>'
    ' <span class="count">{4}</span></label>'
)
POINTS = 100  # of a picture, and rows of its table


@register.filter
def in_words(day, precision=Precision.DAY):
    """A date in words, no finer than it is known."""
    return write_date(day, precision) if day else ""


@register.filter
def local_day(moment):
    """The date of a moment in the foundation's time zone."""
    return localdate(moment)


@register.filter
def host(url):
    """The host name of an address, to show in its place."""
    return urlsplit(url).hostname


@register.filter
def at(mapping, key):
    """The value of `mapping` at `key`, or None."""
    return mapping.get(key)


@register.filter
def words(text):
    """The words of a text, to loop over."""
    return text.split()


@register.filter
def query_without(query, names):
    """The query string of a QueryDict without the parameters that are listed in `names`."""
    query = query.copy()
    for name in names.split():
        query.pop(name, None)
    return query.urlencode()


register.filter(url_with_query)


@register.filter
def on_day(address, day):
    """An address of ours as of `day`, which is put at its end; for None the address as it is."""
    return f"{address}{'&' if '?' in address else '?'}as_of={day.isoformat()}" if day else address


@register.filter
def lang(record, name):
    """The attribute of an element that shows the bilingual `name` of a record; empty where it is in the page's language."""
    language = language_shown(record, name)
    return "" if language == current_language() else format_html(' lang="{}"', language)


@register.simple_tag
def status(value):
    """A status as a mark and a word: colour never stands alone. Not by a template: a list has hundreds of them."""
    status = Status(value)
    return format_html(STATUS, status.value, static("marks.svg"), status.label)


@register.simple_tag
def choices(menu):
    """The choices of a facets.Menu as boxes to tick. Not by a template, as above."""
    return format_html_join(
        "\n",
        CHOICE,
        (
            (
                menu.name,
                each.value,
                mark_safe(" checked") if each.is_chosen else "",
                f"{each.value}. {each.label}" if menu.name == "chapter" else each.label,
                each.count,
            )
            for each in menu.choices
        ),
    )


@register.inclusion_tag("recommendations/_state_of_play.html")
def state_of_play(counts, caption, query="", is_large=False, as_of=None):
    """A stacked bar of {status: count} with its numbers, and the table behind it as a legend of links.

    `query` narrows the lists that the legend links to, for example "group=smart-borders"; they are as of `as_of`.
    """
    total = sum(counts.values())
    segments, left = [], 0.0
    for each in Status:
        if count := counts.get(each, 0):
            width = 100 * count / total
            segments.append(
                {
                    "status": each,
                    "count": count,
                    "left": number_format(left, 2, use_l10n=False),
                    "width": number_format(width, 2, use_l10n=False),
                    "middle": number_format(left + width / 2, 2, use_l10n=False),
                    "is_wide": width >= 4,
                }
            )
            left += width
    return {
        "segments": segments,
        "total": total,
        "open": sum(counts.get(each, 0) for each in OPEN),
        "closed": sum(counts.get(each, 0) for each in CLOSED),
        "caption": caption,
        "query": query,
        "is_large": is_large,
        "as_of": as_of,
    }


@register.inclusion_tag("recommendations/_status_over_time.html")
def status_over_time(points, caption, query=""):
    """What `history.status_over_time()` gives as a stacked area in steps, and the table behind it.

    `query` narrows the lists that the table's days link to, for example "group=smart-borders".
    """
    points, period = one_a_period(points, at_most=POINTS)
    return {"picture": OverTime(points) if points else None, "period": period, "caption": caption, "query": query}


@register.filter
def in_language(request, language):
    """The address of the same page in another language, with its query."""
    # //evil.example/ is a path of ours here, and another host in a link.
    return translate_url(escape_leading_slashes(request.get_full_path()), language)


@register.filter
def address_in(request, language):
    """The permanent address of the same page in a language: without its query, and by the name of the site."""
    return absolute(translate_url(request.path, language))


@register.filter
def absolute(path):
    """An address of this site with the site's name before it."""
    return settings.SITE_URL + path


@register.filter
def as_json_ld(data):
    """A dict as a script that is data. No browser runs one of this type, so the policy for scripts has no say in it."""
    text = json.dumps(data, ensure_ascii=False)
    for character in "<>&":  # so that no title ends the script
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308
