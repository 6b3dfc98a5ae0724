"""Codes of issues and recommendations: what they are made of, how they sort, and how they stand in addresses.

A code has the year, the group, and the place as the document prints it: 2023-SB-3a, 2023-IE-2bis-a, 2026-SB-IV,
2026-SB-3.2, 2026-DE-4-a-ii. How it sorts is worked out by code_order() in SQL, for a column of each table.
"""

import re

from django.core.exceptions import ValidationError
from django.urls import register_converter
from django.urls.converters import StringConverter
from django.utils.translation import gettext as _

YEAR = re.compile(r"\d{4}")
GROUP = re.compile(r"[A-ZÑ][A-ZÑ0-9]*")
# 3, 3a, 2bis, 3.2, IV, IVb, a, ii
PLACE = re.compile(r"\d+(\.\d+)*[a-zñ]*|[IVXLCDM]+[a-zñ]*|[a-zñ]+")
EXAMPLES = "2023-SB-3a, 2026-SB-IV, 2026-SB-3.2, 2026-DE-4-a-ii"


class CodeConverter(StringConverter):
    """A code in an address: what a slug may have, stops, and letters with marks."""

    regex = r"[\w.-]+"


register_converter(CodeConverter, "code")


def validate_code(code: str):
    """Raise ValidationError for what is no code, saying which part of it is wrong."""
    year, *others = code.split("-")
    if not YEAR.fullmatch(year):
        raise _refusal(_("“%(part)s” is not a four-digit year"), year)
    if not others or not GROUP.fullmatch(others[0]):
        raise _refusal(_("“%(part)s” is not a group: capital letters come after the year"), "-".join(others[:1]))
    # The code of a group may have hyphens, too: GT-N-4. All up to the first that can only be a place is the group's.
    places = others[1:]
    while len(places) > 1 and GROUP.fullmatch(places[0]) and not PLACE.fullmatch(places[0]):
        places.pop(0)
    if not places:
        raise _refusal(_("the number or letter from the document is missing after “%(part)s”"), others[0])
    for place in places:
        if not PLACE.fullmatch(place):
            raise _refusal(
                _(
                    "“%(part)s” is not a number (3, 3a, 3.2), a Roman numeral in capitals (IV) or lowercase letters (a, ii)"
                ),
                place,
            )


def _refusal(reason: str, part: str) -> ValidationError:
    sentence = _("This is not a valid code: %(reason)s. Codes look like %(examples)s.")
    return ValidationError(sentence % {"reason": reason % {"part": part}, "examples": EXAMPLES}, code="invalid")
