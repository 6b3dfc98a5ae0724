"""Django's cache in Redis, for a server that others may write to, that hangs, or that is gone."""

import json
import logging
import time

from django.core.cache.backends import redis as django_redis
from django.utils.crypto import constant_time_compare, salted_hmac
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

logger = logging.getLogger(__name__)

RETRY_AFTER = 10  # seconds that a server which did not answer is left alone
SIGNATURE_BYTES = 16
BYTES, JSON = b"b", b"j"
_retry_at: dict[tuple, float] = {}  # by server, for all threads of this process


class RedisCache(django_redis.RedisCache):
    """Raises RedisError where the server does not answer, at once while it is left alone.

    Takes whole numbers, bytes and what JSON can say, and signs it; reading what we did not write raises ValueError.
    """

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = Client
        self._options = {
            "serializer": SignedSerializer,
            "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),  # a server that was restarted
            **self._options,
        }


class Client(django_redis.RedisCacheClient):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._client = CircuitBreakingRedis


class CircuitBreakingRedis(Redis):
    def execute_command(self, *args, **options):
        known = self.connection_pool.connection_kwargs
        server = known.get("host"), known.get("port"), known.get("path")
        if time.monotonic() < _retry_at.get(server, 0):
            raise RedisConnectionError("Redis did not answer a moment ago.")
        try:
            answer = super().execute_command(*args, **options)
        except (RedisConnectionError, RedisTimeoutError) as error:
            if server not in _retry_at:
                logger.warning("Redis does not answer; pages are made, and requests go uncounted, without: %s", error)
            _retry_at[server] = time.monotonic() + RETRY_AFTER
            raise
        _retry_at.pop(server, None)
        return answer


class SignedSerializer:
    """Nothing in Redis is unpickled: whoever can write there could run code here."""

    def dumps(self, value):
        if type(value) is int:
            return value  # Redis adds to it
        payload = BYTES + value if isinstance(value, bytes) else JSON + json.dumps(value).encode()
        return _signature(payload) + payload

    def loads(self, data: bytes):
        if data.lstrip(b"-").isdigit():
            return int(data)
        signature, payload = data[:SIGNATURE_BYTES], data[SIGNATURE_BYTES:]
        if not constant_time_compare(signature, _signature(payload)):
            raise ValueError("This is not what was written here.")
        return payload[1:] if payload[:1] == BYTES else json.loads(payload[1:])


def _signature(payload: bytes) -> bytes:
    return salted_hmac(__name__, payload, algorithm="sha256").digest()[:SIGNATURE_BYTES]
