"""Briefing books as PDF, laid out by Typst with the fonts that it includes."""

import json
import subprocess
import sys
from dataclasses import asdict

from django.conf import settings

from recommendations.charts.status_style import COLORS, status_icons

from .content import Book

TIMEOUT = 60  # seconds; the largest book of the real data takes one


def render(book: Book) -> bytes:
    """Return the book as a tagged PDF (PDF/UA-1), the same bytes for the same book."""
    return subprocess.run(
        [sys.executable, "-m", "reviews.briefing.typeset"],
        cwd=settings.BASE_DIR,
        input=json.dumps({"book": asdict(book), "style": {"colors": COLORS, "icons": _icons()}}).encode(),
        stdout=subprocess.PIPE,
        timeout=TIMEOUT,
        check=True,
    ).stdout


def _icons() -> dict[str, str]:
    """Return the icon of each status as an SVG in the color of the status."""
    return {
        status: f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{shape}</svg>'.replace(
            "currentColor", COLORS[status]
        )
        for status, shape in status_icons().items()
    }
