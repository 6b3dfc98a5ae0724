"""The look of each status away from the pages: the colors of static/site.css on white paper, the icons of marks.svg."""

import re
from functools import cache

from django.conf import settings

from recommendations.models.status import Status

COLORS = {
    Status.ISSUED: "#667080",
    Status.UNDER_CONSIDERATION: "#80600c",
    Status.IN_PROGRESS: "#1d5fa8",
    Status.PARTIALLY_IMPLEMENTED: "#0f766e",
    Status.IMPLEMENTED: "#15803d",
    Status.NOT_IMPLEMENTED: "#b42318",
    Status.OVERTAKEN: "#6d4c9f",
    Status.SUPERSEDED: "#4a5568",
    Status.WITHDRAWN: "#4a5568",
}

# Letters that look like the icons, for where there are no pictures.
LETTERS = {
    Status.ISSUED: "○",
    Status.UNDER_CONSIDERATION: "◔",
    Status.IN_PROGRESS: "◑",
    Status.PARTIALLY_IMPLEMENTED: "◕",
    Status.IMPLEMENTED: "●",
    Status.NOT_IMPLEMENTED: "×",
    Status.OVERTAKEN: "»",
    Status.SUPERSEDED: "→",
    Status.WITHDRAWN: "–",
}


@cache
def status_icons() -> dict[str, str]:
    """Return the icon of each status, by its value, as SVG for a field of 16 by 16 in the current color."""
    source = (settings.BASE_DIR / "static" / "marks.svg").read_text()
    drawn = re.findall(r'<symbol id="(\w+)"[^>]*>(.*?)</symbol>', source.replace("var(--paper,#fff)", "#fff"))
    # The file has the marks of responses and milestones, too.
    return {name: shape for name, shape in drawn if name in COLORS}


def status_svg(status: str) -> str:
    """Return the icon of a status as an SVG in its color."""
    shape = status_icons()[status].replace("currentColor", COLORS[status])
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{shape}</svg>'
