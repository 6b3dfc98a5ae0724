"""What the log does not tell."""

import json
import logging
from io import StringIO

import pytest
from django.test import Client
from pythonjsonlogger.json import JsonFormatter

from reviews.digests.subscribers.tokens import token_for
from tests.factories import SubscriptionFactory


@pytest.fixture
def log():
    """What goes to the console, as in production: in JSON."""
    [console] = [handler for handler in logging.getLogger().handlers if handler.name == "console"]
    log, formatter = StringIO(), console.formatter
    stream = console.setStream(log)
    console.setFormatter(JsonFormatter("%(name)s %(message)s"))
    yield log
    console.setStream(stream)
    console.setFormatter(formatter)


@pytest.mark.django_db
def test_a_form_that_was_sent_from_elsewhere_is_logged_without_its_readers_token(log):
    token = token_for(SubscriptionFactory().key)

    response = Client(enforce_csrf_checks=True).post(f"/es/subscriptions/{token}/", {})

    assert response.status_code == 403
    [line] = log.getvalue().splitlines()
    assert json.loads(line)["message"].endswith(": /es/subscriptions/…")
    assert token not in line
