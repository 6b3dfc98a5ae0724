"""How often: counted for each visitor and each thing, and forgotten."""

import time

import pytest
from django.core.cache import cache

from core.limits import rate_limit
from core.limits.rate_limit import is_too_often


def count(who="198.51.100.7", what="this", seconds=60) -> bool:
    return is_too_often(what, who, most=2, seconds=seconds)


@pytest.fixture(autouse=True)
def _nothing_is_counted():
    cache.clear()


def test_so_many_are_allowed_and_no_more():
    assert [count() for _ in range(4)] == [False, False, True, True]


def test_others_and_other_things_are_counted_apart():
    assert [count(), count(), count()] == [False, False, True]

    assert not count(who="198.51.100.8")
    assert not count(what="that")


def keys() -> list[bytes]:
    return cache._cache.get_client().keys("*limit:*")


def test_it_is_forgotten_after_that_time():
    count(seconds=60)

    [key] = keys()
    assert 0 < cache._cache.get_client().ttl(key) <= 60


def test_the_address_is_not_kept():
    count("198.51.100.7")

    [key] = keys()
    assert b"198.51.100.7" not in key


def test_a_count_that_lost_its_expiry_turns_nobody_away_in_the_next_window(monkeypatch):
    """Django's incr() asks whether there is a key and then adds, which makes one without an expiry if it ends between."""
    for _ in range(4):
        count(seconds=60)
    [key] = keys()
    cache._cache.get_client().persist(key)
    later = time.time() + 60
    monkeypatch.setattr(rate_limit.time, "time", lambda: later)

    assert not count(seconds=60)


def test_without_redis_nobody_is_turned_away(settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "core.caching.redis_cache.RedisCache",
            "LOCATION": f"unix://{tmp_path}/nobody.sock",
        }
    }

    assert [count() for _ in range(4)] == [False] * 4
