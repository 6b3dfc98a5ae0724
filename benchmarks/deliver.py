"""Messages per second of the digests' delivery, against one bare smtplib connection with the same bytes and sink.

    python -m benchmarks.deliver [RECIPIENTS]

Prints one line for each number of recipients: the bare rate, the rate of two workers with the full ledger of
deliveries, their ratio, how often a body was rendered, and the workers' largest memory, each by itself. Both rates are
of one run.
"""

import multiprocessing
import smtplib
import sys
import time
from datetime import date, datetime, timedelta

from aiosmtpd.controller import Controller

from .scratch import own_peak_memory, scratch_database, servers, setup

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


def work(digests, port, results):
    """One worker: a process of its own, as Celery's is. It begins when it is told which digest."""
    setup()
    from django.conf import settings

    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    from reviews.digests.pipeline.deliver import deliver

    results.put(None)  # ready
    accepted = deliver(digests.get())
    results.put((accepted, own_peak_memory()))


def subscribe(count):
    """That many confirmed subscriptions of the series: two languages, four sets of groups."""
    from django.db import connection
    from django.utils import timezone

    from reviews.digests.models import Subscription
    from reviews.models import Series
    from working_groups.models import WorkingGroup

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE digests_subscription CASCADE")
    made = Subscription.objects.bulk_create(
        Subscription(
            email=f"reader{number}@example.org",
            language="es" if number % 2 else "en",
            state="confirmed",
            consent_origin="form",
            consent_version="1",
            confirmed_at=timezone.now(),
        )
        for number in range(count)
    )
    series = Series.objects.get(slug="usmca-joint-review")
    Subscription.series.through.objects.bulk_create(
        Subscription.series.through(subscription=each, series=series) for each in made
    )
    sets = [[], ["smart-borders"], ["digital-economy", "amiti"], ["smart-borders", "digital-economy"]]
    groups = {group.slug: group for group in WorkingGroup.objects.all()}
    Subscription.groups.through.objects.bulk_create(
        Subscription.groups.through(subscription=each, workinggroup=groups[slug])
        for number, each in enumerate(made)
        for slug in sets[number // 2 % 4]
    )


def prepare(edition):
    """A frozen and expanded digest; gives it."""
    from django.utils import timezone

    from reviews.digests.models import Digest
    from reviews.digests.pipeline.fan_out import expand
    from reviews.digests.pipeline.freeze import freeze
    from reviews.models import Milestone

    milestone = Milestone.objects.get(slug="usmca-joint-review-2027")
    Milestone.objects.filter(pk=milestone.pk).update(starts_on=DAY, ends_on=DAY, precision="day", state="scheduled")
    milestone.refresh_from_db()
    now = timezone.make_aware(datetime.combine(DAY - timedelta(days=30), datetime.min.time()))
    digest = Digest.objects.create(
        milestone=milestone,
        lead_days=30,
        edition=edition,
        due_at=now,
        milestone_revision=milestone.revision,
        approved_at=now,  # more than twice as many as before would be held
    )
    freeze(digest.pk, now)
    expand(digest.pk, "tracker.example", now)
    digest.refresh_from_db()
    return digest


def bare(digest, port) -> float:
    """Messages per second of smtplib with nothing else: the bytes are made beforehand."""
    from reviews.digests.mail.message import build_message

    deliveries = digest.deliveries.select_related("rendering__digest__milestone__series", "subscription")[:500]
    messages = [(delivery.subscription.email, build_message(delivery)) for delivery in deliveries]
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as server:
        begin = time.perf_counter()
        for email, message in messages:
            server.sendmail("tracker@tracker.example", [email], message)
        return len(messages) / (time.perf_counter() - begin)


def measure(count, edition, port):
    subscribe(count)
    digest = prepare(edition)
    before = bare(digest, port)
    digests, results = multiprocessing.Queue(), multiprocessing.Queue()
    workers = [multiprocessing.Process(target=work, args=(digests, port, results)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for _ in workers:
        results.get()
    begin = time.perf_counter()
    for _ in workers:
        digests.put(digest.pk)
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
    # Not forked: a worker's memory is its own, and nothing of this process.
    multiprocessing.set_start_method("spawn")
    port = 20_025
    sink = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    sink.start()
    try:
        with servers(), scratch_database():
            setup()
            for edition, count in enumerate([int(each) for each in sys.argv[1:]] or RECIPIENTS, start=1):
                measure(count, edition, port)
    finally:
        sink.kill()


if __name__ == "__main__":
    main()
