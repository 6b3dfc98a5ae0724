"""Processes of the project beside a test, on the test's database, broker and mail server."""

import os
import subprocess
import sys
from contextlib import contextmanager, suppress
from signal import SIGCONT, SIGKILL
from urllib.parse import quote, urlencode

from django.conf import settings as project
from django.db import connection


def worker(sink, name="worker", redis_url=None):
    """A Celery worker as in production."""
    options = ["worker", "--pool", "prefork", "-c", "2", "--hostname", f"{name}@%h"]
    return running("-m", "celery", "-A", "config", *options, sink=sink, redis_url=redis_url)


@contextmanager
def running(*arguments, sink, redis_url=None, **environment):
    """A Python process in a group of its own, which the end of the block ends, in whatever state it is.

    `environment`: variables that it has besides those that lead to the test's database, broker and mail server.
    """
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=project.BASE_DIR,
        env=os.environ
        | {
            "DATABASE_URL": _database_url(),
            "REDIS_URL": redis_url or project.REDIS_URL,
            "EMAIL_URL": f"smtp://{sink.host}:{sink.port}",
            "SITE_URL": project.SITE_URL,
        }
        | environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
        if process.poll() is None:
            os.killpg(process.pid, SIGCONT)
            process.terminate()
            # Celery's warm shutdown hangs now and then with Redis. Whoever runs it kills it then, and so does `finally`.
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
    finally:
        kill(process)


def run(*command, **env) -> subprocess.CompletedProcess:
    """Run a program of the project with nothing in its environment but what is given."""
    return subprocess.run(
        command,
        cwd=project.BASE_DIR,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"} | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def kill(process):
    """Let a process and its children be gone at once, as when their machine is."""
    if process.poll() is None:
        os.killpg(process.pid, SIGKILL)
        process.wait(30)


def _database_url() -> str:
    """The test database, whether it is reached by an address or by a folder with a socket."""
    known = connection.get_connection_params()
    place = {key: known[key] for key in ("host", "port") if key in known}
    user = quote(known["user"]) + (f":{quote(known['password'], safe='')}" if "password" in known else "")
    return f"postgres://{user}@/{known['dbname']}?{urlencode(place)}"
