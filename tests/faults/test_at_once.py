"""The same is done many times at once, and comes out as if it were done once."""

import time

import pytest
from django.utils import timezone

from mail.models import MailControl
from reviews.digests.models import Delivery, Digest
from reviews.digests.pipeline.run import prepare
from tests import processes
from tests.factories import MilestoneFactory, SubscriptionFactory
from tests.parallel import beside, eventually

from .reckoning import reckon
from .steps import all_is_sent, send_what_is_due, tick

pytestmark = pytest.mark.django_db(transaction=True)


def test_preparing_fifty_times_at_once_is_preparing_once(milestone, readers, sink):
    for future in [beside(prepare, timezone.now()) for _ in range(50)]:
        future.result(60)

    assert (Digest.objects.count(), Delivery.objects.count()) == (1, 3)
    send_what_is_due()
    assert all_is_sent()
    reckon(sink)


def test_two_schedulers_and_two_workers_send_as_one(milestone, sink):
    others = [MilestoneFactory(series__send_hour=0, series__lead_days=[7], day=milestone.starts_on) for _ in range(2)]
    for each in (milestone, *others):
        for _ in range(20):
            SubscriptionFactory(series=[each.series])

    with processes.worker(sink, "one"), processes.worker(sink, "other"):
        for _round in range(30):  # in each of which both schedulers are punctual
            tick()
            tick()
            if eventually(all_is_sent, seconds=2):
                break
        assert all_is_sent()

    assert Digest.objects.count() == 3
    reckon(sink)


def test_three_hundred_readers_get_it_once_each_and_no_faster_than_the_rate_allows(milestone, sink, worker):
    for number in range(300):
        SubscriptionFactory(series=[milestone.series], language="es" if number % 3 else "en")
    MailControl.objects.create(pk=1, rate_per_minute=3000)

    tick()
    assert sink.wait_for(1)
    began = time.monotonic()
    assert sink.wait_for(300)
    seconds = time.monotonic() - began

    assert eventually(all_is_sent)
    assert seconds > 0.9 * 300 / 3000 * 60
    reckon(sink)
