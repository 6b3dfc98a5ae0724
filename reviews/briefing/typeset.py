"""Sets one book, as a process of its own: {"book": …, "look": …} comes in as JSON, the PDF goes out.

Typst keeps in memory what it has set before; a web process would grow by a gibibyte within a dozen books.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("book.typ")


def typeset(book: dict, look: dict) -> bytes:
    """The same bytes for the same book. All that it says is handed over as data: none of it is ever Typst's markup."""
    settings = {
        "input": TEMPLATE.read_bytes(),
        "format": "pdf",
        "font_paths": typst.Fonts(include_system_fonts=False),  # so that every machine sets the same pages
        "sys_inputs": {"book": json.dumps(book), "look": json.dumps(look)},
        "timestamp": datetime.fromisoformat(book["day"]).replace(tzinfo=UTC),
    }
    try:
        return typst.compile(**settings, pdf_standards=["ua-1"])
    except typst.TypstError:
        # PDF/UA allows no letter that the fonts lack, an emoji for one. Better as accessible a book without the claim.
        return typst.compile(**settings)


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(**json.load(sys.stdin)))
