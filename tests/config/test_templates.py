"""Templates are read too: short lines, and one block-level element a line."""

import re

import pytest
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates"
WIDTH = 120
BLOCK_LEVEL = (
    "address|article|aside|blockquote|body|caption|col|colgroup|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure"
    "|footer|form|h[1-6]|head|header|hr|html|legend|li|link|main|meta|nav|ol|optgroup|option|p|pre|script|section|style"
    "|summary|table|tbody|td|template|tfoot|th|thead|title|tr|ul"
)
OPENING_TAG = re.compile(rf"<(?:{BLOCK_LEVEL})(?=[\s>{{/])", re.IGNORECASE)


@pytest.fixture(scope="module")
def lines() -> list[tuple[str, str]]:
    """Each line of each template, after its place: "recommendations/record.html:12"."""
    names = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())
    return [
        (f"{name}:{number}", line)
        for name in names
        for number, line in enumerate((TEMPLATES / name).read_text().splitlines(), start=1)
    ]


def test_no_line_is_longer_than_the_code_may_be(lines):
    assert lines
    assert [place for place, line in lines if len(line) > WIDTH] == []


def test_no_line_opens_two_block_level_elements(lines):
    assert [place for place, line in lines if len(OPENING_TAG.findall(line)) > 1] == []
