"""Tasks that wait for staff, on the first page of the admin. Each app registers a function that lists its own."""

from collections.abc import Callable
from dataclasses import dataclass

ATTENTION_SOURCES: list[tuple[str, Callable[[], list["AttentionItem"]]]] = []


@dataclass(frozen=True)
class AttentionItem:
    """A sentence, and the page where somebody can do something about it."""

    text: str
    url: str


def attention_source(permission: str):
    """Register a function that returns attention items; they are shown to those who have `permission`."""

    def register(source):
        ATTENTION_SOURCES.append((permission, source))
        return source

    return register


def is_for(user) -> bool:
    """Return whether anything could wait for this user."""
    return any(user.has_perm(permission) for permission, _source in ATTENTION_SOURCES)


def attention_items(user) -> list[AttentionItem]:
    """Return what waits for this user."""
    return [item for permission, source in ATTENTION_SOURCES if user.has_perm(permission) for item in source()]
