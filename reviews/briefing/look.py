"""The colour and the mark of each status: those of the pages, on white paper."""

import re

from django.conf import settings

COLOURS = {
    "issued": "667080",
    "under_consideration": "80600c",
    "in_progress": "1d5fa8",
    "partially_implemented": "0f766e",
    "implemented": "15803d",
    "not_implemented": "b42318",
    "overtaken": "6d4c9f",
    "superseded": "4a5568",
    "withdrawn": "4a5568",
}

# Letters that look like the marks, for where there are no pictures.
LETTERS = {
    "issued": "○",
    "under_consideration": "◔",
    "in_progress": "◑",
    "partially_implemented": "◕",
    "implemented": "●",
    "not_implemented": "×",
    "overtaken": "»",
    "superseded": "→",
    "withdrawn": "–",
}


def pictures() -> dict[str, str]:
    """Each status's mark as an SVG picture in its colour."""
    symbols = (settings.BASE_DIR / "static" / "marks.svg").read_text()
    return {
        status: f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{shape}</svg>'.replace(
            "currentColor", f"#{COLOURS[status]}"
        ).replace("var(--paper,#fff)", "#fff")
        for status, shape in re.findall(r'<symbol id="(\w+)"[^>]*>(.*?)</symbol>', symbols)
        if status in COLOURS  # the file has the marks of responses and milestones, too
    }
