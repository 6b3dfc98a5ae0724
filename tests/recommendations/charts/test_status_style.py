"""How statuses look away from the pages: each has a color, a letter and an icon, and they are those of the pages."""

import re
from xml.etree import ElementTree

import pytest
from django.conf import settings

from recommendations.charts.status_style import COLORS, LETTERS, status_svg
from recommendations.models.status import Status


def test_the_colors_are_those_of_the_pages():
    css = (settings.BASE_DIR / "static" / "site.css").read_text()

    assert {status: re.search(rf"--{status}: light-dark\((#\w+), ", css)[1] for status in Status} == COLORS


def test_each_status_has_a_letter_of_its_own():
    assert set(LETTERS) == set(Status)
    assert len(set(LETTERS.values())) == len(Status)


@pytest.mark.parametrize("status", Status)
def test_each_status_has_an_icon_in_its_color(status):
    svg = status_svg(status)

    assert len(ElementTree.fromstring(svg)) > 0
    assert COLORS[status] in svg
    assert "currentColor" not in svg
