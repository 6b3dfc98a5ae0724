"""Letters that the fonts of the PDF lack, such as emoji and Chinese: they are printed as their names.

A font of all of them is larger than the rest of this software; and PDF/UA, which screen readers rely on, forbids text
that no font can show.
"""

import unicodedata
from collections.abc import Callable, Iterable

NOT_TEXT = {"url", "status", "previous", "language", "day"}  # addresses that links lead to, and keys
INVISIBLE = "\ufe0e\ufe0f\u200d"  # they say how the letter before them looks, or join it to the next


def texts(value, key: str = "") -> Iterable[str]:
    """Yield every text of a book that is printed; `value` is plain JSON."""
    if isinstance(value, str):
        if key not in NOT_TEXT:
            yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, key)


def lacking(book: dict, one_lacking: Callable[[str], str | None]) -> str:
    """Return the letters of a book that no font has. `one_lacking` gives one of a text, None where there is none."""
    letters = {letter for text in texts(book) for letter in text if not letter.isascii()}
    marks = {letter for letter in letters if unicodedata.category(letter).startswith("M")}  # they need a letter below
    tried, found = "".join(sorted(letters - marks)), ""
    while (letter := one_lacking(tried)) and letter in tried:
        found += letter
        tried = tried.replace(letter, "")
    return found + "".join(mark for mark in sorted(marks) if one_lacking(f"a{mark}"))


def name_letters(value, letters: str, key: str = ""):
    """Return the same JSON with the names of `letters` in their place, in every text that is printed."""
    if isinstance(value, str):
        return value if key in NOT_TEXT else _with_names(value, letters)
    if isinstance(value, dict):
        return {name: name_letters(inner, letters, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [name_letters(inner, letters, key) for inner in value]
    return value


def _with_names(text: str, letters: str) -> str:
    if not set(letters).intersection(text):
        return text
    return "".join(name_of(letter) if letter in letters else letter for letter in text if letter not in INVISIBLE)


def name_of(letter: str) -> str:
    """Return the name of a letter in brackets; that of an ideograph, which says nothing more, is its number."""
    name = unicodedata.name(letter, "").lower()
    return f"[{name}]" if name and "ideograph" not in name else f"[U+{ord(letter):04X}]"
