"""Messages per second of the mail's delivery, against one bare smtplib connection with the same bytes and sink.

    python -m benchmarks.deliver [RECIPIENTS]

Prints one line for each number of recipients: the bare rate, the rate of two workers with the full ledger of messages,
their ratio, how often a body was rendered, the workers' largest memory, and the processor time that a message takes of
each process. Both rates are of one run. The sink offers command pipelining, which smtplib does not use.
"""

import multiprocessing
import smtplib
import sys
import time
from datetime import date, datetime, timedelta

import psutil
from aiosmtpd.controller import Controller

from .scratch import own_peak_memory, scratch_database, servers, setup

RECIPIENTS = [1_000, 10_000]
WORKERS = 2
DAY = date(2027, 7, 1)


class Sink:
    """Accepts everything and keeps nothing."""

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        return "250 2.0.0 taken"


def serve(port):
    controller = Controller(Sink(), hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    time.sleep(3600)


def work(start, port, results):
    """One worker: a process of its own, as Celery's is. It begins when it is told to."""
    setup()
    from django.conf import settings
    from django.db import connection

    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    from mail.delivery.deliver import deliver

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
    results.put(None)  # ready
    start.wait()
    before, own = busy(backend), time.process_time()
    accepted = deliver()
    results.put((accepted, own_peak_memory(), time.process_time() - own, busy(backend) - before))


def busy(process) -> float:
    """Seconds of processor time that a process has used."""
    times = process.cpu_times()
    return times.user + times.system


def subscribe(count):
    """That many confirmed subscriptions of the series: two languages, four sets of groups."""
    from django.db import connection
    from django.utils import timezone

    from reviews.digests.models import Subscription
    from reviews.models import Series
    from working_groups.models import WorkingGroup

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE digests_subscription, mail_message, mail_batch, mail_body CASCADE")
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
        Subscription.series.through(subscription=subscription, series=series) for subscription in made
    )
    sets = [[], ["smart-borders"], ["digital-economy", "amiti"], ["smart-borders", "digital-economy"]]
    groups = {group.slug: group for group in WorkingGroup.objects.all()}
    Subscription.groups.through.objects.bulk_create(
        Subscription.groups.through(subscription=subscription, workinggroup=groups[slug])
        for number, subscription in enumerate(made)
        for slug in sets[number // 2 % 4]
    )


def prepare(edition):
    """Return a digest that is frozen and fanned out."""
    from django.utils import timezone

    from reviews.digests.models import Digest
    from reviews.digests.pipeline.fan_out import fan_out
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
        may_go_to_many=True,
    )
    freeze(digest.pk, now)
    fan_out(digest.pk, now)
    digest.refresh_from_db()
    return digest


def bare(digest, port) -> float:
    """Messages per second of smtplib with nothing else: the bytes are made beforehand."""
    from django.utils import timezone

    from mail.delivery.deliver import assemble_for
    from mail.message.mime import as_received

    messages = []
    for message in digest.batch.messages.select_related("body")[:500]:
        message.first_attempt_at = timezone.now()
        content = assemble_for(message, bytes(message.body.content), message.body.signed_with)
        messages.append((message.address, as_received(content)))
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as server:
        begin = time.perf_counter()
        for address, content in messages:
            server.sendmail("tracker@tracker.example", [address], content)
        return len(messages) / (time.perf_counter() - begin)


def measure(count, edition, port, sink):
    subscribe(count)
    digest = prepare(edition)
    before = bare(digest, port)
    start, results = multiprocessing.Event(), multiprocessing.Queue()
    workers = [multiprocessing.Process(target=work, args=(start, port, results)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for _ in workers:
        results.get()
    sink_before, begin = busy(sink), time.perf_counter()
    start.set()
    answers = [results.get() for _ in workers]
    ours = count / (time.perf_counter() - begin)
    sink_time = busy(sink) - sink_before
    for worker in workers:
        worker.join()
    after = bare(digest, port)
    rate = (before + after) / 2
    accepted, memory, worker_time, backend_time = zip(*answers, strict=True)
    assert sum(accepted) == count
    print(
        f"{count:6d} recipients: bare {rate:6.0f}/s, delivery {ours:6.0f}/s, ratio {ours / rate:.2f}; "
        f"{digest.renderings.count()} renderings; memory {max(memory)} MB; a message takes ms of processor time: "
        f"worker {sum(worker_time) / count * 1000:.1f}, PostgreSQL {sum(backend_time) / count * 1000:.1f}, "
        f"sink {sink_time / count * 1000:.1f}"
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
            for edition, count in enumerate([int(count) for count in sys.argv[1:]] or RECIPIENTS, start=1):
                measure(count, edition, port, psutil.Process(sink.pid))
    finally:
        sink.kill()


if __name__ == "__main__":
    main()
