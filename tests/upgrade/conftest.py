import pytest

from config import celery_app
from tests.mail.sink import Sink

from . import databases


@pytest.fixture(scope="module")
def restored():
    """The name of a database as commit 53c8c87 left it. Nobody writes to it."""
    with databases.created() as name:
        databases.restore(name)
        yield name


@pytest.fixture(scope="module")
def upgraded(restored):
    """The name of a copy of it that the migrations of this working tree were applied to. Nobody writes to it."""
    with databases.created(template=restored) as name:
        databases.manage(name, "migrate")
        yield name


@pytest.fixture(scope="module")
def _shared_copy(upgraded):
    with databases.created(template=upgraded) as name:
        yield name


@pytest.fixture
def reading(_shared_copy, django_db_blocker):
    """Let models and pages read an upgraded database, which other tests read too. Gives its name."""
    with django_db_blocker.unblock(), databases.in_use(_shared_copy):
        yield _shared_copy


@pytest.fixture
def writing(upgraded, django_db_blocker):
    """Let models and pages use an upgraded database that only this test has. Gives its name."""
    with databases.created(template=upgraded) as name, django_db_blocker.unblock(), databases.in_use(name):
        yield name


@pytest.fixture
def sink(settings):
    """A mail server that takes everything."""
    with Sink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


@pytest.fixture
def pass_a_minute(settings):
    """Do, here and now, all that the scheduler queues."""
    celery_app.loader.import_default_modules()
    celery_app.conf.task_always_eager = True

    def pass_a_minute():
        for entry in settings.CELERY_BEAT_SCHEDULE.values():
            celery_app.tasks[entry["task"]].apply(throw=True)

    yield pass_a_minute
    celery_app.conf.task_always_eager = False
