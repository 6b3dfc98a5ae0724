"""The content of a briefing book as one plain structure. The PDF and the Word file lay it out and add nothing to it.

All texts are in one language and ready to print. A status is its value ("in_progress"); `Book.status_labels` has its name.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A document, or a source of evidence. `day` is in words, and empty where it is not known.

    `url` is what links lead to; `shown_url` is the same for people, with its letters as they are.
    """

    publisher: str
    title: str
    url: str
    shown_url: str
    day: str


@dataclass(frozen=True)
class Event:
    """One update. `previous` is the status before it, or empty where the status did not change.

    Among changes also an answer, whose `status` is empty.
    """

    day: str
    status: str
    previous: str
    description: str
    notes: list[str]
    sources: list[Source]


@dataclass(frozen=True)
class Addressee:
    """An organization asked to act and its answer, with the source of the answer where there is one."""

    name: str
    answer: str
    sources: list[Source]


@dataclass(frozen=True)
class Fact:
    """Something said of a recommendation, under its label."""

    label: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One recommendation as of the day of the book. `earlier` says how many of its updates are left out.

    `outlook` says why it stands where it does and what would move it; nothing in a book of a past day.
    """

    code: str
    title: str
    url: str
    is_priority: bool
    topic: str
    status: str
    since: str
    summary: str
    success_test: str
    outlook: list[Fact]
    addressees: list[Addressee]
    chapters: list[str]
    events: list[Event]
    earlier: str


@dataclass(frozen=True)
class CrossReference:
    """A recommendation whose entry is in another part."""

    code: str
    title: str
    status: str


@dataclass(frozen=True)
class StateOfPlay:
    """The number of recommendations at each status; every status is a key of `counts`."""

    name: str
    counts: dict[str, int]
    total: int
    open: int
    closed: int


@dataclass(frozen=True)
class Part:
    """The recommendations of one group or chapter."""

    title: str
    description: str
    totals: str
    state_of_play: StateOfPlay
    entries: list[Entry]
    cross_references: list[CrossReference]


@dataclass(frozen=True)
class Change:
    """The change of one recommendation. `before` is empty for a new one; `more` says how many updates are left out.

    `events` holds the update that made the change, or nothing for a new recommendation.
    """

    code: str
    title: str
    before: str
    after: str
    events: list[Event]
    more: str


@dataclass(frozen=True)
class ChangeGroup:
    """The changes of one kind."""

    kind: str
    changes: list[Change]


@dataclass(frozen=True)
class Definition:
    status: str
    text: str


@dataclass(frozen=True)
class Book:
    """A whole book, from the cover to the notes on method."""

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
    state_of_play_title: str
    totals: str
    state_of_play: StateOfPlay
    by_group: list[StateOfPlay]
    changes_title: str
    changes_note: str
    changes: list[ChangeGroup]
    parts: list[Part]
    method: list[str]
    sources: list[Source]
    rules: list[str]
    definitions: list[Definition]
    status_labels: dict[str, str]
    labels: dict[str, str]
