"""What a briefing book says, as one plain structure. PDF and DOCX set it and add nothing.

All texts are in one language and ready to print; a status is its value ("in_progress"), and `Book.labels` has its name.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A document, or a source of evidence; `day` is in words, and empty where it is not known."""

    publisher: str
    title: str
    url: str
    day: str


@dataclass(frozen=True)
class Event:
    """One row of the ledger. `previous` is the status before it, or empty where it changed none."""

    day: str
    status: str
    previous: str
    what: str
    notes: list[str]
    sources: list[Source]


@dataclass(frozen=True)
class Asked:
    """An addressee and its response, with the source of that where there is one."""

    name: str
    response: str
    sources: list[Source]


@dataclass(frozen=True)
class Entry:
    """One recommendation as it stood on the day; `earlier` counts, in words, the updates left out."""

    code: str
    title: str
    url: str
    is_priority: bool
    place: str
    status: str
    since: str
    summary: str
    success_test: str
    asked: list[Asked]
    chapters: list[str]
    events: list[Event]
    earlier: str


@dataclass(frozen=True)
class Pointer:
    """A recommendation that stands in full in another part."""

    code: str
    title: str
    status: str


@dataclass(frozen=True)
class StateOfPlay:
    """How many of a set stand at each status; every status is a key."""

    name: str
    counts: dict[str, int]
    total: int
    open: int
    closed: int


@dataclass(frozen=True)
class Part:
    """The recommendations of one group or chapter: in full, or pointed to."""

    title: str
    description: str
    sum: str
    tally: StateOfPlay
    entries: list[Entry]
    pointers: list[Pointer]


@dataclass(frozen=True)
class Movement:
    """What changed of one recommendation; `before` is empty where it is new. `more` counts, in words, what is left out.

    `events` has the one update that tells most of it, or none where the entry tells all.
    """

    code: str
    title: str
    before: str
    after: str
    events: list[Event]
    more: str


@dataclass(frozen=True)
class Movements:
    """The changes of one kind."""

    kind: str
    movements: list[Movement]


@dataclass(frozen=True)
class Definition:
    status: str
    text: str


@dataclass(frozen=True)
class Book:
    """All of it, cover to notes."""

    language: str
    day: str  # ISO
    title: str
    milestone: str
    series: str
    when: str
    warning: str
    as_of: str
    scope: str
    documents: list[str]
    publisher: str
    url: str
    state_of_play: str
    sum: str
    total: StateOfPlay
    by_group: list[StateOfPlay]
    changes_title: str
    changes_note: str
    changes: list[Movements]
    parts: list[Part]
    method: list[str]
    sources: list[Source]
    rules: list[str]
    definitions: list[Definition]
    labels: dict[str, str]
    words: dict[str, str]
