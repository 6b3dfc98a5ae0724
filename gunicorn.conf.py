"""The web server: `gunicorn config.wsgi` reads this file by itself, and so does `make run`. README.md names the variables."""

import os

from config.logs import logging_config

worker_class = "gthread"  # one slow reader, or one book that is being made, does not stop the others
workers = int(os.environ.get("WEB_CONCURRENCY", 2))
threads = int(os.environ.get("WEB_THREADS", 16))
timeout = 60  # seconds that a worker may be stuck as a whole
graceful_timeout = 30
keepalive = 5
SILENCE = 15  # seconds that a reader may send nothing, of a form that has begun, and take to receive an answer


def pre_request(worker, request):
    """End a connection that stands still; a thread would wait for it for ever, and thirty of them stop the site."""
    request.unreader.sock.settimeout(SILENCE)


# What a request says of its own place is not believed: `SCRIPT_NAME: /about` would make a page under another address.
forwarder_headers = ""
control_socket_disable = True  # nobody uses it, and it would be one file for all that this user runs

# ACCESS_LOG=true logs each request, without readers' tokens, which --access-logfile would write.
_without_tokens = {"filters": ["without_tokens"], "handlers": [], "propagate": True}
logconfig_dict = logging_config(as_json=os.environ.get("LOCAL", "") != "true")
logconfig_dict["loggers"] |= {
    "gunicorn.error": _without_tokens | {"level": "INFO"},
    "gunicorn.access": _without_tokens | {"level": "INFO" if os.environ.get("ACCESS_LOG", "") == "true" else "WARNING"},
}
