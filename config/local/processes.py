"""The processes of `make run`, in one terminal."""

import os
import socket
import sys

import redis
from django.conf import settings
from honcho.manager import Manager
from honcho.printer import Printer

from . import embedded

WATCH = "watch"


class PlainGreeting(Printer):
    """Each line after its time and process, but for what the watch says."""

    def write(self, message):
        self.prefix = message.name != WATCH
        super().write(message)


def run_processes(host: str, port: int, password: str | None) -> int:
    """Run mail sink, web, worker and beat until one of them ends, or Ctrl-C; return the exit code.

    `password` is that of the staff account, if it was made just now.
    """
    place = f"[{host}]" if ":" in host else host
    url = f"http://{_reachable(place)}:{port}"
    env = os.environ | {"LOCAL": "true"}
    env.setdefault("SITE_URL", url)
    python, mail_folder = sys.executable, embedded.VAR / "mail"
    commands = {
        "web": f"-m gunicorn config.wsgi --bind {place}:{port}",
        "worker": "-m celery -A config worker --concurrency 2 --loglevel INFO",
        "beat": f"-m celery -A config beat --schedule '{embedded.VAR / 'beat'}' --loglevel WARNING",
        WATCH: f"-m config.local.watch {url} {_servers()}",
    }
    if "EMAIL_URL" in env:
        mail_folder = None
    else:
        mail_port = _free_port()
        env["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
        sink = f"-m aiosmtpd -n -l 127.0.0.1:{mail_port} -c config.local.mail_sink.Folder '{mail_folder}'"
        commands = {"mail": sink} | commands
    env["GREETING"] = greeting(env["SITE_URL"], password, mail_folder)
    manager = Manager(PlainGreeting())
    for name, command in commands.items():
        manager.add_process(name, f"exec '{python}' {command}", env=env, cwd=str(settings.BASE_DIR))
    with embedded.advertise_running(SITE_URL=env["SITE_URL"], EMAIL_URL=env["EMAIL_URL"]):
        manager.loop()
    return manager.returncode


def greeting(site: str, password: str | None, mail_folder) -> str:
    """Return the addresses of what runs, in a box."""
    lines = [
        f"Site    {site}/",
        f"Staff   {site}/admin/",
        f"        name staff, password {password or '(shown when it was made; new: manage.py changepassword staff)'}",
        f"Mail    {f'is not sent, but kept in {mail_folder}' if mail_folder else 'is sent by EMAIL_URL'}",
        "Ctrl-C stops all of it.",
    ]
    width = max(map(len, lines))
    edge = "─" * (width + 2)
    return "\n".join([f"┌{edge}┐", *(f"│ {line:{width}} │" for line in lines), f"└{edge}┘"])


def _servers() -> str:
    """The local servers that this run stands on, as arguments of the watch."""
    pids = {}
    if os.environ["DATABASE_URL"] == embedded.database_url():
        pids["PostgreSQL"] = embedded.database_pid()
    if embedded.redis_url() == settings.REDIS_URL:
        pids["Valkey"] = redis.from_url(settings.REDIS_URL).info("server")["process_id"]
    return " ".join(f"{name}={pid}" for name, pid in pids.items())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _reachable(place) -> str:
    """An address that a browser can open for the address that the server listens on."""
    return "127.0.0.1" if place in ("0.0.0.0", "[::]") else place  # noqa: S104
