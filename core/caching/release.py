"""A hash of the release, for caches that must not outlive it."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings

HASHED_FOLDERS = [
    "config",
    "core",
    "mail",
    "working_groups",
    "recommendations",
    "reviews",
    "templates",
    "static",
    "locale",
]


@cache
def release() -> str:
    """Hash everything that pages are made with: the same on every machine that runs the same release."""
    digest = hashlib.sha256()
    for folder in HASHED_FOLDERS:
        for path in sorted(Path(settings.BASE_DIR, folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.relative_to(settings.BASE_DIR).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
