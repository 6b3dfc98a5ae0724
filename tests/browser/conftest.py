"""A browser, and a server that it reads from.

What a module needs in the database is committed once, by a fixture of that module that asks for `server`, and is gone
when the module ends: the real data take too long to be loaded for each test.
"""

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from . import chromium


@pytest.fixture(scope="package")
def browser():
    """One Chromium for this folder."""
    path = chromium.find()
    if not path:
        missing = f"There is no browser: none of {', '.join(chromium.NAMES)}."
        pytest.fail(missing) if chromium.IS_NEEDED else pytest.skip(missing)
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright's event loop runs in this thread, and Django refuses its database where one does.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(browser, django_db_setup, django_db_blocker):
    """As pytest-django's `live_server`, which would empty the database after each test.

    pytest-django makes a database for tests only where some test is marked with django_db: modules that ask for this
    are marked. Without the mark it would be the developer's own database that is emptied in the end, so look first.
    """
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        assert name.startswith("test_"), f"{name} is no database for tests: mark the module with django_db."
        server = LiveServer("127.0.0.1")
        yield server
        server.stop()
        call_command("flush", interactive=False, verbosity=0)
        connection.close()  # where an event loop runs it is another one than pytest-django closes before it drops all


@pytest.fixture
def open_page(browser, server):
    """Opens windows of a new reader, as Playwright's `new_context` describes them; nothing in them may complain."""
    contexts, complaints = [], []

    def open_page(**how):
        context = browser.new_context(base_url=server.url, **{"viewport": {"width": 1280, "height": 900}} | how)
        contexts.append(context)
        context.on(
            "console",
            lambda message: (
                message.type in ("error", "warning") and complaints.append((message.page.url, message.text))
            ),
        )
        context.on("weberror", lambda error: complaints.append((error.page.url, str(error.error))))
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page):
    """A window on a desk."""
    return open_page()
