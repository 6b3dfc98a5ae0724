"""The version of what public pages show: another one after each committed change, whoever wrote it.

A model that public pages show has `triggers = [CONTENT_CHANGED]` among its triggers; a test asks for it. The database
notes the change, so that SQL is seen like everything else.
"""

import pgtrigger
from django.db import connection

# See sql/note_content_change.sql.
NOTE_CHANGE = "PERFORM note_content_change(); RETURN NULL;"  # the body of a trigger

CONTENT_CHANGED = pgtrigger.Trigger(
    name="content_changed",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
    func=NOTE_CHANGE,
)


def content_version() -> str:
    """Return what is another one after each change of what public pages show. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT connection, changed_at FROM content_change ORDER BY connection")
        return str([(number, moment.isoformat()) for number, moment in cursor])
