"""The pages of errors. Django's own are wrapped so that they read the form for a CSRF token, which nothing here uses:
where the form cannot be read they would fail in turn, and the server would log the address, with a reader's token.
"""

from django.http import JsonResponse
from django.views import defaults

permission_denied = defaults.permission_denied.__wrapped__
page_not_found = defaults.page_not_found.__wrapped__
server_error = defaults.server_error.__wrapped__


def bad_request(request, exception):
    if request.path.startswith("/api/"):
        error = {"error": "This address or form cannot be read."}
        return JsonResponse(error, status=400, headers={"Access-Control-Allow-Origin": "*"})
    return defaults.bad_request.__wrapped__(request, exception)
