"""A database of the benchmarks' own, with the real data in it, which is dropped when they end."""

import io
import logging
import os
import re
from contextlib import contextmanager
from pathlib import Path

import django

NAME = "tracker_benchmark"


def setup(name=None):
    """Set Django up; in a further process, on the scratch database `name`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SITE_URL", "https://tracker.example")
    os.environ.setdefault("ALLOWED_HOSTS", "tracker.example")
    django.setup()
    logging.disable(logging.WARNING)
    if name:
        from django.db import connection

        connection.settings_dict["NAME"] = name


@contextmanager
def scratch_database():
    """The connection, which leads to the scratch database inside."""
    setup()
    from django.core.management import call_command
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = NAME
    own = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        call_command("load_data", stdout=io.StringIO())
        yield connection
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)


def own_peak_memory() -> int:
    """The most that this process has held, in MB: since it began, and nothing of the one that started it."""
    # Not getrusage(), whose peak is handed down from parent to child, also across exec.
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024
