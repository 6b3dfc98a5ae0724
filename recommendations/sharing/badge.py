"""The status of a recommendation as a small picture for other people's pages: shape, word and color."""

from math import ceil

from django.template.loader import render_to_string

from recommendations.charts.status_style import COLORS, status_icons
from recommendations.models import Recommendation
from recommendations.models.status import Status

# Widths of letters in parts of the font size. They need not be exact: textLength makes the text as wide as this says.
FONT_SIZE = 12
WIDTHS = dict.fromkeys("ijlI.,:;'|", 0.33) | dict.fromkeys("frt -()", 0.43) | dict.fromkeys("mwMW", 0.93)
UPPER_CASE, ANY_OTHER = 0.7, 0.61
BOLD = 1.12  # times as wide

PADDING, MARK, GAP = 8, 14, 5


def draw(recommendation: Recommendation) -> str:
    """The badge as SVG, in the current language; it needs nothing from anywhere else."""
    status = Status(recommendation.status)
    code_width, word_width = width_of(recommendation.code), width_of(str(status.label), BOLD)
    middle = code_width + 2 * PADDING
    word_left = middle + PADDING + MARK + GAP
    return render_to_string(
        "recommendations/badge.svg",
        {
            "code": recommendation.code,
            "status": status,
            # XML can hold no control characters; they come in with text that is pasted from documents.
            "title": "".join(letter if letter.isprintable() else " " for letter in recommendation.title),
            "color": COLORS[status],
            "mark": status_icons()[status],
            "code_left": PADDING,
            "code_width": code_width,
            "middle": middle,
            "mark_left": middle + PADDING,
            "word_left": word_left,
            "word_width": word_width,
            "width": word_left + word_width + PADDING,
        },
    )


def width_of(text: str, boldness: float = 1) -> int:
    """About how many pixels wide a text is."""
    letters = (WIDTHS.get(letter, UPPER_CASE if letter.isupper() else ANY_OTHER) for letter in text)
    return ceil(FONT_SIZE * boldness * sum(letters))
