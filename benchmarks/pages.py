"""The list over HTTP, against a floor and a stock Django page, all in one run.

    python -m benchmarks.pages --size 1000 --size 100000 --repeat 30

Each contestant is served by gunicorn with two sync workers, from the same PostgreSQL and the same made-up records, and
asked in turns, one request at a time, so that what else the machine does hits all alike. See README.md.
"""

import argparse
import csv
import gzip
import multiprocessing
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count

import psycopg

from . import first_view, floor, records
from .scratch import BASE_DIR, HOST, NAME, manage, run, scratch_database, servers

GUNICORN = ["--workers=2", "--worker-class=sync", "--threads=1", "--timeout=120", "--no-control-socket"]
WITHOUT_OUR_SETTINGS = "--config=python:benchmarks"  # an empty module, in place of gunicorn.conf.py
WARM_UP = 4  # requests of each page, which are not counted
BROWSER = {"Host": HOST, "X-Forwarded-Proto": "https", "Accept-Encoding": "gzip", "Accept": "text/html"}
PROGRAM = BROWSER | {"Accept-Encoding": "identity", "Accept": "*/*"}  # only ours would spend its time on compression
HITS = re.compile(r">\s*([\d,]+) recommendations?\s*<")

LIST = "/recommendations/"
RARE, COMMON = "+".join(records.RARE_WORDS), "+".join(records.COMMON_WORDS)

# With few recommendations, what is asked for has to be common: every page shows 25 rows.
SMALL = {
    "list": LIST,
    "group + status": f"{LIST}?group=digital-economy&status=issued",
    "group + status + two words": f"{LIST}?group=digital-economy&status=issued&q={COMMON}",
}
LARGE = {
    "list, newest first": f"{LIST}?sort=newest",
    "group + status": f"{LIST}?group=smart-borders&status=in_progress",
    "group + status + two words": f"{LIST}?group=smart-borders&status=in_progress&q={RARE}",
    "two words": f"{LIST}?q={RARE}",
    "CSV of one status": f"{LIST}export.csv?status=not_implemented",
}
LARGE_FROM = 10_000
SIZES = [1_000, 100_000]

# Ours is asked twice: after a write, and again.
FIRST_VIEW, UNCHANGED, FLOOR, STOCK = "first view", "unchanged", "floor", "stock"
ALL_FACETS, MATERIALIZED = "floor, nine facets", "floor, counts materialized"
PREFIXES = {ALL_FACETS: "/all-facets", MATERIALIZED: "/materialized"}


@dataclass(frozen=True)
class Answer:
    seconds: float
    body: bytes
    transferred: int  # bytes, of the body as it was sent

    def hits(self) -> int:
        """Return the number of recommendations that the page says it is about, or the rows of a CSV file."""
        text = self.body.decode("utf-8-sig")
        if found := HITS.search(text):
            return int(found[1].replace(",", ""))
        return sum(1 for _row in csv.reader(text.splitlines(keepends=True))) - 1


def get(port: int, address: str) -> Answer:
    """Fetch a page as a browser does, or a file as a program does, and read it to its end."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    begin = time.perf_counter()
    connection.request("GET", address, headers=PROGRAM if "/export." in address else BROWSER)
    response = connection.getresponse()
    body = response.read()
    seconds = time.perf_counter() - begin
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{address} on port {port} gave {response.status}: {body[:500]}")
    is_compressed = response.headers["Content-Encoding"] == "gzip"
    return Answer(seconds, gzip.decompress(body) if is_compressed else body, len(body))


@contextmanager
def serve(application: str, *options: str) -> Iterator[int]:
    """Run gunicorn, and give the port that it listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", application, *GUNICORN, *options, f"--bind=127.0.0.1:{port}"],
            cwd=BASE_DIR,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(port, process)
            yield port
        except BaseException:
            log.seek(0)
            print(log.read().decode()[-4000:], file=sys.stderr)
            raise
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen):
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("gunicorn does not answer")


def variants(page: str) -> list[str]:
    """Return the other measurements of the floor for a page, for information."""
    if "CSV" in page:
        return []
    return [ALL_FACETS, MATERIALIZED] if page.startswith("list") else [ALL_FACETS]


class Run:
    """The contestants on their ports, over a database with records in it, and the addresses of the pages by name."""

    def __init__(self, pages: dict[str, str], ports: dict[str, int], connection: psycopg.Connection):
        self.pages, self.ports, self.connection = pages, ports, connection
        self.numbers = count()
        self.seconds = defaultdict(list)

    def ask(self, contestant: str, page: str) -> Answer:
        return get(self.ports[contestant], PREFIXES.get(contestant, "") + self.pages[page])

    def ask_everybody(self, page: str) -> dict[str, Answer]:
        """The answers to one round of a page."""
        name = records.rename_group(self.connection, next(self.numbers)).encode()
        answers = {
            contestant: self.ask(contestant, page)
            for contestant in [FIRST_VIEW, UNCHANGED, FLOOR, *variants(page), STOCK]
        }
        if name not in answers[FIRST_VIEW].body or name not in answers[UNCHANGED].body:
            raise RuntimeError(f"{page}: a change was not seen on the next request")
        return answers

    def warm_up(self, page: str) -> tuple[int, int]:
        """Return how many recommendations all contestants find, on which they have to agree, and how long our page is."""
        for _ in range(WARM_UP):
            answers = self.ask_everybody(page)
        hits = {name: answer.hits() for name, answer in answers.items()}
        if len(set(hits.values())) > 1:
            raise RuntimeError(f"{page}: the contestants did not find the same: {hits}")
        return hits[FIRST_VIEW], answers[FIRST_VIEW].transferred

    def measure(self, page: str):
        for name, answer in self.ask_everybody(page).items():
            self.seconds[page, name].append(answer.seconds)

    def summary(self, page: str, of: Callable) -> dict[str, float]:
        """Milliseconds by contestant, where `of` makes one number of many."""
        return {name: of(seconds) * 1000 for (of_page, name), seconds in self.seconds.items() if of_page == page}


STATISTICS = {"p50": statistics.median, "fastest": min}
HEADS = [
    "page",
    "hits",
    "KB",
    "queries",
    FLOOR,
    STOCK,
    FIRST_VIEW,
    UNCHANGED,
    "first view / stock",
    ALL_FACETS,
    MATERIALIZED,
]


def table_row(name: str, hits: int, length: int, queries: str, taken: dict[str, float]) -> str:
    """A row of the Markdown table: milliseconds, and the ratio to the floor."""

    def cell(contestant):
        return f"{taken[contestant]:.1f} (×{taken[contestant] / taken[FLOOR]:.1f})" if contestant in taken else "–"

    cells = [
        name,
        f"{hits:,}",
        f"{length / 1024:.1f}",
        queries,
        f"{taken[FLOOR]:.1f}",
        *map(cell, [STOCK, FIRST_VIEW, UNCHANGED]),
    ]
    cells += [f"{taken[FIRST_VIEW] / taken[STOCK]:.2f}", cell(ALL_FACETS), cell(MATERIALIZED)]
    return f"| {' | '.join(cells)} |"


def compare(size: int, repeat: int):
    """Measure all pages at one size, and print a table for each of STATISTICS."""
    pages = LARGE if size >= LARGE_FROM else SMALL
    with ExitStack() as stack:
        stack.enter_context(scratch_database(f"{NAME}_{size}", template=NAME))
        connection = stack.enter_context(psycopg.connect(os.environ["DATABASE_URL"], autocommit=True))
        begin = time.perf_counter()
        records.make(connection, size)
        floor.create()
        run("-m", "benchmarks.stock")
        connection.execute("CHECKPOINT")  # now, and not while pages are measured
        say(f"{size:,} recommendations made for all three in {time.perf_counter() - begin:.0f} s")
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            queries = pool.apply(first_view.count_queries, [list(pages.values())])
        ours = stack.enter_context(serve("config.wsgi"))
        bare = stack.enter_context(serve("benchmarks.floor:application", WITHOUT_OUR_SETTINGS))
        stock = stack.enter_context(serve("benchmarks.stock.wsgi", WITHOUT_OUR_SETTINGS))
        ports = {FIRST_VIEW: ours, UNCHANGED: ours, STOCK: stock} | dict.fromkeys([FLOOR, *PREFIXES], bare)
        measured = Run(pages, ports, connection)
        found = {page: measured.warm_up(page) for page in pages}
        for number in range(repeat):
            for page in pages:
                measured.measure(page)
            say(f"{size:,}: round {number + 1} of {repeat}, load {os.getloadavg()[0]:.1f}")
        for statistic, of in STATISTICS.items():
            print(f"\n{statistic}, in milliseconds, and as a multiple of the floor:\n")
            print(f"| {' | '.join(HEADS)} |")
            print("|---" * len(HEADS) + "|")
            for page, address in pages.items():
                print(table_row(f"{size:,}: {page}", *found[page], queries[address], measured.summary(page, of)))
        sys.stdout.flush()


def say(line: str):
    print(line, file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, action="append", help="recommendations; can be given several times")
    parser.add_argument("--repeat", type=int, default=30, help="measured requests of each page and contestant")
    options = parser.parse_args()
    with servers(), scratch_database():
        manage("collectstatic", "--noinput", "--verbosity=0")
        for size in options.size or SIZES:
            compare(size, options.repeat)


if __name__ == "__main__":
    main()
