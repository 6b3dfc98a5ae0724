"""Names are made of the words of the trade; those that this code base no longer uses stay out of them."""

import subprocess
import tokenize
from pathlib import Path

from django.conf import settings

# What stands in the place of each: docs/glossary.md.
RETIRED_WORDS = {"chips", "cockpit", "kept", "lane", "lanes", "outbox", "tallies", "tally", "told", "untold"}
RETIRED_NAMES = {
    "Asked",
    "Choice",
    "Letter",
    "Lines",
    "Matter",
    "Menu",
    "Pace",
    "WayOut",
    "address_of",
    "each",
    "everything",
    "listed",
    "page_name",
    "pictures",
    "printable",
    "shapes",
    "standing",
    "with_query",
}


def product_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=settings.BASE_DIR, capture_output=True, text=True)
    return [name for name in listed.stdout.splitlines() if "/migrations/" not in name and not name.startswith("tests/")]


def test_no_name_is_a_retired_word():
    found = []
    for name in product_files():
        path = Path(settings.BASE_DIR, name)
        if set(path.stem.split("_")) & RETIRED_WORDS:
            found.append(name)
        with path.open("rb") as file:
            names = [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.NAME]
        found += [
            f"{name}:{token.start[0]} {token.string}"
            for token in names
            if token.string in RETIRED_NAMES or set(token.string.lower().split("_")) & RETIRED_WORDS
        ]
    assert not found, "\n".join(found)
