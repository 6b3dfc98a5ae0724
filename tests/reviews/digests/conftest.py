import pytest
from django.core.cache import cache

from config import celery_app

from . import processes
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
    with processes.worker(sink) as worker:
        yield worker
