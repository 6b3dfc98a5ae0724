"""Texts as XML can hold them: feeds, spreadsheets and Word files are made of it, and a PDF holds no more."""

import re

# What XML 1.0 has no way to say (section 2.2), and DEL. It comes in with text that is pasted from documents.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def strip_control_chars(text: str) -> str:
    """The text with a space in the place of each character that cannot be said."""
    return UNPRINTABLE.sub(" ", text)
