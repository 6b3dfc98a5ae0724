"""The HTML of every page for readers: parsed as browsers must parse it, without an error, and with nothing left hanging."""

from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.conf import settings
from justhtml import JustHTML

from tests.addresses import addresses, placed
from tests.factories import RecommendationFactory, SeriesFactory, TopicFactory
from tests.reading import text

REFERENCES = ["for", "form", "list", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns"]

# What the bare addresses do not show: lists of each kind, days that are past or none, and what is not there.
OTHER_STATES = [
    "/recommendations/?rows=compact",
    "/recommendations/?q=find&status=issued&group=found",
    "/recommendations/?q=fnid",
    "/recommendations/?q=find&status=withdrawn",
    "/recommendations/?page=2",
    "/recommendations/?as_of=2024-01-01",
    "/recommendations/?as_of=nonsense",
    "/changes/?since=2020-01-01&until=2040-01-01",
    "/changes/?since=nonsense",
    "/groups/?as_of=2020-01-01",
    "/chapters/?as_of=nonsense",
    "/nowhere/",
]


class Page:
    """A page at an address as a browser without scripts reads it, which sees what is in <noscript> too."""

    def __init__(self, address: str, html: str):
        self.address = address
        self.parsed = JustHTML(html, sanitize=False, collect_errors=True, scripting_enabled=False)
        self.ids = Counter(each.attrs["id"] for each in self.parsed.query("[id]"))

    def faults(self) -> list[str]:
        """What the standard forbids in it, and what names something that is not there."""
        return (
            [str(error) for error in self.parsed.errors]
            + [f"{count} elements are #{name}" for name, count in self.ids.items() if count > 1]
            + [
                f'{attribute}="{name}" is nothing'
                for attribute in REFERENCES
                for each in self.parsed.query(f"[{attribute}]")
                for name in each.attrs[attribute].split()
                if name not in self.ids
            ]
        )

    def links(self) -> set[tuple[str, str]]:
        """(address, id) of each place inside a page that it leads to."""
        wholes = [urlsplit(urljoin(self.address, each.attrs["href"])) for each in self.parsed.query("a[href*='#']")]
        return {(whole._replace(fragment="").geturl(), unquote(whole.fragment)) for whole in wholes}


def faults_of(pages: list[Page]) -> dict[str, list[str]]:
    """{address: faults} of those that have any. A place inside a page that is not among `pages` is anybody's guess."""
    ids = {page.address: page.ids for page in pages}
    found = {}
    for page in pages:
        hanging = [f"{address}#{name}" for address, name in page.links() if name not in ids.get(address, [name])]
        if faults := page.faults() + [f"{link} is nowhere" for link in hanging]:
            found[page.address] = faults
    return found


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p><div>A block</div></p>", "end tag"),
        ("<ul><li>One</ul></div>", "div"),
        ('<p id="a"></p><p id="a"></p>', "2 elements are #a"),
        ('<label for="b">Name</label><input id="a">', 'for="b" is nothing'),
        ('<p aria-describedby="a b" id="a"></p>', 'aria-describedby="b" is nothing'),
        ('<a href="#b">Down</a><p id="a"></p>', "/page/#b is nowhere"),
        ('<a href="/page/#b">Down</a>', "/page/#b is nowhere"),
    ],
)
def test_faults_are_found(html, fault):
    page = Page("/page/", f"<!doctype html><title>A page</title>{html}")

    [found] = faults_of([page])["/page/"]
    assert fault in found


def test_a_page_without_faults_has_none():
    html = '<!doctype html><title>A page</title><p id="a"><a href="#a">Here</a> <a href="/elsewhere/#b">There</a></p>'

    assert faults_of([Page("/page/", html)]) == {}


@pytest.mark.django_db(transaction=True)  # a digest is frozen in a transaction of its own
def test_every_page_is_valid_and_refers_to_what_is_there(client):
    bare = [address for _name, _language, address in addresses(placed())]
    topic = TopicFactory(group__slug="found")
    RecommendationFactory.create_batch(60, title_en="Find", title_es="Find", issue__topic=topic)
    states = [prefix + address for address in OTHER_STATES for prefix in ["", "/es"]]
    pages = []
    for address in bare + states:
        response = client.get(address)
        if response["Content-Type"].startswith("text/html"):
            pages.append(Page(address, text(response)))

    assert faults_of(pages) == {}
    assert len(pages) > len(states)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/subscribe/", "/es/subscribe/"])
def test_the_errors_of_a_form_lead_to_its_fields(client, address):
    SeriesFactory()

    page = Page(address, text(client.post(address, {})))

    assert faults_of([page]) == {}
    assert len(page.links()) > 2  # past the one that skips to the content


def test_the_page_for_what_goes_wrong_is_valid():
    html = Path(settings.BASE_DIR, "templates", "500.html").read_text()

    assert faults_of([Page("/", html)]) == {}
