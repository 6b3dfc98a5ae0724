"""The compressions that a browser refuses: `Accept-Encoding: gzip;q=0`."""

import re

IS_REFUSED = re.compile(r";\s*q=0(\.0{0,3})?\s*$", re.IGNORECASE)  # RFC 9110, 12.4.2


class RefusedEncodingsMiddleware:
    """Take what is refused out of the header: Django, WhiteNoise and the page cache only look for the word in it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if accepted := request.META.get("HTTP_ACCEPT_ENCODING"):
            codings = [coding for coding in accepted.split(",") if not IS_REFUSED.search(coding)]
            request.META["HTTP_ACCEPT_ENCODING"] = ",".join(codings)
        return self.get_response(request)
