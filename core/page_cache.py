"""Public pages are made once, and kept until something changes that public pages show.

The database says whether something has changed (config/migrations/0001_content_changes.py). What it says is part of
the name under which a page is kept, so that what was made before a change is not found after it, on the very next
request. To ask is the one query of a page that is kept; a browser that has the page is told that it may show it.

The name is asked for before the page is made: a page that is made while something changes may be of before or after,
but it is kept under the name of before, which nobody asks for again.
"""

import gzip
import hashlib
import logging
import time
from functools import cache as once
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = logging.getLogger(__name__)

OUR_PAGES = ("recommendations.", "reviews.")  # the modules of their views
KEPT_FOR = 600  # seconds
PACKED_HOW_WELL = 4  # of 9; what takes longer saves little
LONGEST_KEPT = 256 * 1024  # bytes, packed
MOST_KEPT = 64 * 1024 * 1024  # bytes, in each KEPT_FOR
WITHOUT_REDIS = 10  # seconds until it is tried again
# What a page may depend on besides its address; no page that depends on more is kept.
KNOWN_TO_VARY = {"cookie", "accept-language", "accept-encoding"}
CODE = ["config", "working_groups", "recommendations", "reviews", "templates", "static", "locale", "requirements"]


class PublicPageMiddleware:
    """Stands outside the middleware that sets cookies and policies, and inside the one that compresses."""

    def __init__(self, get_response):
        if settings.DEBUG:
            raise MiddlewareNotUsed("Templates change all the time.")
        self.get_response = get_response
        self.without_redis_until = 0.0

    def __call__(self, request):
        request.page_name = None
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True)
        if request.page_name and response.status_code == 200 and _is_for_everybody(response):
            # What says itself for how long it may be shown is not asked about before.
            if not response.has_header("Cache-Control"):
                _let_browsers_ask(response, request.page_name)
            if not response.streaming:
                patch_vary_headers(response, ["Accept-Encoding"])
                self._keep(request, response)
        return response

    def process_view(self, request, view, args, kwargs):
        """Answer without the view where the page is kept, here or by the browser."""
        if not _may_be_asked_for_by_everybody(request, view):
            return None
        version = content_version()
        request.page_name = name = page_name(request, version)
        # Only of pages that were given out with it: what has none may not be there at all.
        if _etag(name) in parse_etags(request.headers.get("If-None-Match", "")):
            request.page_name = None
            answer = HttpResponseNotModified()
            _let_browsers_ask(answer, name)
            return answer
        kept = self._redis(cache.get, name)
        if kept is None:
            return None
        request.page_name = None
        headers, may_be_framed, packed = kept
        response = HttpResponse(headers=headers)
        response.xframe_options_exempt = may_be_framed
        _fill(request, response, packed)
        return response

    def _keep(self, request, response):
        packed = gzip.compress(response.content, PACKED_HOW_WELL, mtime=0)
        if len(packed) <= LONGEST_KEPT and self._has_room(len(packed)):
            headers = {key: value for key, value in response.items() if key != "Content-Length"}
            may_be_framed = getattr(response, "xframe_options_exempt", False)
            self._redis(cache.set, request.page_name, (headers, may_be_framed, packed), KEPT_FOR)
        _fill(request, response, packed)

    def _has_room(self, length) -> bool:
        """Whether so many bytes more may be kept: addresses can be made up without end, and the queue is there too."""
        self._redis(cache.add, "kept_bytes", 0, KEPT_FOR)
        return (self._redis(cache.incr, "kept_bytes", length) or MOST_KEPT + 1) <= MOST_KEPT

    def _redis(self, call, *args):
        """What the call gives; None where Redis refuses it or is gone. Pages do without it."""
        if time.monotonic() < self.without_redis_until:
            return None
        try:
            answer = call(*args)
        except (RedisConnectionError, RedisTimeoutError) as error:
            if not self.without_redis_until:
                logger.warning("Redis is gone, and every page is made anew until it is back: %s", error)
            self.without_redis_until = time.monotonic() + WITHOUT_REDIS
            return None
        except (RedisError, ValueError):  # no memory left, or what is to be added to has just gone
            return None
        self.without_redis_until = 0.0
        return answer


def content_version() -> str:
    """What is another one after each change of what public pages show. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT connection, changed_at FROM content_change ORDER BY connection")
        return str([(number, moment.isoformat()) for number, moment in cursor])


def page_name(request, version) -> str:
    """What the page that is asked for depends on, in one word."""
    parts = [
        release(),
        settings.SITE_URL,
        version,
        timezone.localdate().isoformat(),
        get_language(),
        # Each by itself: from the whole address one could not tell what a server was told to be its prefix.
        str([request.scheme, request.get_host(), request.META.get("SCRIPT_NAME"), request.path_info]),
        request.META.get("QUERY_STRING", ""),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@once
def release() -> str:
    """A hash of everything that pages are made with: the same on every machine that runs the same release."""
    digest = hashlib.sha256()
    for folder in CODE:
        for path in sorted(Path(settings.BASE_DIR, folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.relative_to(settings.BASE_DIR).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _may_be_asked_for_by_everybody(request, view) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and view.__module__.startswith(OUR_PAGES)
        and not {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys()
        and "Authorization" not in request.headers
        # What is seen inside a transaction may never be committed.
        and not connection.in_atomic_block
    )


def _is_for_everybody(response) -> bool:
    """Whether a page may be kept: it sets no cookie (as every form does), and nobody has said that it may not."""
    said = response.get("Cache-Control", "")
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return (
        not response.cookies
        and not any(word in said for word in ("no-store", "private", "no-cache", "max-age=0"))
        and varies <= KNOWN_TO_VARY
    )


def _let_browsers_ask(response, name):
    """A browser may keep the page, and asks each time whether it is still the same."""
    response["ETag"] = _etag(name)
    patch_cache_control(response, no_cache=True)
    patch_vary_headers(response, ["Cookie"])


def _etag(name) -> str:
    return f'W/"{name}"'  # weak: packed or not, it is the same page


def _fill(request, response, packed):
    """Give the page as the browser takes it. To pack what is no secret together with an address tells nobody anything."""
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = packed
        response["Content-Encoding"] = "gzip"
    else:
        response.content = gzip.decompress(packed)
    response["Content-Length"] = str(len(response.content))
