"""A message as bytes: what its readers share is serialized once, and arrives unharmed."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from django.conf import settings

from mail.message.headers import automatic_headers
from mail.message.mime import TOKEN, as_received, assemble, compose

HARD_TO_CARRY = (
    ".A dot begins it.\n..Two dots, <b>bold</b> & “quotes”, 5 = 5, ñandú, 🚢, {{ name }}: None "
    "https://example.org/" + "a" * 300 + "\n.\nFrom here on it is\tover.\n"
)
OF_ONE = {
    "address": "ada@example.org",
    "message_id": "<1@tracker.example>",
    "date": datetime(2030, 6, 1, 16, tzinfo=UTC),
    "token": "the-token",
}


@pytest.fixture(params=["text and HTML", "text alone"])
def wire(request) -> bytes:
    text = HARD_TO_CARRY + f"https://tracker.example/{TOKEN}/\n"
    html = f"<p>{HARD_TO_CARRY}<a href='https://tracker.example/{TOKEN}/'>Change</a>" if "HTML" in request.param else ""
    headers = automatic_headers(
        "Un señal\nlarga " * 12, "es", unsubscribe_url=f"https://tracker.example/{TOKEN}/stop/", list_id="news"
    )
    return assemble(compose(headers, text, html), **OF_ONE)


@pytest.fixture
def message(wire):
    return message_from_bytes(as_received(wire), policy=policy.default)


def test_it_is_ascii_in_short_lines_that_end_as_they_should(wire):
    wire.decode("ascii")
    assert wire.endswith(b"\r\n.\r\n")
    lines = wire.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\r" in line or b"\n" in line for line in lines)


def test_no_line_but_the_last_ends_it_early(wire):
    lines = wire.removesuffix(b"\r\n.\r\n").split(b"\r\n")
    assert not [line for line in lines if line.startswith(b".") and not line.startswith(b"..")]


def test_what_is_hard_to_carry_arrives_unharmed(message):
    assert HARD_TO_CARRY in message.get_body(["plain"]).get_content().replace("\r\n", "\n")
    assert not message.defects
    if html := message.get_body(["html"]):
        assert HARD_TO_CARRY in html.get_content().replace("\r\n", "\n")


def test_its_reader_is_named_where_a_place_was_left(message):
    assert message["To"] == "ada@example.org"
    assert message["Message-ID"] == "<1@tracker.example>"
    assert message["Date"].datetime == OF_ONE["date"]
    assert message["List-Unsubscribe"] == "<https://tracker.example/the-token/stop/>"
    assert "https://tracker.example/the-token/" in message.get_body(["plain"]).get_content()
    assert TOKEN not in message.as_string()


def test_its_headers_say_what_it_is_and_who_writes(message):
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Content-Language"] == "es"
    assert message["List-Id"] == "<news.tracker.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Subject"] == " ".join(["Un señal larga"] * 12)
    assert message["From"].addresses[0].display_name == "Seguimiento de Recomendaciones C26+"
    assert message["From"].addresses[0].addr_spec in settings.DEFAULT_FROM_EMAIL
    assert message["Reply-To"].addresses[0].display_name == "Seguimiento de Recomendaciones C26+"


def test_no_header_comes_twice(message):
    names = [name.lower() for name in message]
    assert len(names) == len(set(names))


def test_it_is_the_same_each_time_it_is_made():
    headers = automatic_headers("A subject", "en")

    assert compose(headers, "Text.", "<p>HTML.") == compose(headers, "Text.", "<p>HTML.")
