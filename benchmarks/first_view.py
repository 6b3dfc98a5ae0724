"""The cost of the first view of a page after a write: its queries with their plans, and where Python spends its time.

python -m benchmarks.first_view --size 100000 --plans
python -m benchmarks.first_view --size 1000 --profile "/recommendations/?status=in_progress"
"""

import argparse
import cProfile
import os
import pstats
import statistics
import time
from collections import Counter
from itertools import count
from pathlib import Path

import psycopg

from . import records
from .scratch import BASE_DIR, HOST, scratch_database, servers, setup

PROFILED = 50  # requests
NUMBERS = count()


def touch():
    """Change what public pages show, so that no page comes from the cache."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        records.rename_group(connection, next(NUMBERS))


def fetch(client, address: str):
    """A first view through all of the middleware, read to its end."""
    response = client.get(address, secure=True, headers={"host": HOST, "accept-encoding": "gzip"})
    if response.status_code != 200:
        raise RuntimeError(f"{address} gave {response.status_code}")
    return b"".join(response)


def captured_queries(client, address: str) -> list[dict]:
    """The queries of a view."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        fetch(client, address)
    return queries.captured_queries


def captured_first_view(client, address: str) -> list[dict]:
    """The queries of a first view, by a process that has shown the page before."""
    fetch(client, address)
    touch()
    return captured_queries(client, address)


def count_queries(addresses: list[str]) -> dict[str, str]:
    """The numbers of queries of a first view of each of our pages and of the next; in a process of its own."""
    setup()
    from django.test import Client

    client = Client()
    return {
        address: f"{len(captured_first_view(client, address))}, {len(captured_queries(client, address))}"
        for address in addresses
    }


def show_queries(client, address: str, with_plans: bool):
    from django.db import connection

    rounds = [captured_first_view(client, address) for _ in range(5)]
    times = [
        statistics.median(float(query["time"]) * 1000 for query in queries) for queries in zip(*rounds, strict=True)
    ]
    print(f"\n## {address}\n\n{len(times)} queries, {sum(times):.0f} ms\n")
    for query, taken in zip(rounds[0], times, strict=True):
        sql = query["sql"]
        print(f"- {taken:.1f} ms: `{sql if with_plans else sql[:160]}`")
        if with_plans and taken > 2 and "SELECT" in sql:
            with connection.cursor() as cursor:
                cursor.execute(
                    "EXPLAIN (ANALYZE, BUFFERS) " + sql[sql.index("WITH" if "WITH" in sql[:60] else "SELECT") :]
                )
                print("\n".join(f"      {line}" for (line,) in cursor))


def show_profile(client, address: str):
    fetch(client, address)
    profile, taken = cProfile.Profile(), []
    for _ in range(PROFILED):
        touch()
        begin = time.perf_counter()
        fetch(client, address)
        taken.append(time.perf_counter() - begin)
    for _ in range(PROFILED):
        touch()
        profile.enable()
        fetch(client, address)
        profile.disable()
    stats = pstats.Stats(profile).stats
    total = sum(own for _calls, _all_calls, own, _cumulative, _callers in stats.values())
    by_place, functions = Counter(), []
    for (file, line, name), (_calls, calls, own, cumulative, _callers) in stats.items():
        by_place[_place(file, name)] += own
        functions.append((cumulative, own, calls / PROFILED, f"{_short(file)}:{line} {name}"))
    print(f"\n## {address}\n\np50 without the profiler {statistics.median(taken) * 1000:.1f} ms\n")
    print("| own time | where |\n|---|---|")
    for place, own in by_place.most_common(18):
        print(f"| {own / total:.0%} | {place} |")
    print("\n| with callees | own | calls | function |\n|---|---|---|---|")
    for cumulative, own, calls, name in sorted(functions, reverse=True)[:100]:
        print(f"| {cumulative / total:.0%} | {own / total:.1%} | {calls:.0f} | {name} |")


def _short(file: str) -> str:
    """A path from the project's folder or from site-packages on."""
    _before, found, after = file.partition("site-packages/")
    return after if found else file.removeprefix(f"{BASE_DIR}/")


def _place(file: str, name: str) -> str:
    """The package that a function belongs to, two levels deep for Django."""
    if file == "~":
        return "waiting for PostgreSQL" if "poll" in name or "select.epoll" in name else "built into Python"
    parts = Path(_short(file)).parts
    if parts[0] == "/":
        return "standard library"
    return "/".join(parts[:2]) if parts[0] in ("django", "recommendations", "core") else parts[0]


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_view", description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=1_000)
    parser.add_argument("--plans", action="store_true", help="how PostgreSQL answers what takes longer than 2 ms")
    parser.add_argument("--profile", action="store_true", help="where Python spends its time, in place of the queries")
    parser.add_argument("address", nargs="*", default=["/recommendations/"])
    options = parser.parse_args()
    with servers(), scratch_database():
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            records.make(connection, options.size)
        setup()
        from django.test import Client

        client = Client()
        for address in options.address:
            if options.profile:
                show_profile(client, address)
            else:
                show_queries(client, address, options.plans)


if __name__ == "__main__":
    main()
