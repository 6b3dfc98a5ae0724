"""The card that a link to a recommendation is shown with."""

import struct
import zlib
from datetime import date

import pytest
from justhtml import JustHTML

from recommendations.charts.status_style import COLORS
from recommendations.models import Document
from recommendations.models.status import Status
from recommendations.sharing import card, views
from tests.factories import DocumentFactory, RecommendationFactory, record

pytestmark = pytest.mark.django_db

SIZE = (1200, 630)  # as those who show links ask for


@pytest.fixture
def recommendation():
    recommendation = RecommendationFactory(code="2023-SB-3a", title_en="Single windows", title_es="Ventanillas únicas")
    record(recommendation, status="in_progress", effective_on=date(2025, 11, 3))
    return recommendation


def size_and_color(response) -> tuple[tuple[int, int], str]:
    """The size of a PNG, and the color of its first pixel."""
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    content = response.content
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    parts, place = b"", 8
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        if kind == b"IDAT":
            parts += content[place + 8 : place + 8 + length]
        place += length + 12
    # Whatever the first line is filtered by, its first pixel is as it is; a byte before it says the filter.
    return struct.unpack(">II", content[16:24]), f"#{zlib.decompress(parts)[1:4].hex()}"


def meta(response) -> dict[str, str]:
    """What the head of a page says to those who show its link."""
    found = JustHTML(response.content.decode(), sanitize=False).query("meta[content]")
    return {tag.attrs.get("property") or tag.attrs.get("name"): tag.attrs["content"] for tag in found}


def test_it_is_a_picture_of_the_size_that_is_asked_for_with_the_color_of_the_status(client, recommendation):
    found = size_and_color(client.get("/recommendations/2023-SB-3a/card.png"))

    assert found == (SIZE, COLORS[Status.IN_PROGRESS])


def test_each_language_has_its_own(client, recommendation):
    pictures = {client.get(f"{prefix}/recommendations/2023-SB-3a/card.png").content for prefix in ["", "/es"]}

    assert len(pictures) == 2


@pytest.mark.parametrize("title", ["W" * 200, "Wor " * 50, '#[escape] $x$ \\ "quoted"', "漢字 🚢 ﷽", "one\x0btwo"])
def test_any_title_has_a_card(client, title):
    RecommendationFactory(code="2023-SB-3a", title_en=title)

    assert size_and_color(client.get("/recommendations/2023-SB-3a/card.png"))[0] == SIZE


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("", "2023-SB-3a Single windows · In progress · Last update: November 3, 2025"),
        ("/es", "2023-SB-3a Ventanillas únicas · En proceso · Última actualización: 3 de noviembre de 2025"),
    ],
)
def test_the_page_names_it_and_says_what_it_shows(client, recommendation, prefix, words):
    found = meta(client.get(f"{prefix}/recommendations/2023-SB-3a/"))

    assert found["og:image"] == f"https://tracker.example{prefix}/recommendations/2023-SB-3a/card.png"
    assert found["twitter:card"] == "summary_large_image"
    assert found["og:image:alt"] == words


def test_what_had_no_update_says_when_it_was_published(client):
    RecommendationFactory(code="2023-SB-3a", title_en="One", document=DocumentFactory(published_on=date(2023, 9, 18)))

    alt = meta(client.get("/recommendations/2023-SB-3a/"))["og:image:alt"]

    assert alt == "2023-SB-3a One · Issued · Published September 18, 2023"


def test_other_pages_keep_the_card_of_the_site(client, recommendation):
    found = meta(client.get("/recommendations/"))

    assert found["og:image"] == "https://tracker.example/static/card.png"
    assert client.get("/static/card.png").getvalue().startswith(b"\x89PNG")
    assert found["og:image:alt"] == "C26+ Recommendations Tracker"


def test_a_page_of_the_past_does_not_show_the_status_of_today(client, recommendation):
    found = meta(client.get("/recommendations/2023-SB-3a/?as_of=2024-01-01"))

    assert found["og:image"] == "https://tracker.example/static/card.png"


@pytest.mark.parametrize("visibility", ["members", "staff"])
def test_what_is_hidden_has_none(client, recommendation, visibility):
    Document.objects.filter(pk=recommendation.document.pk).update(visibility=visibility)

    assert client.get("/recommendations/2023-SB-3a/card.png").status_code == 404
    assert client.get("/recommendations/2023-SB-4/card.png").status_code == 404


def test_of_many_at_once_some_are_asked_to_come_back(client, recommendation):
    for _ in range(2):
        assert views.CARDS_AT_ONCE.acquire(blocking=False)
    try:
        response = client.get("/recommendations/2023-SB-3a/card.png")
    finally:
        for _ in range(2):
            views.CARDS_AT_ONCE.release()

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert client.get("/recommendations/2023-SB-3a/card.png").status_code == 200


@pytest.mark.django_db(transaction=True)  # nothing is stored of what is seen inside a transaction
def test_it_is_made_again_only_when_something_changed(client, recommendation, monkeypatch):
    made = []
    monkeypatch.setattr(card, "draw", lambda recommendation: made.append(recommendation.status) or b"PNG")
    address = "/recommendations/2023-SB-3a/card.png"

    first, second = client.get(address), client.get(address)
    assert first["ETag"] == second["ETag"]
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    record(recommendation, status="implemented", effective_on=date(2026, 1, 1))
    client.get(address)

    assert made == ["in_progress", "implemented"]
