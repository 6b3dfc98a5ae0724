"""Every page for readers, as axe sees it (https://github.com/dequelabs/axe-core): in both languages, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.config.test_site import addresses, placed

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def everything(server) -> list[str]:
    """The address of every public page, with one of everything behind them."""
    return [address for _language, address in addresses(placed())]


def found_in(page, **options) -> list[str]:
    """What axe finds wrong: its rule, and the elements."""
    violations = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [f"{each['id']}: {', '.join(str(node['target']) for node in each['nodes'])}" for each in violations]


def test_axe_finds_nothing_wrong_with_any_page(everything, page):
    wrong, pages = {}, 0
    for address in everything:
        if "html" not in page.request.head(address).headers["content-type"]:
            continue
        pages += 1
        page.emulate_media(color_scheme="light")
        page.goto(address)
        if problems := found_in(page):
            wrong[address] = problems
        page.emulate_media(color_scheme="dark")  # of which only the colours are news
        if problems := found_in(page, runOnly=["color-contrast", "link-in-text-block"]):
            wrong[f"{address} in the dark"] = problems

    assert wrong == {}
    assert pages > 40


def test_axe_is_awake(everything, page):
    page.goto("/subscribe/")
    page.evaluate("document.documentElement.removeAttribute('lang')")

    assert found_in(page) == ["html-has-lang: ['html']"]
