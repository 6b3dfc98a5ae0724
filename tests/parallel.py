"""What runs beside a test, and waiting for it."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection

from tests.database import sql


def beside(function, *args) -> Future:
    """Run a function in a thread and on a connection of its own."""

    def run():
        try:
            return function(*args)
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    future = pool.submit(run)
    pool.shutdown(wait=False)
    return future


@contextmanager
def nobody_reads(table):
    """Whoever would read a table has to wait until the end of the block."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        other.rollback()
        other.close()


def somebody_waits_for(table) -> bool:
    return bool(sql("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass", table))


def cut_off_who_waits_for(table):
    """Let whoever waits for a table lose the connection to the database."""
    sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", table)


def eventually(condition, seconds=60) -> bool:
    """Wait until a condition holds; give whether it does."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds
