"""Typesetting of one book in a process of its own: read {"book": …, "style": …} as JSON from stdin, write the PDF to stdout.

What the PDF lacks is said on stderr, a line each, and its reader is told in the notes on method. Typst caches in memory what it has laid out before; a web process would grow by a gibibyte within a dozen books.
"""

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import typst

from .letters import lacking, name_letters, name_of

TEMPLATE = Path(__file__).with_name("book.typ")
FONTS = typst.Fonts(include_system_fonts=False)  # those that Typst has in it: the pages are the same on every machine
PROBE = b'#set document(title: "x")\n#set text(font: "Libertinus Serif", lang: "en")\n#sys.inputs.text'
NOT_DISPLAYED = re.compile(r'the text `"(?:\\u\{([0-9a-f]+)\}|(.))[^`]*` could not be displayed')


def typeset(book: dict, style: dict) -> bytes:
    """Return the PDF, the same bytes for the same book. Texts are passed as data and never parsed as Typst markup."""
    try:
        return _compile(book, style, pdf_standards=["ua-1"])
    except typst.TypstError:
        # PDF/UA forbids letters that the fonts lack, emoji for example: most likely there are some.
        letters = lacking(book, one_lacking)
    if letters:
        sys.stderr.write(f"The fonts lack letters, which are named: {' '.join(map(name_of, letters))}\n")
        book = name_letters(book, letters)
        book["method"] = [*book["method"], book["labels"]["named_letters"]]
    try:
        return _compile(book, style, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        sys.stderr.write(f"It does not claim to be accessible (PDF/UA-1): {error.message}\n")
        book["method"] = [*book["method"], book["labels"]["no_claim"]]
        return _compile(book, style)


def _compile(book, style, **options) -> bytes:
    return typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        font_paths=FONTS,
        sys_inputs={"book": json.dumps(book), "style": json.dumps(style)},
        timestamp=datetime.fromisoformat(book["day"]).replace(tzinfo=UTC),
        **options,
    )


def one_lacking(text: str) -> str | None:
    """Return a letter of a text that no font has, by what Typst says of it; None where there is none."""
    try:
        typst.compile(PROBE, format="pdf", font_paths=FONTS, sys_inputs={"text": text}, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        if found := NOT_DISPLAYED.search(error.message):
            return chr(int(found[1], 16)) if found[1] else found[2]
    return None


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(**json.load(sys.stdin)))
