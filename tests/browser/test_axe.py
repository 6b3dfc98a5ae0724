"""Every page for readers, as axe sees it (https://github.com/dequelabs/axe-core): in both languages, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.addresses import LANGUAGES, addresses, placed, public_patterns

pytestmark = pytest.mark.django_db

# The addresses that lead to no page; every other one is a page, also if it is new.
FILES = [
    "badge",
    "bibtex",
    "briefing",
    "calendar",
    "card",
    "changes-export",
    "digests:feed",
    "digests:own-data",
    "export",
    "feed",
    "figure-export",
    "milestone-calendar",
]
PAGES = [name for name, _pattern in public_patterns() if name not in FILES]


@pytest.fixture(scope="module")
def addresses_of_pages(server) -> dict[tuple[str, str], str]:
    """Each public address by its name and language, with one of everything behind them."""
    return {(name, language): address for name, language, address in addresses(placed())}


def found_in(page, **options) -> list[str]:
    """What axe finds wrong: its rule, and the elements."""
    violations = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [f"{each['id']}: {', '.join(str(node['target']) for node in each['nodes'])}" for each in violations]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_wrong_with_the_page(addresses_of_pages, page, name, language):
    page.emulate_media(color_scheme="light")
    response = page.goto(addresses_of_pages[name, language])
    assert response.headers["content-type"].startswith("text/html")
    in_the_light = found_in(page)

    page.emulate_media(color_scheme="dark")  # of which only the colors are news
    in_the_dark = found_in(page, runOnly=["color-contrast", "link-in-text-block"])

    assert (in_the_light, in_the_dark) == ([], [])


@pytest.mark.parametrize("name", FILES)
def test_what_axe_does_not_see_is_no_page(addresses_of_pages, page, name):
    response = page.request.get(addresses_of_pages[name, "en"])

    assert response.ok
    assert "html" not in response.headers["content-type"]


def test_axe_is_awake(addresses_of_pages, page):
    page.goto("/subscribe/")
    page.evaluate("document.documentElement.removeAttribute('lang')")

    assert found_in(page) == ["html-has-lang: ['html']"]
