"""Briefing books as PDF, laid out by Typst with the fonts that it includes."""

import json
import logging
import subprocess
import sys
from dataclasses import asdict

from django.conf import settings

from recommendations.charts.status_style import COLORS, status_svg

from .content import Book

logger = logging.getLogger(__name__)

TIMEOUT = 60  # seconds; the largest book of the real data takes one


def render(book: Book) -> bytes:
    """Return the book as a tagged PDF (PDF/UA-1), the same bytes for the same book. What it lacks is logged."""
    icons = {status: status_svg(status) for status in COLORS}
    made = subprocess.run(
        [sys.executable, "-m", "reviews.briefing.typeset"],
        cwd=settings.BASE_DIR,
        input=json.dumps({"book": asdict(book), "style": {"colors": COLORS, "icons": icons}}).encode(),
        capture_output=True,
        timeout=TIMEOUT,
    )
    for line in made.stderr.decode().splitlines():
        logger.warning("%s: %s", book.title, line)
    made.check_returncode()
    return made.stdout
