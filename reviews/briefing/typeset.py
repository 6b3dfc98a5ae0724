"""Typesetting of one book in a process of its own: read {"book": …, "style": …} as JSON from stdin, write the PDF to stdout.

Typst caches in memory what it has laid out before; a web process would grow by a gibibyte within a dozen books.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("book.typ")


def typeset(book: dict, style: dict) -> bytes:
    """Return the PDF, the same bytes for the same book. Texts are passed as data and never parsed as Typst markup."""
    settings = {
        "input": TEMPLATE.read_bytes(),
        "format": "pdf",
        "font_paths": typst.Fonts(include_system_fonts=False),  # so that the pages are the same on every machine
        "sys_inputs": {"book": json.dumps(book), "style": json.dumps(style)},
        "timestamp": datetime.fromisoformat(book["day"]).replace(tzinfo=UTC),
    }
    try:
        return typst.compile(**settings, pdf_standards=["ua-1"])
    except typst.TypstError:
        # PDF/UA forbids characters that the fonts lack, emoji for example. Write the same tagged PDF without the claim.
        return typst.compile(**settings)


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(**json.load(sys.stdin)))
