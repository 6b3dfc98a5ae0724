"""Processes of a `make run` that was killed before it could end them."""

import os

import psutil
import redis

from . import embedded

MARK = "TRACKER_RUN"  # in the environment of all that `make run` starts, and so of all that those start
PATIENCE = 5  # seconds between SIGTERM and SIGKILL


def mark():
    """Have whatever this process starts from now on known as part of this run."""
    os.environ[MARK] = str(embedded.VAR)


def end() -> int:
    """End what another run of this folder has left, and return how many processes that were."""
    found = [process for process in psutil.process_iter() if _is_marked(process)] + _valkey()
    for process in found:
        process.terminate()
    _gone, alive = psutil.wait_procs(found, timeout=PATIENCE)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=PATIENCE)
    return len(found)


def _is_marked(process) -> bool:
    try:
        return process.environ().get(MARK) == str(embedded.VAR)
    except psutil.Error:  # it has just ended, or is somebody else's
        return False


def _valkey() -> list[psutil.Process]:
    """The Valkey server of this folder: it writes its title where the environment was, and the mark with it."""
    server = redis.from_url(embedded.redis_url(), socket_timeout=1, socket_connect_timeout=1)
    try:
        return [psutil.Process(server.info("server")["process_id"])]
    except (redis.RedisError, psutil.Error):
        return []
