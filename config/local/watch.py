"""A process of `make run`: greets once the site answers, and ends, as then all of them do, when a server is gone.

    python -m config.local.watch URL NAME=PROCESS...

The greeting is the text in the environment variable GREETING.
"""

import os
import sys
import time
from urllib.request import urlopen

import psutil

from config import celery_app

PATIENCE = 60  # seconds; then it greets all the same


def wait_for_site_and_worker(url: str):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not (_answers(url) and celery_app.control.ping(timeout=1, limit=1)):
        time.sleep(0.5)


def _answers(url) -> bool:
    try:
        return urlopen(f"{url}/healthz", timeout=5).status == 200  # noqa: S310 (our own address)
    except OSError:
        return False


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def main(url: str, *servers: str):
    watched = {name: psutil.Process(int(pid)) for name, _equals, pid in (server.partition("=") for server in servers)}
    wait_for_site_and_worker(url)
    print(os.environ["GREETING"], flush=True)  # noqa: T201
    while True:
        for name, process in watched.items():
            if is_gone(process):
                sys.exit(f"{name} has ended, and all the rest ends with it. Start again: make run")
        time.sleep(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
