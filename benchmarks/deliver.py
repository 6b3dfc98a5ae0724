"""Messages per second of the digests' delivery, against one bare smtplib connection with the same bytes and sink.

    python -m benchmarks.deliver [RECIPIENTS]

Prints one line for each number of recipients: the bare rate, the rate of two workers with the full ledger of
deliveries, their ratio, how often a body was rendered, and the workers' largest memory. Both rates are of one run.
"""

import io
import logging
import multiprocessing
import os
import resource
import smtplib
import sys
import time
from datetime import date, datetime, timedelta

import django
from aiosmtpd.controller import Controller

RECIPIENTS = [1_000, 10_000]
WORKERS = 2
DAY = date(2027, 7, 1)


class Sink:
    """Accepts everything and keeps nothing."""

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        return "250 2.0.0 taken"


def serve(port):
    controller = Controller(Sink(), hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    time.sleep(3600)


def work(digest, port, results):
    """One worker: a process of its own, as Celery's is."""
    from django.conf import settings

    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    from reviews.digests.deliver import deliver

    accepted = deliver(digest)
    results.put((accepted, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))


def subscribe(count):
    """That many confirmed subscriptions of the series: two languages, four sets of groups."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            TRUNCATE digests_subscription CASCADE;
            INSERT INTO digests_subscription (key, email, language, state, consent_origin, consent_version, created_at, confirmed_at)
                SELECT gen_random_uuid(), 'reader' || n || '@example.org', (ARRAY['en', 'es'])[n %% 2 + 1], 'confirmed',
                    'form', '1', now(), now()
                FROM generate_series(1, %(count)s) n;
            INSERT INTO digests_subscription_series (subscription_id, series_id)
                SELECT s.id, (SELECT id FROM reviews_series WHERE slug = 'usmca-joint-review') FROM digests_subscription s;
            INSERT INTO digests_subscription_groups (subscription_id, workinggroup_id)
                SELECT s.id, g.id FROM digests_subscription s
                JOIN working_groups_workinggroup g ON s.id / 2 %% 4 = 1 AND g.slug = 'smart-borders'
                    OR s.id / 2 %% 4 = 2 AND g.slug IN ('digital-economy', 'amiti')
                    OR s.id / 2 %% 4 = 3 AND g.slug <> 'amiti'
            """,
            {"count": count},
        )


def prepare(edition):
    """A frozen and expanded digest; gives it."""
    from django.utils import timezone

    from reviews.digests.expand import expand
    from reviews.digests.freeze import freeze
    from reviews.digests.models import Digest
    from reviews.models import Milestone

    milestone = Milestone.objects.get(slug="usmca-joint-review-2027")
    Milestone.objects.filter(pk=milestone.pk).update(starts_on=DAY, ends_on=DAY, precision="day", state="scheduled")
    milestone.refresh_from_db()
    now = timezone.make_aware(datetime.combine(DAY - timedelta(days=30), datetime.min.time()))
    digest = Digest.objects.create(
        milestone=milestone, lead_days=30, edition=edition, due_at=now, milestone_revision=milestone.revision
    )
    freeze(digest.pk, now)
    expand(digest.pk, "tracker.example", now)
    digest.refresh_from_db()
    return digest


def bare(digest, port) -> float:
    """Messages per second of smtplib with nothing else: the bytes are made beforehand."""
    from reviews.digests.message import build_message

    deliveries = digest.deliveries.select_related("rendering__digest__milestone__series", "subscription")[:500]
    messages = [(delivery.subscription.email, build_message(delivery)) for delivery in deliveries]
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as server:
        begin = time.perf_counter()
        for email, message in messages:
            server.sendmail("tracker@tracker.example", [email], message)
        return len(messages) / (time.perf_counter() - begin)


def measure(count, edition, port):
    from django.db import connection

    subscribe(count)
    digest = prepare(edition)
    before = bare(digest, port)
    results = multiprocessing.Queue()
    connection.close()
    connection.close_pool()  # each worker opens its own
    workers = [multiprocessing.Process(target=work, args=(digest.pk, port, results)) for _ in range(WORKERS)]
    begin = time.perf_counter()
    for worker in workers:
        worker.start()
    told = [results.get() for _ in workers]
    ours = count / (time.perf_counter() - begin)
    for worker in workers:
        worker.join()
    after = bare(digest, port)
    rate = (before + after) / 2
    assert sum(accepted for accepted, _memory in told) == count
    print(
        f"{count:6d} recipients: bare {rate:6.0f}/s, delivery {ours:6.0f}/s, ratio {ours / rate:.2f}; "
        f"{digest.renderings.count()} renderings; memory {max(memory for _accepted, memory in told)} MB"
    )


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    logging.disable(logging.WARNING)
    from django.core.management import call_command
    from django.db import connection

    multiprocessing.set_start_method("fork")
    port = 20_025
    sink = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    sink.start()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        call_command("load_data", stdout=io.StringIO())
        for edition, count in enumerate([int(each) for each in sys.argv[1:]] or RECIPIENTS, start=1):
            measure(count, edition, port)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
        sink.kill()


if __name__ == "__main__":
    main()
