"""Past views: what rows held at the end of a day, read by the same queries as what they hold now.

Every table of which versions are kept has a view of its own name in the schema `past` (past_views.py), which gives its
rows as they stood at `past_until()`. Inside `words_of(day)` that schema comes first in the search path. So lists, pages,
files and the API need not know of versions, a past view makes no more queries than a present one, and only it pays.

The statuses of a day come from the ledger: `as_of()` in recommendations/querysets.py.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

PRESENT, PAST = "public", "past, public"
LAST_DAY = date.max - timedelta(days=2)  # whose end is a moment in every time zone

_day_read = ContextVar("day_read", default=None)  # None is the present


@contextmanager
def words_of(day: date | None):
    """Have the queries inside read the words of `day`: the last that it had, or the first that are known.

    None, today and days to come are the present, also inside of another `words_of`. Nothing is to be written inside.
    """
    if day is not None and day >= timezone.localdate():
        day = None
    if day == _day_read.get():
        yield
        return
    token = _day_read.set(day)
    try:
        # An error ends the transaction, or the savepoint, and with it what was set in it.
        with transaction.atomic(), connection.cursor() as cursor:
            before = _look(cursor, PAST if day else PRESENT, end_of(day).isoformat() if day else "")
            yield
            _look(cursor, *before)
    finally:
        _day_read.reset(token)


def end_of(day: date) -> datetime:
    """Return the moment at which `day` ends here; there is none after the last of all days."""
    return timezone.make_aware(datetime.combine(min(day, LAST_DAY) + timedelta(days=1), time()))


def _look(cursor, path: str, until: str) -> tuple[str, str]:
    """Set for this transaction where tables are looked for, and up to when; return what it was before."""
    cursor.execute(
        """
        WITH earlier AS MATERIALIZED (
            SELECT current_setting('search_path') AS path, coalesce(current_setting('tracker.past_until', true), '') AS until
        )
        SELECT path, until, set_config('search_path', %s, true), set_config('tracker.past_until', %s, true) FROM earlier
        """,
        [path, until],
    )
    return cursor.fetchone()[:2]
