"""HTML of many small pieces, which templates and format_html() would make too slowly."""

import re
from html import escape

from django.utils.safestring import SafeString


def fill(markup: str, *values) -> SafeString:
    """Return `markup`, in which {} stand for values: those that are not HTML already are escaped. A text may be lazy."""
    return SafeString(
        markup.format(*[value if isinstance(value, SafeString) else escape(str(value)) for value in values])
    )


def fill_each(separator: str, markup: str, rows) -> SafeString:
    """Return `markup` filled with the values of each of `rows`, with HTML between them."""
    return SafeString(separator.join([fill(markup, *values) for values in rows]))


def without_indentation(html: str) -> str:
    """Return HTML that holds nothing preformatted without empty lines and what its lines are indented by."""
    return re.sub(r"\s*\n\s*", "\n", html).lstrip()
