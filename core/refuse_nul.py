"""Refuses requests with a NUL character in their path, query or form: PostgreSQL cannot store one, and no reader types it.

Without this a view or a page of the admin that looks it up would answer 500.
"""

from django.core.exceptions import BadRequest
from django.http import UnreadablePostError


class RefuseNulMiddleware:
    """Answer 400 to a path, a query or a form with NUL in it, so that no view and no page of the admin meets one.

    Uploaded files may have it: a spreadsheet in UTF-16 does.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", "") or _is_in_form(request):
            raise BadRequest("NUL in the request")
        return self.get_response(request)


def _is_in_form(request) -> bool:
    if request.content_type == "application/x-www-form-urlencoded":
        try:
            # Not the parsed form: it may be in an encoding that Django refuses, which is for the view to say.
            return b"%00" in request.body or b"\0" in request.body
        except UnreadablePostError as error:
            raise BadRequest("The form did not arrive whole.") from error
    if request.content_type == "multipart/form-data":
        return any("\0" in value for _name, values in request.POST.lists() for value in values)
    return False
