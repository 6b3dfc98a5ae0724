"""The site as README.md has it run: gunicorn with production's settings, the application's role, a proxy in front."""

import http.client
import os
import re
import socket
import socketserver
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from urllib.parse import quote, urlencode

from django.conf import settings as project
from django.core.management import call_command
from django.db import connection

from tests.database import sql

HOST = "tracker.example"


def role() -> str:
    """The role of PostgreSQL that web processes connect as; all databases of a server share their roles."""
    return f"app_of_{connection.settings_dict['NAME']}"


def environment(static_root, **env) -> dict[str, str]:
    """README.md's variables, on the servers of the tests, and nothing of the tests' own."""
    known = connection.get_connection_params()
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": project.SECRET_KEY,
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"https://{HOST}",
        "DATABASE_URL": f"postgres://{role()}@/{quote(known['host'])}/{known['dbname']}",
        "REDIS_URL": project.REDIS_URL,
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "MAIL_FROM": "Tracker <tracker@tracker.example>",
        "STATIC_ROOT": str(static_root),
    } | env


@contextmanager
def application_role():
    """The role that the web process connects as."""
    _drop_role()  # of a run that was killed
    sql(f"CREATE ROLE {role()} LOGIN")
    try:
        call_command("grant_app_role", role(), stdout=StringIO())
        yield
    finally:
        _drop_role()


def _drop_role():
    if sql("SELECT 1 FROM pg_roles WHERE rolname = %s", role()):
        sql(f"DROP OWNED BY {role()}")
        sql(f"DROP ROLE {role()}")


@contextmanager
def web_process(env, log):
    """`gunicorn config.wsgi`; gives the port that it answers at."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=project.BASE_DIR, env=env, stdout=output, stderr=output)
    try:
        wait_until_answered(port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


@contextmanager
def stallable(path, target):
    """A Unix socket at `path` that leads to the one at `target`; gives an event: while it is cleared, nothing comes
    through, as where a server hangs."""
    flows = threading.Event()
    flows.set()

    class Pipe(socketserver.BaseRequestHandler):
        def handle(self):
            with socket.socket(socket.AF_UNIX) as server:
                server.connect(target)
                threading.Thread(target=self.pump, args=(server, self.request), daemon=True).start()
                self.pump(self.request, server)

        def pump(self, source, sink):
            with suppress(OSError):
                while data := source.recv(65536):
                    flows.wait()
                    sink.sendall(data)
                sink.shutdown(socket.SHUT_RDWR)

    server = socketserver.ThreadingUnixStreamServer(path, Pipe)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield flows
    finally:
        flows.set()
        server.shutdown()
        server.server_close()


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_answered(port, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            return ask(port, "/healthz")
        except OSError:
            time.sleep(0.2)
    raise AssertionError("gunicorn does not answer")


def ask(port, path, **headers) -> int:
    """Ask the web process itself; gives the status."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection_to_web:
        connection_to_web.request("GET", path, headers={"Host": HOST} | headers)
        response = connection_to_web.getresponse()
        response.read()
        return response.status


# What a proxy makes of the X-Forwarded-For that it was sent, and of the address that it was asked from.
MANNERS = {
    "appends": lambda sent, client: f"{sent}, {client}" if sent else client,
    "sets none": lambda sent, client: None,
    "passes the client's": lambda sent, client: sent,
    "writes a port": lambda sent, client: f"{client}:4711",
}


@contextmanager
def proxy(web_port, manner):
    """A proxy that ends TLS, so to speak; gives the port that it answers at."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "x-forwarded-for"}
            headers["X-Forwarded-Proto"] = "https"
            forwarded = MANNERS[manner](self.headers.get("X-Forwarded-For"), self.client_address[0])
            if forwarded:
                headers["X-Forwarded-For"] = forwarded
            with closing(http.client.HTTPConnection("127.0.0.1", web_port, timeout=60)) as web:
                web.request(self.command, self.path, body, headers)
                answer = web.getresponse()
                content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", "connection", "server", "date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = forward  # noqa: N815

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


class Visitor:
    """Somebody at an address of this machine (127.0.0.0/8), with a browser that keeps cookies."""

    def __init__(self, port, address="127.0.0.1"):
        self.port, self.address, self.cookies, self.token, self.page = port, address, {}, "", ""

    def request(self, method, path, body=None, **headers) -> int:
        place = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        headers |= {"Host": HOST, "Referer": f"https://{HOST}{path}"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with closing(place):
            place.request(method, path, body, headers)
            response = place.getresponse()
            content = self.page = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if found := re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', content):
            self.token = found[1]
        return response.status

    def fill_in(self, path, fields, **headers) -> int:
        """Open a form and send it; gives the status of what comes back."""
        if not self.token:
            assert self.request("GET", path) == 200
        body = urlencode({"csrfmiddlewaretoken": self.token} | fields, doseq=True)
        return self.request("POST", path, body, **headers | {"Content-Type": "application/x-www-form-urlencoded"})

    def sign_in(self, name, password, **headers) -> int:
        return self.fill_in("/admin/login/?next=/admin/", {"username": name, "password": password}, **headers)

    def sign_out(self) -> int:
        self.token = ""  # signing in has changed it
        assert self.request("GET", "/admin/") == 200
        status = self.fill_in("/admin/logout/", {})
        self.token = ""
        return status
