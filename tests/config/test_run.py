"""`make run`: what a run that was killed leaves stops no other, and a server that is gone ends it with a sentence.

It is tried in a copy of the project below a long path, with the database of the tests.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import psutil
import psycopg
import pytest
import redis
from django.conf import settings as project
from django.db import connection

from config.local import embedded
from tests.factories import RecommendationFactory, UserFactory

from .production.processes import free_port

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOT_COPIED = {".git", ".venv", "var", "tests", "docs", "benchmarks", "requirements"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the project, as deep as nobody would put it."""
    copy = tmp_path / ("a" * 100) / ("b" * 100)
    copy.mkdir(parents=True)
    for entry in Path(project.BASE_DIR).iterdir():
        if entry.is_dir() and entry.name not in NOT_COPIED:
            shutil.copytree(entry, copy / entry.name, ignore=shutil.ignore_patterns("__pycache__", "var"))
        elif entry.suffix == ".py":
            shutil.copy(entry, copy)
    monkeypatch.setattr(embedded, "VAR", copy / "var")
    yield copy
    shutil.rmtree(embedded._short_folder(), ignore_errors=True)
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("TRACKER_RUN") == str(copy / "var"):
                process.kill()


@pytest.fixture
def make_run(folder):
    """Starts `make run` with the database of the tests; gives the process, and a function that reads what it says."""
    RecommendationFactory()  # so that it does not load the data first
    UserFactory()
    known = connection.get_connection_params()
    env = {
        "PATH": os.environ["PATH"],
        "LOCAL": "true",
        "DATABASE_URL": f"postgres://postgres@/{quote(known['host'])}/{known['dbname']}",
        "PORT": str(free_port()),
    }
    started = []

    def make_run(**others):
        log = folder / f"run-{len(started)}.log"
        with log.open("w") as output:
            command = [sys.executable, "manage.py", "run"]
            process = subprocess.Popen(command, cwd=folder, env=env | others, stdout=output, stderr=output)
        started.append(process)
        return process, log.read_text

    yield make_run
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


def wait_for(read, words, seconds=120) -> str:
    deadline = time.monotonic() + seconds
    while words not in read():
        assert time.monotonic() < deadline, read()
        time.sleep(0.3)
    return read()


def test_it_says_where_things_are_and_answers_there(make_run, folder):
    _process, read = make_run()

    said = wait_for(read, "└")

    site = re.search(r"Site +(http://\S+)", said)[1]
    assert urlopen(f"{site}recommendations/").status == 200
    assert f"{folder}/var/mail" in said
    assert said.rindex("└") > said.rindex("ready.")  # the worker's word


def test_a_run_that_was_killed_leaves_nothing_that_stops_the_next(make_run):
    killed, read = make_run()
    wait_for(read, "└")
    _second, read_second = make_run(PORT=str(free_port()))
    assert f"The tracker runs already from this folder, as process {killed.pid}." in wait_for(read_second, "kill ")

    killed.send_signal(signal.SIGKILL)
    killed.wait()
    _next, read_next = make_run()

    assert "processes of a run that was killed" in wait_for(read_next, "└")


def test_a_server_that_is_gone_ends_it_with_a_sentence(make_run, folder):
    process, read = make_run()
    wait_for(read, "└")
    [socket] = re.findall(r"redis\+socket://(\S+valkey.sock)", read())[:1]

    os.kill(redis.from_url(f"unix://{socket}").info("server")["process_id"], signal.SIGKILL)

    assert "Valkey has ended, and all the rest ends with it." in wait_for(read, "Valkey has ended")
    assert process.wait(60) == 1
    assert not (folder / "var" / "running.json").exists()


@pytest.mark.parametrize("port", ["abc", "99999", "0", "-1"])
def test_a_port_that_is_none_is_said_in_a_sentence(make_run, port):
    process, read = make_run(PORT=port)

    assert process.wait(60) == 1
    assert read() == f"CommandError: PORT is a number from 1 to 65535, and not “{port}”.\n"


def test_it_is_not_for_production(make_run):
    process, read = make_run(LOCAL="")

    assert process.wait(60) == 1
    assert "These environment variables are needed" in read()


def test_the_local_database_starts_below_a_long_path(folder):
    started = "from config.local import embedded; print(embedded.start_database(), flush=True); input()"
    env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    server = subprocess.Popen(
        [sys.executable, "-c", started], cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        url = server.stdout.readline().strip()
        host = url.removeprefix("postgres://postgres@/").removesuffix("/postgres")
        with psycopg.connect(host=host, user="postgres", dbname="postgres") as local:
            [place] = local.execute("SHOW data_directory").fetchone()
    finally:
        server.communicate("\n", timeout=60)

    assert place == f"{folder}/var/postgres"
