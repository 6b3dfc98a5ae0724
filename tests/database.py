"""SQL past Django, to try the rules where nothing else can hold them."""

import time
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext


def sql(statement, *values):
    """Run one statement; give its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def insert(table, **columns) -> int:
    """Insert one row and give its id."""
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    [[pk]] = sql(f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING id", *columns.values())
    return pk


def as_if_recorded(update, days_ago: int):
    """Move the moment at which a row of the ledger was recorded into the past, which no trigger lets anybody do."""
    sql("SET session_replication_role = replica")
    sql(
        "UPDATE recommendations_update SET recorded_at = now() - make_interval(days => %s) WHERE id = %s",
        days_ago,
        update.pk,
    )
    sql("SET session_replication_role = origin")
    update.refresh_from_db()


def check_what_waits_for_the_commit():
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def refused(rule):
    """The database refuses what is done inside, at the latest when it would be committed, by the rule named."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():  # noqa: PT012
        yield
        check_what_waits_for_the_commit()
    error = refusal.value.__cause__.diag
    assert rule in (error.constraint_name or error.message_primary)


def queries_of(function, *args) -> int:
    """The number of queries that a function makes from its second call on: some things Django asks once a process."""
    function(*args)
    with CaptureQueriesContext(connection) as captured:
        function(*args)
    return len(captured)


def in_another_connection(function, *args, **kwargs):
    """What a thread runs: `function`, and then its connection is given back."""
    try:
        return function(*args, **kwargs)
    finally:
        connection.close()


def wait_until_somebody_waits_for_us():
    """Return when another connection waits for a lock that this transaction holds."""
    deadline = time.monotonic() + 10
    while not sql("SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"):
        assert time.monotonic() < deadline, "nobody waits for this transaction"
