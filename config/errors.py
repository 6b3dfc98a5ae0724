"""The pages of errors. Django's own are wrapped so that they read the form for a CSRF token, which nothing here uses:
where the form cannot be read they would fail in turn, and the server would log the address, with a reader's token.
"""

import sys
from pathlib import Path

from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse, JsonResponse
from django.views import defaults

RETRY_AFTER = "60"  # seconds

permission_denied = defaults.permission_denied.__wrapped__
page_not_found = defaults.page_not_found.__wrapped__


def bad_request(request, exception):
    if request.path.startswith("/api/"):
        return _as_json("This address or form cannot be read.", 400)
    return defaults.bad_request.__wrapped__(request, exception)


def server_error(request):
    # PostgreSQL is gone, hangs, or its disk is full: no fault of the page, and over sooner or later.
    if isinstance(sys.exception(), OperationalError):
        return _unavailable(request)
    return defaults.server_error.__wrapped__(request)


def _unavailable(request):
    if request.path.startswith("/api/"):
        response = _as_json("The database does not answer. Ask again in a minute.", 503)
    else:
        # Read as it is: a template's context would ask the database who is signed in.
        response = HttpResponse(Path(settings.BASE_DIR, "templates", "503.html").read_bytes(), status=503)
    response["Retry-After"] = RETRY_AFTER
    return response


def _as_json(error, status):
    return JsonResponse({"error": error}, status=status, headers={"Access-Control-Allow-Origin": "*"})
