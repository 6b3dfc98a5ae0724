"""Typesetting of one share card in a process of its own: read it as JSON from stdin, write the PNG to stdout.

Typst caches in memory what it has laid out before; a web process would grow with each card.
"""

import json
import sys
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("card.typ")
FONTS = Path(__file__).with_name("fonts")


def typeset(card: dict) -> bytes:
    """Return the PNG, 1200 by 630 pixels. Texts are passed as data and never parsed as Typst markup."""
    return typst.compile(
        TEMPLATE.read_bytes(),
        format="png",
        ppi=72,  # a point is a pixel
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[FONTS]),  # the same on every machine
        sys_inputs={"card": json.dumps(card)},
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(json.load(sys.stdin)))
