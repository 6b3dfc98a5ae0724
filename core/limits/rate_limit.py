"""Rate limits: on what one visitor does that costs others something, or has done to one address."""

import time
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError


def is_too_often(what: str, who: str, most: int, seconds: int) -> bool:
    """Count this time, and say whether `who` has now made more than `most` of them in this window of `seconds`.

    `who` is an address, of the network or of e-mail; it is kept only as a keyed hash, and only for that time. Without
    Redis nobody is turned away.
    """
    key = _key(what, who, seconds)
    try:
        cache.add(key, 0, seconds)
        return cache.incr(key) > most
    except (RedisError, ValueError):  # ValueError: it was evicted between the two lines
        return False


def was_too_often(what: str, who: str, most: int, seconds: int) -> bool:
    """Return whether is_too_often() has turned somebody away in this window; counts nothing."""
    try:
        return cache.get(_key(what, who, seconds), 0) > most
    except (RedisError, ValueError):
        return False


def _key(what, who, seconds) -> str:
    # The window is in the key: a counter that lost its expiry, between two commands, is not asked for again.
    window = int(time.time()) // seconds
    return f"limit:{what}:{sha256(f'{settings.SECRET_KEY}{who}'.encode()).hexdigest()}:{window}"
