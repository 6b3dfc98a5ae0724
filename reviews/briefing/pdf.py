"""A briefing book as PDF, set by Typst with the fonts it brings along."""

import json
import subprocess
import sys
from dataclasses import asdict

from django.conf import settings

from .content import Book
from .look import COLOURS, pictures

SECONDS = 60  # a book of today takes one


def render(book: Book) -> bytes:
    """The book as a tagged PDF (PDF/UA-1); the same bytes for the same book."""
    return subprocess.run(
        [sys.executable, "-m", "reviews.briefing.typeset"],
        cwd=settings.BASE_DIR,
        input=json.dumps({"book": asdict(book), "look": {"colours": COLOURS, "marks": pictures()}}).encode(),
        stdout=subprocess.PIPE,
        timeout=SECONDS,
        check=True,
    ).stdout
