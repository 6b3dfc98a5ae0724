import pytest
from django.core.cache import cache

from config import celery_app
from reviews.digests.models import Subscription
from tests import processes
from tests.factories import MilestoneFactory, RecommendationFactory, SubscriptionFactory
from tests.mail.sink import Sink

from .deliveries import READERS
from .stages import expanded


@pytest.fixture(autouse=True)
def _nobody_has_asked_for_anything():
    """The counts of throttle.py begin anew."""
    cache.clear()


@pytest.fixture
def sink(settings):
    """The mail server."""
    with Sink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


@pytest.fixture
def worker(transactional_db, sink):
    """A Celery worker as in production: another process, on the test's database, broker and mail server."""
    celery_app.control.purge()
    with processes.worker(sink) as worker:
        yield worker


@pytest.fixture
def recommendation():
    return RecommendationFactory(code="2023-SB-1")


@pytest.fixture
def milestone():
    return MilestoneFactory()


@pytest.fixture
def digest(milestone):
    """For Ada, Ben and Cam, who are written to in this order."""
    for _reader in READERS:
        SubscriptionFactory(series=[milestone.series])
    digest = expanded(milestone)
    for email, delivery in zip(READERS, digest.deliveries.order_by("pk"), strict=True):
        Subscription.objects.filter(pk=delivery.subscription_id).update(email=email)
    return digest
