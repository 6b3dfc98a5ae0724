"""Letters about a subscription itself: each is sent once, says what it is about, and stops when it cannot arrive."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.digests.mail.subscription_email import build_letter, send_letters
from reviews.digests.models import Outbox, Subscription, Suppression
from reviews.digests.tasks import letters as task
from tests.database import in_another_connection, sql
from tests.factories import SeriesFactory, SubscriptionFactory, WorkingGroupFactory
from tests.parallel import beside

from .readers import ADDRESS, body, link

pytestmark = pytest.mark.django_db


def waiting(letter="confirm", **fields) -> Subscription:
    """A subscription of which a letter is to be sent."""
    state = {"state": "pending", "confirmed_at": None} if letter == "confirm" else {}
    return SubscriptionFactory(**{"email": ADDRESS, "letter": letter} | state | fields)


def again():
    """As if the pause before the next attempt were over."""
    Subscription.objects.update(letter_lease_until=None)
    Outbox.objects.update(resume_at=None)


# What it says


@pytest.fixture
def choices():
    return {
        "series": [SeriesFactory(name_en="The dialogue", name_es="El diálogo")],
        "groups": [WorkingGroupFactory(name_en="Borders", name_es="Fronteras")],
    }


@pytest.mark.parametrize(
    ("language", "series", "group", "prefix"),
    [("en", "The dialogue", "Borders", ""), ("es", "El diálogo", "Fronteras", "/es")],
)
def test_it_tells_the_choices_in_the_readers_language(sink, choices, language, series, group, prefix):
    waiting(language=language, **choices)

    send_letters()

    [letter] = sink.messages_to(ADDRESS)
    html = letter.get_body(["html"]).get_content()
    assert letter["Content-Language"] == language
    assert f'<html lang="{language}">' in html
    for part in (body(letter), html):
        assert series in part
        assert group in part
        assert f"https://tracker.example{prefix}/subscriptions/" in part
    assert link(letter).startswith(f"{prefix}/subscriptions/")


def test_without_groups_it_names_none(choices):
    assert "About these groups" in body(build_letter(waiting(**choices)))
    assert "About these groups" not in body(build_letter(waiting(email="eva@example.org", series=choices["series"])))


@pytest.mark.parametrize("letter", ["confirm", "manage"])
def test_all_links_of_the_html_are_in_the_text(letter, choices):
    message = build_letter(waiting(letter, **choices))

    links = re.findall(r'href="([^"]+)"', message.get_body(["html"]).get_content())
    assert len(links) == 2
    assert all(link in body(message) for link in links)


def test_its_headers_say_who_writes_and_that_it_is_a_machine(sink, settings):
    settings.DEFAULT_FROM_EMAIL = "Seguimiento México <tracker@tracker.example>"
    settings.MAIL_REPLY_TO = "staff@tracker.example"
    waiting()

    send_letters()

    [letter] = sink.messages_to(ADDRESS)
    assert letter["From"].addresses[0].display_name == "Seguimiento México"
    assert (letter["To"], letter["Reply-To"]) == (ADDRESS, "staff@tracker.example")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@tracker.example>")
    assert timezone.now() - letter["Date"].datetime < timedelta(minutes=1)


def test_it_is_sent_in_letters_that_every_server_takes(sink):
    waiting(language="es", series=[SeriesFactory(name_es="Diálogo"), SeriesFactory(name_es=".\r\n.. puntos")])

    send_letters()

    [mail] = sink.taken
    assert mail.raw.isascii()
    assert max(len(line) for line in mail.raw.splitlines()) <= 78
    assert "Diálogo" in body(mail.message)
    assert "\n.. puntos" in body(mail.message).replace("\r\n", "\n")


def test_whom_staff_have_entered_is_not_told_that_they_asked():
    assert "Somebody, most likely you, asked" in body(build_letter(waiting()))
    for origin in ["import", "staff"]:
        letter = body(build_letter(waiting(email=f"{origin}@example.org", consent_origin=origin)))
        assert "asked" not in letter
        assert "if you want them" in letter


# Sending


def test_each_is_sent_once_and_noted(sink):
    first, second = waiting(), waiting("manage", email="eva@example.org")

    assert [send_letters(), send_letters()] == [2, 0]

    assert sorted(sink.tried) == [first.email, second.email]
    for subscription in (first, second):
        subscription.refresh_from_db()
        assert (subscription.letter, subscription.letter_lease_until) == ("", None)
        assert timezone.now() - subscription.letter_sent_at < timedelta(minutes=1)


def test_the_task_sends_what_is_due(sink):
    waiting()

    task()

    assert sink.tried == [ADDRESS]


def test_it_ends_at_its_time_and_the_next_goes_on(sink):
    waiting()
    waiting(email="eva@example.org")

    assert send_letters(until=timezone.now()) == 1
    assert send_letters(until=timezone.now()) == 1
    assert sorted(sink.tried) == [ADDRESS, "eva@example.org"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_letter_once(sink):
    for n in range(20):
        waiting(email=f"reader{n}@example.org")

    workers = [beside(in_another_connection, send_letters) for _ in range(4)]

    assert sum(worker.result(60) for worker in workers) == 20
    assert sorted(sink.tried) == sorted({f"reader{n}@example.org" for n in range(20)})


def test_a_letter_of_a_worker_that_was_lost_is_sent_when_its_lease_is_over(sink):
    subscription = waiting(letter_lease_until=timezone.now() + timedelta(minutes=1))
    assert send_letters() == 0

    Subscription.objects.update(letter_lease_until=timezone.now() - timedelta(seconds=1))

    assert send_letters() == 1
    subscription.refresh_from_db()
    assert subscription.letter == ""


def test_a_letter_that_is_asked_for_while_another_leaves_is_not_lost(sink, monkeypatch):
    subscription = waiting()

    def build_meanwhile(each):
        Subscription.objects.filter(pk=each.pk).update(letter="manage")
        return build_letter(each)

    monkeypatch.setattr("reviews.digests.mail.subscription_email.build_letter", build_meanwhile)
    send_letters()

    subscription.refresh_from_db()
    assert subscription.letter == "manage"


# What stands in the way


def test_nothing_leaves_while_mail_is_paused_or_rests(sink):
    waiting()
    outbox = Outbox.objects.create(pk=1, is_paused=True)
    assert send_letters() == 0

    outbox.is_paused, outbox.resume_at = False, timezone.now() + timedelta(minutes=1)
    outbox.save()
    assert send_letters() == 0

    Outbox.objects.update(resume_at=timezone.now())
    assert send_letters() == 1


def test_an_address_that_was_suppressed_meanwhile_gets_none_later_either(sink):
    subscription = waiting(email="Ana@example.org")
    suppression = Suppression.objects.create(email="ana@Example.org", reason="complaint")

    assert send_letters() == 0
    suppression.delete()
    assert send_letters() == 0

    subscription.refresh_from_db()
    assert not sink.tried
    assert (subscription.letter, subscription.letter_sent_at) == ("", None)


def test_an_address_that_does_not_exist_is_suppressed_and_not_tried_again(sink):
    sink.script[ADDRESS] = ["550 5.1.1 No such user"]
    waiting()

    assert send_letters() == 0
    again()
    assert send_letters() == 0

    assert sink.tried == [ADDRESS]
    assert Suppression.objects.get().email == ADDRESS


def test_what_is_refused_for_good_is_given_up_and_suppresses_nobody(sink):
    sink.script[ADDRESS] = ["552 5.2.2 Full"]
    subscription = waiting()

    assert send_letters() == 0
    again()
    assert send_letters() == 0

    subscription.refresh_from_db()
    assert (subscription.letter, subscription.letter_sent_at) == ("", None)
    assert not Suppression.objects.exists()


def test_what_is_refused_for_now_is_tried_again_after_as_long_as_the_reader_has_waited(sink):
    sink.script[ADDRESS] = ["450 4.2.1 Later"] * 2
    subscription = waiting(created_at=timezone.now() - timedelta(minutes=20))

    assert send_letters() == 0
    subscription.refresh_from_db()
    assert timedelta(minutes=19) < subscription.letter_lease_until - timezone.now() < timedelta(minutes=21)
    assert send_letters() == 0
    again()
    assert send_letters() == 0
    again()
    assert send_letters() == 1

    assert sink.tried == [ADDRESS] * 3


def test_a_letter_whose_link_would_be_a_week_late_is_given_up(sink):
    sink.script[ADDRESS] = ["450 4.2.1 Later"] * 2
    subscription = waiting(created_at=timezone.now() - timedelta(days=8))

    send_letters()

    subscription.refresh_from_db()
    assert subscription.letter == ""


@pytest.mark.parametrize("email", ['"p1\x0bx"@example.org', '"=?utf-8?q?=0D=0ABcc:x@y.z?="@e.org'])
def test_a_letter_that_cannot_be_made_is_given_up_and_stops_no_other(sink, caplog, email):
    broken = waiting(email=email)  # from the time when the form took it
    waiting()

    assert send_letters() == 1
    again()
    assert send_letters() == 0

    assert sink.tried == [ADDRESS]
    broken.refresh_from_db()
    assert (broken.letter, broken.letter_sent_at) == ("", None)
    assert "was not accepted: " in caplog.text
    assert not [record for record in caplog.records if email in record.getMessage()]


def test_a_broken_connection_keeps_all_letters_and_leaves_the_server_alone_for_a_while(sink, settings):
    waiting()
    waiting(email="eva@example.org")
    settings.EMAIL_PORT = 1  # nobody is there

    assert send_letters() == 0
    assert Outbox.objects.get().resume_at > timezone.now()

    settings.EMAIL_PORT = sink.port
    again()
    assert send_letters() == 2


def test_a_server_that_refuses_us_pauses_all_mail(sink):
    sink.script["MAIL"] = ["550 5.7.1 You are not welcome"]
    subscription = waiting()

    assert send_letters() == 0

    assert Outbox.objects.get().is_paused
    subscription.refresh_from_db()
    assert subscription.letter == "confirm"
    assert not Suppression.objects.exists()


def test_a_letter_that_most_likely_arrived_is_not_repeated(sink):
    sink.script[ADDRESS] = ["drop"]
    subscription = waiting()

    send_letters()
    again()
    send_letters()

    assert sink.tried == [ADDRESS]
    subscription.refresh_from_db()
    assert subscription.letter_sent_at


def test_no_log_names_an_address(sink, caplog):
    sink.script[ADDRESS] = [f"550 5.1.1 <{ADDRESS}> unknown"]
    waiting()

    with caplog.at_level("DEBUG"):
        send_letters()

    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # that is the sink's
    assert any("was not accepted" in line for line in ours)
    assert not [line for line in ours if ADDRESS in line]


def test_letters_keep_to_the_pace_that_staff_have_set(sink, monkeypatch):
    Outbox.objects.create(pk=1, rate_per_minute=60)
    waiting()
    waiting(email="eva@example.org")
    waits = []
    monkeypatch.setattr("reviews.digests.pipeline.deliver.time.sleep", waits.append)

    send_letters()

    assert sum(waits) > 2
    assert sql("SELECT count(*) FROM digests_subscription WHERE letter <> ''") == [(0,)]
