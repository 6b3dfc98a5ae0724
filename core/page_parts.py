"""Parts of pages that apps above the page's own add. They register in their `AppConfig.ready()`.

A page names a place (`{% page_parts "milestone" %}`); an app above it registers a function for that place, which gets
the page's template context and returns HTML.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping

PARTS: dict[str, list[Callable[[Mapping], str]]] = defaultdict(list)


def part_of(place: str):
    """Register a function that renders a part for a place in a page."""

    def register(function):
        PARTS[place].append(function)
        return function

    return register
