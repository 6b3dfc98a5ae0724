"""Template tags for statuses, dates and sets of recommendations."""

import json
from html import escape, unescape
from urllib.parse import urlencode, urlsplit

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse, translate_url
from django.utils.html import format_html
from django.utils.http import escape_leading_slashes
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from core.query_string import url_with_query, with_as_of
from core.text.bilingual import current_language, language_shown
from core.text.dates import Precision, write_date
from core.text.markup import fill, fill_each
from recommendations.charts.history import one_a_period
from recommendations.charts.status_area import StatusAreaChart
from recommendations.charts.status_style import LETTERS
from recommendations.models.status import CLOSED, OPEN, Status

register = template.Library()

MARK = '<svg class="mark" viewBox="0 0 16 16" aria-hidden="true"><use href="{1}#{0}"/></svg>'
STATUS = f'<span class="status {{0}}">{MARK}{{2}}</span>'
BAR = '<g class="{}"><rect x="{}" width="{}" height="100%"/>{}</g>'
BAR_TEXT = '<text x="{}" y="50%" dy=".36em" text-anchor="middle">{}</text>'
HEAD = '<th scope="col">{}</th>'
LEGEND = '<td><a href="{}">{} <b>{}</b></a></td>'
COUNT = "<td>{}</td>"
NAV_LINK = '<a href="{}"{}>{}</a>'
LONGEST_TITLE = 70  # letters; results of searches and tabs cut what is longer
POINTS = 100  # of a chart, and rows of its table


@register.filter
def in_words(day, precision=Precision.DAY):
    """Return a date in words, no finer than it is known."""
    return write_date(day, precision) if day else ""


@register.filter
def local_day(moment):
    """Return the date of a moment in the foundation's time zone."""
    return localdate(moment)


@register.filter
def host(url):
    """Return the host name of a URL, to show in its place."""
    return urlsplit(url).hostname


@register.filter
def at(mapping, key):
    """Return the value of `mapping` at `key`, or None."""
    return mapping.get(key)


@register.filter
def percent(value):
    """Return a figure's share in percent, rounded to the next whole one."""
    return "" if value.share is None else _("%(number)d%%") % {"number": round(100 * value.share)}


@register.filter
def words(text):
    """Return the words of a text, to loop over."""
    return text.split()


@register.filter
def query_without(query, names):
    """Return the query string of a QueryDict without the parameters that are listed in `names`."""
    query = query.copy()
    for name in names.split():
        query.pop(name, None)
    return query.urlencode()


register.filter(url_with_query)
register.filter(with_as_of)


@register.filter
def lang(record, name):
    """Return the `lang` of an element that shows the bilingual `name` of a record; none if it is the page's language."""
    language = language_shown(record, name)
    return "" if language == current_language() else format_html(' lang="{}"', language)


@register.filter
def heat(count):
    """Return the class of a cell of the matrix of chapters that counts so many recommendations; none for 0."""
    return f"heat-{1 + (count > 2) + (count > 6)}" if count else ""


@register.simple_tag
def list_url(query="", **parameters):
    """Return the URL of the list of recommendations with `query` and those of `parameters` that have a value."""
    given = urlencode({name: value for name, value in parameters.items() if value})
    return url_with_query(reverse("recommendations"), "&".join(filter(None, [query, given])))


@register.simple_tag(takes_context=True)
def nav_link(context, name, label):
    """Return a link of the main navigation, which says whether the page is what it leads to or belongs there."""
    url, path = reverse(name), getattr(context.get("request"), "path", "")
    is_below = path.startswith(url)
    current = SafeString(f' aria-current="{"page" if path == url else "true"}"') if is_below else ""
    return format_html(NAV_LINK, url, current, label)


@register.filter
def shorten_title(title, site_name):
    """Return the title of a page on one line, without the name of the site where both are too long together."""
    title = " ".join(title.split()).replace(" ,", ",")
    if len(unescape(title)) > LONGEST_TITLE:
        title = title.removesuffix(f"· {site_name}").rstrip()
    return title


@register.filter
def letter(status):
    """Return a letter that looks like the mark of a status, for mail, which shows no pictures."""
    return LETTERS[status]


@register.simple_tag
def mark(name):
    """A mark of marks.svg: the shape of a status, a response or the state of a milestone."""
    return fill(MARK, name, static("marks.svg"))


@register.simple_tag
def frame_code(url, title, height):
    """Return the HTML of a frame that shows one of our widgets on another site, as text to copy."""
    return (
        f'<iframe src="{url}" title="{escape(title)}" width="100%" height="{height}" loading="lazy" '
        'style="border: 0"></iframe>'
    )


@register.simple_tag
def badge_code(url, badge_url, alt):
    """Return the HTML of a badge that links to its record, as text to copy."""
    return f'<a href="{url}"><img src="{badge_url}" height="24" alt="{escape(alt)}"></a>'


@register.simple_tag(name="status")
def status_mark(value):
    """A status as a mark and a word: color never stands alone."""
    status = Status(value)
    return fill(STATUS, status.value, static("marks.svg"), status.label)


@register.inclusion_tag("recommendations/_state_of_play.html")
def state_of_play(counts, caption, query="", is_large=False, as_of=None, has_legend=True, says_none=False):
    """A stacked bar of {status: count} with its numbers, and the table behind it as a legend of links.

    `query` narrows the lists that the legend links to, for example "group=smart-borders"; they are as of `as_of`.
    Where `has_legend` is false, one above serves for it, and the table is for screen readers. With `says_none` the legend
    says, too, that none is implemented.
    """
    total = sum(counts.values())
    present = [(status, counts[status]) for status in Status if counts.get(status)]
    bars, left = [], 0.0
    for status, count in present:
        width = 100 * count / total
        text = fill(BAR_TEXT, _percent(left + width / 2), count) if width >= 4 else ""
        bars.append((status.value, _percent(left), _percent(width), text))
        left += width
    url, query = reverse("recommendations"), f"{query}&" if query else ""
    shown = [status for status in Status if counts.get(status) or (says_none and status == Status.IMPLEMENTED)]
    legend = (
        (with_as_of(f"{url}?{query}status={status.value}", as_of), status_mark(status), counts.get(status, 0))
        for status in shown
    )
    return {
        "total": total,
        "open": sum(counts.get(status, 0) for status in OPEN),
        "closed": sum(counts.get(status, 0) for status in CLOSED),
        "caption": caption,
        "in_words": ", ".join(f"{status.label} {count}" for status, count in present),
        "bars": fill_each("\n    ", BAR, bars),
        "heads": fill_each("", HEAD, ((status.label,) for status in shown)),
        "legend": fill_each("", LEGEND, legend)
        if has_legend
        else fill_each("", COUNT, ((count,) for _status, count in present)),
        "has_legend": has_legend,
        "is_large": is_large,
    }


def _percent(number: float) -> str:
    """A length for SVG, whatever the language."""
    return f"{number:.2f}%"


@register.inclusion_tag("recommendations/_status_over_time.html")
def status_over_time(points, caption, query=""):
    """A StatusAreaChart of what `history.status_over_time()` returns, and the table behind it.

    `query` narrows the lists that the table's days link to, for example "group=smart-borders".
    """
    points, period = one_a_period(points, at_most=POINTS)
    return {"chart": StatusAreaChart(points) if points else None, "period": period, "caption": caption, "query": query}


@register.filter
def in_language(request, language):
    """Return the URL of the same page in another language, with its query."""
    # //evil.example/ is a path of ours here, and another host in a link.
    url = escape_leading_slashes(request.get_full_path())
    translated = translate_url(url, language)
    return _in_language_by_prefix(url, language) if translated == url else translated


def _in_language_by_prefix(url, language) -> str:
    """Return the URL of an address that leads nowhere in another language, whose page says so in that language."""
    spanish = "/es/"
    if language == "es":
        return url if url.startswith(spanish) else f"/es{url}"
    return escape_leading_slashes(url.removeprefix("/es")) if url.startswith(spanish) else url


@register.filter
def address_in(request, language):
    """Return the permanent URL of the same page in a language: without its query, and by the name of the site."""
    return absolute(translate_url(request.path, language))


@register.filter
def absolute(path):
    """Return an absolute URL of this site."""
    return settings.SITE_URL + path


@register.filter
def as_json_ld(data):
    """Return a dict as a script element with data, which no browser runs and so the policy for scripts allows."""
    text = json.dumps(data, ensure_ascii=False)
    for character in "<>&":  # so that no title ends the script
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308
