"""From a milestone to an inbox, by a real Celery worker and a real mail server."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from config import celery_app
from mail.models import Message
from reviews.digests.models import Digest
from reviews.digests.subscribers.tokens import token_for
from tests.factories import (
    MilestoneFactory,
    RecommendationFactory,
    SeriesFactory,
    SubscriptionFactory,
    WorkingGroupFactory,
    record,
)
from tests.parallel import eventually

from .reading import CODE, URL

pytestmark = pytest.mark.django_db(transaction=True)


def tick():
    """What beat sends each minute."""
    celery_app.send_task("mail.tasks.tick")
    celery_app.send_task("reviews.digests.tasks.tick")


def is_sent(digest_of) -> bool:
    return digest_of.digests.filter(lead_days=7, state="sent").exists()


@pytest.fixture
def milestone():
    """In a week, and its digest has been due since midnight."""
    return MilestoneFactory(
        series=SeriesFactory(send_hour=0, lead_days=[7]),
        day=localdate() + timedelta(days=7),
        name_en="Joint review",
        name_es="Revisión conjunta",
    )


@pytest.fixture
def recommendations():
    borders = WorkingGroupFactory(name_en="Borders", name_es="Fronteras")
    digital = WorkingGroupFactory(name_en="Digital", name_es="Lo digital")
    return [
        RecommendationFactory(group=borders, code="2023-SB-1"),
        RecommendationFactory(group=digital, code="2023-DE-1"),
    ]


def test_an_update_reaches_each_reader_once_in_their_language_and_of_their_groups(
    milestone, recommendations, sink, worker
):
    borders, digital = recommendations
    series = [milestone.series]
    SubscriptionFactory(series=series, email="all@example.org")
    SubscriptionFactory(series=series, email="todo@example.org", language="es")
    SubscriptionFactory(series=series, email="digital@example.org", groups=[digital.group])
    SubscriptionFactory(series=series, email="pending@example.org", state="pending", confirmed_at=None)
    record(borders, status="in_progress", what_en="A bridge opened.", what_es="Se abrió un puente.")
    record(digital, what_en="A law passed.", what_es="Se aprobó una ley.")

    tick()

    assert sink.wait_for(3)
    assert eventually(lambda: is_sent(milestone))
    bodies = {mail.recipient: [part.get_content() for part in mail.message.iter_parts()] for mail in sink.taken}
    assert bodies.keys() == {"all@example.org", "todo@example.org", "digital@example.org"}
    assert len(sink.taken) == 3
    for body in bodies["all@example.org"]:
        assert all(words in body for words in ("Joint review", "A bridge opened.", "A law passed."))
        assert set(CODE.findall(body)) == {"2023-SB-1", "2023-DE-1"}
    for body in bodies["todo@example.org"]:
        assert all(words in body for words in ("Revisión conjunta", "Se abrió un puente.", "Se aprobó una ley."))
        assert "A bridge opened." not in body
    for body in bodies["digital@example.org"]:
        assert "A law passed." in body
        assert set(CODE.findall(body)) == {"2023-DE-1"}
    assert {mail.message_id for mail in sink.taken} == set(
        Message.objects.filter(state="accepted").values_list("message_id", flat=True)
    )


def test_further_ticks_send_nothing_more(milestone, recommendations, sink, worker):
    SubscriptionFactory(series=[milestone.series])
    tick()
    assert eventually(lambda: is_sent(milestone))

    following = MilestoneFactory(series__send_hour=0, series__lead_days=[7], day=milestone.starts_on)
    SubscriptionFactory(series=[following.series], email="next@example.org")
    for _ in range(3):
        tick()
    assert eventually(lambda: is_sent(following))

    assert [mail.recipient for mail in sink.taken][1:] == ["next@example.org"]


def test_the_links_of_a_message_open_and_its_one_click_works(milestone, recommendations, sink, worker):
    reader = SubscriptionFactory(series=[milestone.series])
    record(recommendations[0], what_en="A bridge opened.")
    tick()
    assert eventually(lambda: is_sent(milestone))

    [message] = sink.messages_to(reader.email)
    links = {url for url in URL.findall(message.get_body(["plain"]).get_content()) if "tracker.example" in url}
    assert len(links) > 5
    for link in links:
        assert Client().get(link.removeprefix("https://tracker.example")).status_code == 200, link

    unsubscribe = message["List-Unsubscribe"].strip("<>").removeprefix("https://tracker.example")
    assert token_for(reader.key) in unsubscribe
    Client(enforce_csrf_checks=True).post(unsubscribe, {"List-Unsubscribe": "One-Click"})
    reader.refresh_from_db()
    assert reader.state == "unsubscribed"


def test_the_web_copy_is_there_once_it_is_sent_and_tells_the_same(milestone, recommendations, sink, worker):
    SubscriptionFactory(series=[milestone.series])
    record(recommendations[0], what_en="A bridge opened.", what_es="Se abrió un puente.")
    tick()
    assert eventually(lambda: is_sent(milestone))

    digest = Digest.objects.get()
    assert "A bridge opened." in Client().get(f"/digests/{digest.pk}/").content.decode()
    assert "Se abrió un puente." in Client().get(f"/es/digests/{digest.pk}/").content.decode()
