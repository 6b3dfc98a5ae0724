"""How often: counted for each visitor and each thing, and forgotten."""

import pytest
from django.core.cache import cache

from core.rate_limit import is_too_often


def count(who="198.51.100.7", what="this", seconds=60) -> bool:
    return is_too_often(what, who, most=2, seconds=seconds)


def test_so_many_are_allowed_and_no_more():
    assert [count() for _ in range(4)] == [False, False, True, True]


def test_others_and_other_things_are_counted_apart():
    assert [count(), count(), count()] == [False, False, True]

    assert not count(who="198.51.100.8")
    assert not count(what="that")


def test_it_is_forgotten_after_that_time():
    count(seconds=60)

    [key] = cache._cache.get_client().keys("*throttle*")
    assert 0 < cache._cache.get_client().ttl(key) <= 60


def test_the_address_is_not_kept():
    count("198.51.100.7")

    [key] = cache._cache.get_client().keys("*throttle*")
    assert b"198.51.100.7" not in key


@pytest.mark.parametrize("seconds", [0])
def test_a_count_that_ran_out_meanwhile_turns_nobody_away(seconds):
    assert not count(seconds=seconds)


def test_without_redis_nobody_is_turned_away(settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"unix://{tmp_path}/nobody.sock",
        }
    }

    assert [count() for _ in range(4)] == [False] * 4
