import os
import signal
import socket
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.crypto import get_random_string

from config.local import embedded
from recommendations.models import Recommendation
from working_groups.models import User


class Command(BaseCommand):
    help = (
        "Runs the tracker on this machine: migrates, loads the data into an empty database, makes a staff account on "
        "the first run, and starts the mail sink, web, worker and beat. Ctrl-C stops all of it. HOST and PORT say where."
    )

    def handle(self, **options):
        if settings.PRODUCTION:
            raise CommandError("This is for one's own machine (LOCAL=true). README.md says how to run it for real.")
        # Here, because only requirements/local.txt has what they need.
        from config.local import leftovers
        from config.local.processes import run_processes

        host, port = os.environ.get("HOST", "127.0.0.1"), _port()
        if pid := embedded.running_pid():
            raise CommandError(f"The tracker runs already from this folder, as process {pid}. To end it: kill {pid}")
        if count := leftovers.end():
            self.stdout.write(f"Ended {count} processes of a run that was killed.")
        _require_free(host, port)
        # SIGTERM before the processes are up ends this one like Ctrl-C does: by its finally clauses.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        leftovers.mark()
        redis = None if os.environ.get("REDIS_URL") else embedded.start_redis()
        try:
            password = self._prepare_database()
            code = run_processes(host, port, password)
        finally:
            if redis:
                redis.stop()
        if code not in (0, 130, 143):  # ended by itself, Ctrl-C, SIGTERM
            raise CommandError("A process has stopped; see above.")

    def _prepare_database(self) -> str | None:
        """Migrate, load the data if there is none, and return the password of a staff account if one was made."""
        call_command("migrate", verbosity=0)
        if not Recommendation.objects.exists():
            call_command("load_data", stdout=self.stdout)
        password = None
        if not User.objects.exists():
            password = get_random_string(16)
            User.objects.create_superuser("staff", "staff@localhost", password)
        # The processes to come are forked, and must not share this connection.
        connection.close()
        connection.close_pool()
        return password


def _port() -> int:
    given = os.environ.get("PORT", "8000")
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise CommandError(f"PORT is a number from 1 to 65535, and not “{given}”.")
    return int(given)


def _require_free(host, port):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be used: {error.strerror}. Choose another: make run PORT=8001"
            ) from error
