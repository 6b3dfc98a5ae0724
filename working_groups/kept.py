"""What is worked out of the public content alone: once, and kept in this process until the content changes."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from django.utils.translation import get_language

T = TypeVar("T")

_version: ContextVar[str | None] = ContextVar("version", default=None)
_kept: dict[str, dict] = {}  # of one version, the last that was asked about


def keep_for(version: str | None):
    """From now on a page is made for everybody, of content of this `version` or newer; for None, nothing is kept."""
    _version.set(version)


def kept(name: str, make: Callable[[], T]) -> T:
    """What `make` gives, or what it gave for this `name`, language and version of the content; nobody may change it."""
    version = _version.get()
    if version is None:
        return make()
    if version not in _kept:
        _kept.clear()
    of_version = _kept.setdefault(version, {})
    key = name, get_language()
    if key not in of_version:
        of_version[key] = make()
    return of_version[key]
