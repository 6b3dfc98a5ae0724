import os
import subprocess
import sys
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.db import connection

from config import celery_app

from .sink import Sink


@pytest.fixture(autouse=True)
def _nobody_has_asked_for_anything():
    """The counts of throttle.py begin anew."""
    cache.clear()


@pytest.fixture
def sink(settings):
    """The mail server."""
    with Sink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


@pytest.fixture
def worker(transactional_db, sink):
    """A Celery worker as in production: another process, on the test's database, broker and mail server."""
    celery_app.control.purge()
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "prefork", "-c", "2"],
        cwd=project.BASE_DIR,
        env=os.environ
        | {
            "DATABASE_URL": _database_url(),
            "REDIS_URL": project.REDIS_URL,
            "EMAIL_URL": f"smtp://{sink.host}:{sink.port}",
            "SITE_URL": project.SITE_URL,
        },
        stdin=subprocess.DEVNULL,
    )
    yield worker
    worker.terminate()
    try:
        worker.wait(30)
    except subprocess.TimeoutExpired:
        worker.kill()
        raise


def _database_url() -> str:
    """The test database, whether it is reached by an address or by a folder with a socket."""
    known = connection.get_connection_params()
    place = {key: known[key] for key in ("host", "port") if key in known}
    user = quote(known["user"]) + (f":{quote(known['password'], safe='')}" if "password" in known else "")
    return f"postgres://{user}@/{known['dbname']}?{urlencode(place)}"
