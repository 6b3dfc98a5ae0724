"""Public pages, made once and stored until their content changes, or for PAGE_TTL.

A view opts in by `@public_page`, naming what it understands of the query. The version of the content, the day and the
release are part of the key, so that what was made before a change is not found after it. Read the version *before*
rendering: a page rendered during a write is stored under the old version and never served again.
"""

import gzip
import hashlib
import json
from contextlib import suppress
from functools import wraps

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import TooManyFieldsSent
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import (
    get_cache_key,
    learn_cache_key,
    patch_cache_control,
    patch_vary_headers,
    set_response_etag,
)
from redis.exceptions import RedisError

from .content_change import content_version
from .release import release

PAGE_TTL = 600  # seconds
MAX_CACHE_BYTES = 256 * 1024  # of one page, compressed
GZIP_LEVEL = 4  # of 9; what takes longer saves little


def public_page(*query_keys: str, max_bytes: int = MAX_CACHE_BYTES):
    """Decorate a view of which everybody gets the same page, by its path, these keys of the query, content and day.

    Put it inside of decorators that mark the response (who may frame it), and outside of those that set its headers.
    """

    def decorate(view):
        @wraps(view)
        def serve(request, *args, **kwargs):
            if not _is_cacheable_request(request, query_keys):
                response = view(request, *args, **kwargs)
                if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
                    patch_cache_control(response, private=True)
                return response
            prefix = _key_prefix(request)
            if stored := _load(request, prefix):
                return stored
            response = view(request, *args, **kwargs)
            if not getattr(response, "is_rendered", True):
                response.render()
            if _is_cacheable_response(request, response):
                add_validators(request, response, prefix)
                if not response.streaming:
                    compressed = gzip.compress(response.content, GZIP_LEVEL, mtime=0)
                    if request.method == "GET" and len(compressed) <= max_bytes:
                        _store(request, response, prefix, compressed)
                    set_body(request, response, compressed)
            return response

        return serve

    return decorate


def add_validators(request, response, prefix):
    """Let a browser keep the page and ask each time whether it is still the same (ConditionalGetMiddleware answers)."""
    if response.streaming:  # not made yet, so that only its address and the version are known
        address = hashlib.sha256(f"{prefix} {request.build_absolute_uri()}".encode())
        response["ETag"] = f'"{address.hexdigest()[:32]}"'
    else:
        set_response_etag(response)
    response["ETag"] = f"W/{response['ETag']}"  # weak: compressed or not, it is the same page
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, no_cache=True)


def set_body(request, response, compressed: bytes):
    """Give the page as the browser takes it. No BREACH risk: it holds no secret."""
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = compressed
        response["Content-Encoding"] = "gzip"
    else:
        response.content = gzip.decompress(compressed)
    response["Content-Length"] = str(len(response.content))
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])


def _is_cacheable_request(request, query_keys) -> bool:
    try:
        is_understood = request.GET.keys() <= {*query_keys}
    except TooManyFieldsSent:
        return False  # the view says so in its own way
    return (
        is_understood
        and request.method in ("GET", "HEAD")
        and not settings.DEBUG
        and not {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys()
        and "Authorization" not in request.headers
        # What is seen inside a transaction may never be committed.
        and not connection.in_atomic_block
    )


def _is_cacheable_response(request, response) -> bool:
    """Return whether everybody may have it: it is whole, sets no cookie (as every form does), and does not forbid it."""
    directives = response.get("Cache-Control", "")
    sets_cookie = response.cookies or request.session.modified or request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    return (
        response.status_code == 200
        and not sets_cookie
        and not any(word in directives for word in ("no-store", "private", "no-cache", "max-age=0"))
    )


def _key_prefix(request) -> str:
    """Return what a page depends on besides its address and language, which Django's key functions add."""
    parts = [
        release(),
        settings.SITE_URL,
        content_version(),
        timezone.localdate().isoformat(),
        request.META.get("SCRIPT_NAME", ""),  # of the whole address one cannot tell what is prefix
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _load(request, prefix) -> HttpResponse | None:
    stored = None
    with suppress(RedisError, TypeError, ValueError):  # Redis is gone, or somebody else has written there
        cache_key = get_cache_key(request, prefix, "GET", caches["pages"])
        stored = cache_key and caches["pages"].get(cache_key)
    if not isinstance(stored, bytes):
        return None
    headers, _newline, compressed = stored.partition(b"\n")
    response = HttpResponse(headers=json.loads(headers))
    set_body(request, response, compressed)
    return response


def _store(request, response, prefix, compressed):
    headers = json.dumps(dict(response.items())).encode()
    with suppress(RedisError):  # it is gone, or has no room
        cache_key = learn_cache_key(request, response, PAGE_TTL, prefix, caches["pages"])
        caches["pages"].set(cache_key, headers + b"\n" + compressed, PAGE_TTL)
