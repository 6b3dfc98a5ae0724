"""What readers do: fill in the form, and follow the links of the e-mails that they get."""

import re
from html import unescape
from urllib.parse import urlsplit

from django.test import Client

from mail.delivery.deliver import deliver
from tests.reading import text

ADDRESS = "ana@example.org"


def filled_in(chosen, email=ADDRESS, **changes) -> dict:
    """The form of `/subscribe/` as a reader sends it."""
    return {"email": email, "series": [series.pk for series in chosen], "language": "en", "agrees": "on"} | changes


def asks(*args, prefix="", **changes):
    """The answer to a reader who sends the form, from a browser of their own."""
    return Client().post(f"{prefix}/subscribe/", filled_in(*args, **changes))


def letters(sink, email=ADDRESS) -> list:
    """The e-mails that have come to an address, after those that are due are sent."""
    deliver()
    return sink.messages_to(email)


def body(letter) -> str:
    return letter.get_body(["plain"]).get_content()


def link(letter) -> str:
    """Where the letter's text leads to: the path of its one link with a token."""
    [path] = {urlsplit(url).path for url in re.findall(r"https?://\S+", body(letter)) if "/subscriptions/" in url}
    return path


def heading(response) -> str:
    return unescape(re.search(r"<h1>(.*?)</h1>", text(response))[1])


def main(response) -> str:
    """What is in a page besides the head and the foot that all have."""
    return text(response).partition("<main")[2].partition("</main>")[0]
