import pytest

from config import celery_app
from tests import processes

from .sink import Sink


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
    with processes.worker(sink) as worker:
        yield worker
