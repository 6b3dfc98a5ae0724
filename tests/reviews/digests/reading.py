"""A message as tests read it."""

import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import cached_property
from html.parser import HTMLParser

CODE = re.compile(r"\b20\d\d-[A-Z]+-\w+(?:-\w+)?\b")
URL = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Letter:
    """One message, by its bytes as the reader gets them; what it should say is in the fields beside."""

    raw: bytes
    wire: bytes  # the same as it is sent after DATA
    recipient: str
    token: str
    language: str
    groups: tuple[str, ...]
    message_id: str
    content: dict
    subject: str

    @cached_property
    def message(self):
        return message_from_bytes(self.raw, policy=policy.default)

    @cached_property
    def text(self) -> str:
        return self.message.get_body(["plain"]).get_content().replace("\r\n", "\n")

    @cached_property
    def source(self) -> str:
        return self.message.get_body(["html"]).get_content().replace("\r\n", "\n")

    @cached_property
    def html(self) -> "Html":
        return Html(self.source)

    @property
    def shown(self) -> list[dict]:
        """The frozen groups that it is about."""
        return [group for group in self.content["groups"] if not self.groups or group["slug"] in self.groups]

    def news_of(self, group) -> list[dict]:
        return [row for row in self.content["news"] if row["group"] == group["slug"]]


@dataclass
class Table:
    attributes: dict
    captions: int = 0
    heads: list[dict] = field(default_factory=list)


class Html(HTMLParser):
    """The tags of an HTML document with their attributes, its words, and its tables."""

    def __init__(self, source):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.tables: list[Table] = []
        self.words = ""
        self._open: list[Table] = []
        self.feed(source)

    @property
    def links(self) -> set[str]:
        return {attributes["href"] for tag, attributes in self.tags if tag == "a"}

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag == "table":
            self._open.append(Table(attributes))
            self.tables.append(self._open[-1])
        elif tag == "caption":
            self._open[-1].captions += 1
        elif tag == "th":
            self._open[-1].heads.append(attributes)

    def handle_endtag(self, tag):
        if tag == "table":
            self._open.pop()

    def handle_data(self, data):
        self.words += data
