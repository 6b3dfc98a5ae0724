"""A briefing book as PDF, set by Typst with the fonts it brings along."""

import json
import subprocess
import sys
from dataclasses import asdict

from django.conf import settings

from recommendations.charts.status_style import COLOURS, status_icons

from .content import Book

SECONDS = 60  # a book of today takes one


def render(book: Book) -> bytes:
    """The book as a tagged PDF (PDF/UA-1); the same bytes for the same book."""
    return subprocess.run(
        [sys.executable, "-m", "reviews.briefing.typeset"],
        cwd=settings.BASE_DIR,
        input=json.dumps({"book": asdict(book), "look": {"colours": COLOURS, "marks": _pictures()}}).encode(),
        stdout=subprocess.PIPE,
        timeout=SECONDS,
        check=True,
    ).stdout


def _pictures() -> dict[str, str]:
    """The mark of each status as a picture in its colour."""
    return {
        status: f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{shape}</svg>'.replace(
            "currentColor", COLOURS[status]
        )
        for status, shape in status_icons().items()
    }
