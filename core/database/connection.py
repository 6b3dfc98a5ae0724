"""How web processes speak with PostgreSQL."""

from psycopg import Connection

CHECK_SECONDS = 1


class WebConnection(Connection):
    """A connection that a server which hangs does not hold up: the pool asks, before it hands one out, if it works."""

    _timeout = None

    def execute(self, *args, **kwargs):
        """Only the pool's check comes here; Django has cursors of its own."""
        self._timeout = CHECK_SECONDS
        try:
            return super().execute(*args, **kwargs)
        finally:
            self._timeout = None

    def wait(self, gen, *args, timeout=None, **kwargs):
        return super().wait(gen, *args, timeout=timeout or self._timeout, **kwargs)
