import pytest
from django.core.cache import caches
from django.core.management import call_command

from tests.factories import UserFactory

from .processes import application_role, environment, web_process


@pytest.fixture(scope="package")
def static_root(tmp_path_factory):
    """What collectstatic makes, which production's pages name their files by."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def web(static_root, tmp_path, settings):
    """A web process of production; starts it with further variables, and gives the port that it answers at."""
    settings.STATIC_ROOT = str(static_root)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    if not any(static_root.iterdir()):
        call_command("collectstatic", interactive=False, verbosity=0)
    for cache in caches.all():
        cache.clear()

    def web(**env):
        return web_process(environment(static_root, **env), tmp_path / "web.log")

    web.log = tmp_path / "web.log"
    with application_role():
        yield web


@pytest.fixture
def staff():
    for name in ("ana", "bob"):
        user = UserFactory(username=name, is_staff=True)
        user.set_password("a right password")
        user.save()
