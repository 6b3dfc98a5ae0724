"""Briefing books as Word documents: a page of HTML that pandoc converts, with the styles of reference.docx.

docs/adr/0004-word-book.md says why.
"""

import re
import subprocess
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from django.template.loader import render_to_string
from django.utils.html import format_html

from recommendations.charts.status_style import LETTERS

from .content import Book

# The release that the lock names, not another one on the PATH. The package itself is not imported.
PANDOC = Path(find_spec("pypandoc").origin).with_name("files") / "pandoc"
REFERENCE = Path(__file__).with_name("reference.docx")
FILTER = Path(__file__).with_name("docx.lua")
LANGUAGE_TAGS = {"en": "en-US", "es": "es-MX"}  # for spelling, hyphenation and screen readers
TIMEOUT = 60  # seconds; the largest book of the real data takes less than one


def render(book: Book) -> bytes:
    """Return the book as a Word document, the same bytes for the same book."""
    context = {"book": book, "language_tag": LANGUAGE_TAGS[book.language], "statuses": _statuses(book)}
    page = render_to_string("reviews/briefing/book.html", context)
    document = subprocess.run(  # noqa: S603 (no argument comes from data)
        [PANDOC, "--sandbox", "--from=html", "--to=docx", f"--reference-doc={REFERENCE}", f"--lua-filter={FILTER}"],
        input=page.encode(),
        stdout=subprocess.PIPE,
        timeout=TIMEOUT,
        check=True,
    ).stdout
    return _finish(document, book)


def _statuses(book):
    """Return each status as HTML: its mark and name, in a character style of its own."""
    return {
        status: format_html('<span data-custom-style="Status {}">{}&nbsp;{}</span>', status, LETTERS[status], label)
        for status, label in book.status_labels.items()
    }


def _finish(document: bytes, book: Book) -> bytes:
    """Do what pandoc has no option for: running header and footer, table rows that stay on one page, the date.

    The header has placeholders, because fields are out of date in every program that does not update them on opening.
    """
    page, of = re.split(r"\{pages?\}", book.labels["page"])[:2]
    values = {
        "milestone": book.milestone,
        "as_of": book.warning or book.as_of,
        "publisher": f"{book.labels['publisher']} · {book.publisher}",
        "page": page.strip(),
        "of": of.strip(),
    }
    finished = BytesIO()
    with ZipFile(BytesIO(document)) as source, ZipFile(finished, "w", ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part)
            if re.match(r"word/(header|footer)\d*\.xml", part.filename):
                content = re.sub(r"\{(\w+)\}", lambda match: escape(values[match[1]]), content.decode()).encode()
            elif part.filename == "word/document.xml":
                content = content.replace(b"<w:tr><w:tc>", b"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>")
            elif part.filename == "docProps/core.xml":
                content = content.replace(b">1970-01-01T", f">{book.day}T".encode())  # the sandbox has no clock
            target.writestr(part, content)
    return finished.getvalue()
