"""Briefing books, and their files as tests read them."""

import re
from datetime import date
from html import unescape
from io import BytesIO
from zipfile import ZipFile

from django.contrib.auth.models import AnonymousUser
from django.utils import translation
from pypdf import PdfReader

from reviews.briefing import docx, pdf
from reviews.briefing.make import make_book

DAY = date(2025, 6, 1)


def book(milestone, day=DAY, by="group", user=None, language="en"):
    with translation.override(language):
        return make_book(milestone, day, by, user or AnonymousUser())


def entries(book):
    return [entry for part in book.parts for entry in part.entries]


def entry_of(book):
    """Return the entry of a book about one recommendation."""
    [entry] = entries(book)
    return entry


def squashed(text) -> str:
    """Return the text without what typesetting adds to it: breaks, hyphens and break opportunities."""
    return re.sub(r"[\s\-‐\u00ad\u200b]", "", text)


def pdf_text(file) -> str:
    return squashed("".join(page.extract_text() for page in PdfReader(BytesIO(file)).pages))


def word_parts(file) -> dict[str, str]:
    with ZipFile(BytesIO(file)) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels"))}


def word_text(file) -> str:
    """Return the text of the body and of the footnotes."""
    parts = word_parts(file)
    xml = parts["word/document.xml"] + parts["word/footnotes.xml"]
    runs = "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml))
    return squashed(unescape(runs))


TEXT_OF = {pdf: pdf_text, docx: word_text}
