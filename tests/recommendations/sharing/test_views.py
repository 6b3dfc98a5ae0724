"""Badges and frames for other people's pages: complete in themselves, of what is public only."""

import re
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from recommendations.charts.status_style import COLORS
from recommendations.models.status import Status
from recommendations.sharing import badge
from tests.factories import DocumentFactory, RecommendationFactory, WorkingGroupFactory, record
from tests.reading import text

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ['<script>alert("1")</script>', "]]> & &amp; '\"", "one\x0btwo\x1f\ufffe", "a\u2028b 🚢"]


@pytest.fixture
def drawn(client):
    """The badge of a recommendation, read as XML."""

    def drawn(address="/recommendations/2023-SB-3a/badge.svg"):
        response = client.get(address)
        assert response.status_code == 200
        assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
        return ElementTree.fromstring(response.content)

    return drawn


def words(image) -> list[str]:
    return [element.text for element in image.iter(f"{SVG}text")]


@pytest.mark.parametrize("status", Status)
def test_a_badge_has_the_shape_the_word_and_the_color_of_the_status(status):
    recommendation = RecommendationFactory.build(code="2023-SB-3a", issue=None, status=None)
    recommendation.status = status

    image = ElementTree.fromstring(badge.draw(recommendation))

    assert words(image) == ["2023-SB-3a", status.label]
    [mark] = image.findall(f".//{SVG}svg")
    assert mark.attrib["color"] == COLORS[status]
    assert len(mark) > 0
    assert "var(" not in badge.draw(recommendation)


def test_it_is_as_wide_as_its_words(drawn):
    RecommendationFactory(code="2023-SB-3a", status="in_progress")
    RecommendationFactory(code="2023-SB-3b", status="partially_implemented")

    short, long = drawn(), drawn("/recommendations/2023-SB-3b/badge.svg")

    assert int(long.attrib["width"]) > int(short.attrib["width"])
    for image in [short, long]:
        for element in image.iter(f"{SVG}text"):
            assert int(element.attrib["x"]) + int(element.attrib["textLength"]) < int(image.attrib["width"])


def test_it_speaks_spanish(drawn):
    RecommendationFactory(code="2023-SB-3a", title_es="Aduanas", status="in_progress")

    image = drawn("/es/recommendations/2023-SB-3a/badge.svg")

    assert words(image) == ["2023-SB-3a", "En proceso"]
    assert image.find(f"{SVG}title").text == "2023-SB-3a: En proceso. Aduanas"


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_breaks_its_xml(drawn, title):
    RecommendationFactory(code="2023-SB-3a", title_en=title)

    image = drawn()

    printable = "".join(each if each.isprintable() else " " for each in title)
    assert image.find(f"{SVG}title").text == f"2023-SB-3a: Issued. {printable}"
    assert {element.tag.removeprefix(SVG) for element in image.iter()} <= {
        *("svg", "title", "clipPath", "rect", "g", "text"),
        *("circle", "path"),
    }


# Frames


EMBEDDED = [
    "/recommendations/2023-SB-3a/badge.svg",
    "/recommendations/2023-SB-3a/widget/",
    "/groups/borders/widget/",
]


@pytest.fixture
def _one_recommendation():
    group = WorkingGroupFactory(slug="borders", name_en="Borders & <more>", name_es="Fronteras")
    RecommendationFactory(code="2023-SB-3a", group=group, status="in_progress", title_en="Digital customs")


@pytest.mark.usefixtures("_one_recommendation")
class TestFrames:
    @pytest.mark.parametrize("prefix", ["", "/es"])
    @pytest.mark.parametrize("address", EMBEDDED[1:])
    def test_anybody_may_frame_a_widget(self, client, prefix, address):
        response = client.get(prefix + address)

        assert response.status_code == 200
        assert "X-Frame-Options" not in response
        policy = policy_of(response)
        assert policy["frame-ancestors"] == "*"
        assert (policy["default-src"], policy["script-src"]) == ("'none'", "'self'")
        assert "<script" not in text(response)

    @pytest.mark.parametrize(
        "address", ["/", "/recommendations/2023-SB-3a/", "/groups/borders/", "/groups/nowhere/widget/", EMBEDDED[0]]
    )
    def test_nobody_may_frame_anything_else(self, client, address):
        response = client.get(address)

        assert response["X-Frame-Options"] == "DENY"
        assert policy_of(response)["frame-ancestors"] == "'none'"

    @pytest.mark.parametrize("address", EMBEDDED)
    def test_any_cache_may_keep_what_is_embedded(self, client, as_staff, address):
        response = as_staff.get(address)

        assert response["Cache-Control"] == "public, max-age=3600"
        assert "Cookie" not in response["Vary"]
        assert text(response) == text(client.get(address))

    @pytest.mark.parametrize("address", EMBEDDED[1:])
    @pytest.mark.parametrize(
        ("query", "html"),
        [
            ("", '<html lang="en">'),
            ("?theme=light", '<html lang="en" class="light">'),
            ("?theme=dark", '<html lang="en" class="dark">'),
            ("?theme=%22%3E", '<html lang="en">'),
        ],
    )
    def test_a_frame_is_light_or_dark_as_its_address_says(self, client, address, query, html):
        assert html in text(client.get(address + query))

    def test_links_leave_the_frame(self, client):
        for address in EMBEDDED[1:]:
            assert '<base target="_blank">' in text(client.get(address))

    def test_a_group_shows_its_state_of_play_with_its_table(self, client):
        page = text(client.get("/groups/borders/widget/"))

        assert "1 recommendation: 1 open, 0 closed" in page
        assert re.search(r"<table.*In progress.*<b>1</b>.*</table>", page, re.DOTALL)
        assert 'href="/groups/borders/"' in page

    def test_a_recommendation_shows_its_status_and_how_fresh_it_is(self, client):
        page = text(client.get("/recommendations/2023-SB-3a/widget/"))

        assert "In progress" in page
        assert "last update May 1, 2024" in page
        assert 'href="/recommendations/2023-SB-3a/"' in page


def policy_of(response) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))


# What is not published


def test_what_is_not_published_has_no_badge_and_no_widget_for_anybody(as_staff):
    RecommendationFactory(code="2023-SB-3a", document=DocumentFactory(visibility="staff"), title_en="A secret")

    for address in EMBEDDED[:2]:
        assert as_staff.get(address).status_code == 404
    page = text(as_staff.get("/recommendations/2023-SB-3a/"))
    assert "badge.svg" not in page
    assert "widget" not in page


def test_what_is_not_published_does_not_count_in_the_widget_of_its_group(as_staff):
    group = WorkingGroupFactory(slug="borders")
    RecommendationFactory(group=group)
    hidden = RecommendationFactory(group=group, issue__topic__document__visibility="members")
    record(hidden, status="implemented")

    page = text(as_staff.get("/groups/borders/widget/"))

    assert "1 recommendation: 1 open, 0 closed" in page


# The code to copy


class Tags(HTMLParser):
    def __init__(self, source):
        super().__init__()
        self.found = {}
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.found[tag] = dict(attrs)


def code_to_copy(page, name) -> dict[str, dict]:
    """The tags of the code that stands in a field, as a browser would hand it over."""
    [code] = re.findall(rf'<textarea id="{name}" readonly[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return Tags(unescape(code)).found


@pytest.mark.usefixtures("_one_recommendation")
@pytest.mark.parametrize("prefix", ["", "/es"])
def test_a_record_gives_the_code_of_its_badge_and_its_frame(client, prefix):
    page = text(client.get(f"{prefix}/recommendations/2023-SB-3a/"))

    site = f"https://tracker.example{prefix}"
    found = code_to_copy(page, "embed-badge")
    assert found["a"]["href"] == f"{site}/recommendations/2023-SB-3a/"
    assert found["img"]["src"] == f"{site}/recommendations/2023-SB-3a/badge.svg"
    assert "2023-SB-3a" in found["img"]["alt"]
    found = code_to_copy(page, "embed-widget")
    assert found["iframe"]["src"] == f"{site}/recommendations/2023-SB-3a/widget/"


@pytest.mark.usefixtures("_one_recommendation")
def test_a_group_gives_the_code_of_its_frame(client):
    found = code_to_copy(text(client.get("/groups/borders/")), "embed-widget")

    assert found["iframe"]["src"] == "https://tracker.example/groups/borders/widget/"
    assert found["iframe"]["title"] == "Borders & <more>"
