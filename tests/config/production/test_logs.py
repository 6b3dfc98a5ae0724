"""What the log does not tell."""

import json
import logging
import runpy
import sys
from io import StringIO

import pytest
from django.test import Client
from pythonjsonlogger.json import JsonFormatter

from config.logs import WithoutTokens, logging_config
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


def gunicorn_log(line, *args, **kwargs):
    """What the web server would write to an error log of its own."""
    record = logging.LogRecord("gunicorn.error", logging.ERROR, __file__, 1, line, args, kwargs.get("exc_info"))
    assert WithoutTokens().filter(record)
    return logging.Formatter().format(record)


def test_the_web_server_logs_no_token():
    config = runpy.run_path("gunicorn.conf.py")["logconfig_dict"]

    for name in ["gunicorn.error", "gunicorn.access"]:
        assert config["loggers"][name]["filters"] == ["without_tokens"]
    assert gunicorn_log("Error handling request %s %s", "POST", "/subscriptions/abc/unsubscribe/").endswith(
        "POST /subscriptions/…"
    )


def test_a_traceback_has_no_token_either():
    try:
        raise ValueError("/subscriptions/abc/")
    except ValueError:
        assert "abc" not in gunicorn_log("It failed.", exc_info=sys.exc_info()).replace('"/subscriptions/abc/"', "")


def test_a_request_that_is_refused_is_a_line_without_a_traceback(client, log):
    assert client.get("/healthz", headers={"Host": "elsewhere.example"}).status_code == 400

    [line] = log.getvalue().splitlines()
    assert "elsewhere.example" in line
    assert "Traceback" not in line


def test_a_line_says_its_time_with_the_zone():
    for as_json in (True, False):
        assert all(form["datefmt"].endswith("%z") for form in logging_config(as_json=as_json)["formatters"].values())
