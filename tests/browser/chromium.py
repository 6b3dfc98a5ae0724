"""The Chromium of the machine: nothing is downloaded."""

import os
import shutil

NAMES = ["chromium", "chromium-browser", "google-chrome"]
ARGUMENTS = [
    "--no-sandbox",  # containers give none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
IS_NEEDED = bool(os.environ.get("CI_NEEDS_BROWSER"))


def find() -> str | None:
    """The path of the first browser of NAMES that there is."""
    return next(filter(None, map(shutil.which, NAMES)), None)
