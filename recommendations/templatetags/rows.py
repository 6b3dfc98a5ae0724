"""The rows of a list and the options of its facets. A page has hundreds of them: templates would take half of its time."""

from django import template
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext

from core.text.bilingual import current_language, language_shown
from core.text.dates import write_date
from core.text.markup import fill, fill_each

from .tracker import status_mark

register = template.Library()

ROW = """<li class="row">
  <p class="meta"><span class="code">{}</span>{} <span>{}</span></p>
  <h3><a href="{}">{}</a></h3>
  {}
  {}<p class="meta">{}{}</p>
  <p class="note">{}</p>
</li>"""
PRIORITY = ' <span class="priority">{}</span>'
EXCERPT = '<p class="excerpt">{}{}</p>\n  '
FOUND_IN = '<span class="soft">{}{}</span> '
LINKS = "<span>{} {}</span>"
ADDRESSEE = '<a href="{}">{}</a>'
CHAPTER = '<a href="{0}" title="{1}" aria-label="{1}">{2}</a>'
UPDATE = "<b>{}.</b> <span{}>{}</span>"
LANGUAGE = ' lang="{}"'
WORDS_OF_NOTE = 34

OPTION = (
    '<label class="choice"><input type="checkbox" name="{0}" value="{1}" id="{0}-{1}"{2}> <span>{3}</span>'
    ' <span class="count">{4}</span></label>'
)
NOTHING, CHECKED = SafeString(""), SafeString(" checked")


@register.simple_tag
def detailed_rows(rows, as_of=None):
    """A list of `rows.Row`, as they stand on the day `as_of`."""
    statuses = {value: status_mark(value) for value in {row.status for row in rows}}
    priority = fill(PRIORITY, gettext("Priority"))
    no_update = gettext("No updates have been recorded yet.")
    if as_of:
        no_update = gettext("No updates were recorded through %(day)s.") % {"day": write_date(as_of)}
    return fill(
        '<ol class="rows">{}</ol>',
        fill_each(
            "",
            ROW,
            (
                (
                    row.code,
                    priority if row.priority else NOTHING,
                    row.group.title,
                    row.url,
                    row.marked_title or row.title,
                    statuses[row.status],
                    _excerpt(row),
                    _addressees(row),
                    _chapters(row),
                    _note(row) if row.update else no_update,
                )
                for row in rows
            ),
        ),
    )


def _excerpt(row):
    if not row.excerpt and not row.found_in:
        return NOTHING
    found_in = fill(FOUND_IN, row.found_in, ":" if row.excerpt else ".") if row.found_in else NOTHING
    return fill(EXCERPT, found_in, row.excerpt)


def _addressees(row):
    if not row.addressees:
        return NOTHING
    links = fill_each(", ", ADDRESSEE, ((link.url, link.option.short_label) for link in row.addressees))
    return fill(LINKS, gettext("Asked to act:"), links)


def _chapters(row):
    if not row.chapters:
        return NOTHING
    links = ((link.url, f"{link.option.value}. {link.option.label}", link.option.value) for link in row.chapters)
    return fill(" " + LINKS, gettext("USMCA chapters:"), fill_each(", ", CHAPTER, links))


def _note(row):
    language = language_shown(row.update, "what")
    note = row.marked_note or Truncator(row.update.what).words(WORDS_OF_NOTE, truncate=" …")
    return fill(
        UPDATE,
        row.update.effective_date,
        NOTHING if language == current_language() else fill(LANGUAGE, language),
        note,
    )


@register.simple_tag
def facet_options(facet):
    """The options of a FacetResult as boxes to tick."""
    return fill_each(
        "\n",
        OPTION,
        (
            (
                facet.name,
                option.value,
                CHECKED if option.is_chosen else NOTHING,
                f"{option.value}. {option.label}" if facet.name == "chapter" else option.label,
                option.count,
            )
            for option in facet.options
        ),
    )
