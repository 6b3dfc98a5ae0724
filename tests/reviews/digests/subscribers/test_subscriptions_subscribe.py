"""Asking for digests: the form, and the page that the letter leads to. GET never changes anything."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from config import celery_app
from core.limits.rate_limit import is_too_often
from mail.delivery.deliver import deliver
from mail.message.addresses import mailbox_of
from mail.models import Message, Suppression
from mail.watch.alerts import raise_alerts
from reviews.digests.models import Subscription
from reviews.digests.subscribers import subscriptions
from reviews.digests.subscribers.subscription_email import PAUSE
from reviews.digests.subscribers.tokens import confirmation_token_for, token_for
from tests.database import in_another_connection, sql
from tests.factories import MilestoneFactory, PublicGroupFactory, SeriesFactory, SubscriptionFactory
from tests.reading import text, texts

from ..readers import ADDRESS, asks, filled_in, heading, letters, link, main
from ..stages import NOW, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    return SeriesFactory(slug="hled", name_en="The dialogue", name_es="El diálogo")


@pytest.fixture
def letter(sink, series):
    """What somebody who has just asked gets."""
    asks([series])
    [letter] = letters(sink)
    return letter


def stored(email=ADDRESS) -> Subscription:
    return Subscription.objects.get(email=email)


# The form


def test_the_form_offers_all_series_and_the_language_of_the_page(client, series):
    for prefix, language in [("", "en"), ("/es", "es")]:
        page = text(client.get(f"{prefix}/subscribe/"))

        assert re.search(rf'name="series" value="{series.pk}"[^>]* checked', page)
        assert re.search(rf'name="language" value="{language}"[^>]* checked', page)


def test_what_is_wrong_is_said_in_the_title_and_above_the_form(client, series):
    page = text(client.post("/subscribe/", {"email": "nobody", "series": series.pk}))

    assert texts(page, "title")[0].startswith("Error: Get the digests")
    assert texts(page, ".error[role=alert] b") == ["There is a problem"]


def test_a_link_to_the_form_can_choose(client, series):
    other, group = SeriesFactory(), PublicGroupFactory(slug="smart-borders")

    page = text(client.get("/subscribe/?series=hled&group=smart-borders"))

    assert re.search(rf'name="series" value="{series.pk}"[^>]* checked', page)
    assert not re.search(rf'name="series" value="{other.pk}"[^>]* checked', page)
    assert re.search(rf'name="groups" value="{group.pk}"[^>]* checked', page)


def test_opening_the_form_stores_nothing(client, series):
    for query in ["", "?email=ana@example.org&series=hled&agrees=on"]:
        client.get(f"/subscribe/{query}")
        client.head(f"/subscribe/{query}")

    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"email": ""}, "id_email", "Enter your e-mail address."),
        ({"email": "ana"}, "id_email", "Enter an e-mail address in the format name@example.org."),
        (
            {"email": "ana@example.org\r\nBcc: eva@example.org"},
            "id_email",
            "Enter an e-mail address in the format name@example.org.",
        ),
        ({"email": f"{'a' * 250}@example.org"}, "id_email", "This address is too long."),
        ({"email": "ana@méxico.example"}, "id_email", "This address has characters that not every mail server accepts"),
        ({"email": '"ana"@example.org'}, "id_email", "This address has characters that not every mail server accepts"),
        (
            {"email": "=?utf-8?q?ana?=@e.org"},
            "id_email",
            "This address has characters that not every mail server accepts",
        ),
        ({"series": []}, "id_series_0", "Choose at least one."),
        ({"agrees": ""}, "id_agrees", "Check this box to get the digests."),
        ({"language": ""}, "id_language_0", "This field is required."),
    ],
)
def test_what_is_wrong_is_said_on_top_with_a_link_and_beside_the_field(series, changes, field, message):
    page = text(asks([series], **changes))

    summary, form = re.search(
        r'(<div class="error" role="alert" tabindex="-1" autofocus>.*?</div>)(.*)', page, re.S
    ).groups()
    assert re.search(rf'<a href="#{field}">{message}', summary)
    assert re.search(rf'id="{field.removesuffix("_0")}_error">{message}', form)
    assert f'id="{field}"' in form
    assert f'aria-describedby="{field.removesuffix("_0")}_error"' in form
    assert not Subscription.objects.exists()


def test_what_was_chosen_is_kept_when_something_is_wrong(series):
    group, other = PublicGroupFactory(), PublicGroupFactory()

    page = text(asks([series], email="ana", groups=[group.pk], language="es"))

    assert 'value="ana"' in page
    assert re.search(rf'name="groups" value="{group.pk}"[^>]* checked', page)
    assert not re.search(rf'name="groups" value="{other.pk}"[^>]* checked', page)
    assert re.search(r'name="language" value="es"[^>]* checked', page)


def test_a_form_from_another_site_is_refused(series):
    assert Client(enforce_csrf_checks=True).post("/subscribe/", filled_in([series])).status_code == 403
    assert not Subscription.objects.exists()


# What it sets off


def test_who_asks_waits_for_confirmation(series):
    group = PublicGroupFactory()

    response = asks([series], groups=[group.pk], language="es")

    assert (response.status_code, response["Location"]) == (302, "/subscribe/asked/")
    subscription = stored()
    assert (subscription.state, subscription.language, subscription.confirmed_at) == ("pending", "es", None)
    assert (list(subscription.series.all()), list(subscription.groups.all())) == ([series], [group])
    assert (subscription.consent_origin, subscription.consent_version) == ("form", subscriptions.CONSENT_VERSION)
    assert not Subscription.objects.active().exists()


def test_the_answer_is_in_the_language_of_the_form(client, series):
    response = asks([series], prefix="/es")

    assert response["Location"] == "/es/subscribe/asked/"
    assert '<html lang="es">' in text(client.get(response["Location"]))


@pytest.mark.parametrize("known", ["nobody", "pending", "confirmed", "unsubscribed", "suppressed"])
def test_the_answer_does_not_tell_who_is_known_and_no_mail_leaves_before_it(series, sink, known):
    if known == "suppressed":
        Suppression.objects.create(address=ADDRESS, reason="bounce")
    elif known != "nobody":
        SubscriptionFactory(email=ADDRESS, state=known, unsubscribed_at=timezone.now())

    response = asks([series])

    assert (response.status_code, response["Location"], response.content) == (302, "/subscribe/asked/", b"")
    assert not response.cookies
    assert not sink.connections


@pytest.mark.parametrize("known", [False, True])
def test_a_worker_is_woken_for_every_address_once_it_is_stored(
    series, monkeypatch, django_capture_on_commit_callbacks, known
):
    if not known:
        Suppression.objects.create(address=ADDRESS, reason="bounce")
    with celery_app.connection() as broker:
        before = broker.default_channel._size("celery")

        with django_capture_on_commit_callbacks(execute=True):
            asks([series])
            assert broker.default_channel._size("celery") == before

        assert broker.default_channel._size("celery") == before + 1


def test_without_a_broker_the_letter_waits_for_the_next_tick(
    series, sink, monkeypatch, tmp_path, caplog, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(celery_app.conf, "broker_url", f"redis+socket://{tmp_path}/nobody.sock")

    with django_capture_on_commit_callbacks(execute=True):
        assert asks([series]).status_code == 302

    assert "mail waits for the next tick" in caplog.text
    assert ADDRESS not in caplog.text
    assert len(letters(sink)) == 1


def test_the_letter_of_a_confirmed_reader_changes_nothing_and_leads_to_what_they_have(series, sink):
    before = SubscriptionFactory(email=ADDRESS, language="es", series=[SeriesFactory()])

    asks([series], email="ANA@example.org", language="en", groups=[PublicGroupFactory().pk])

    after = stored()
    assert (after.state, after.language, after.confirmed_at) == ("confirmed", "es", before.confirmed_at)
    assert series not in after.series.all()
    assert not after.groups.exists()
    [letter] = letters(sink)
    assert link(letter) == f"/es/subscriptions/{token_for(before.key)}/"
    assert "confirm" not in link(letter)


def test_who_has_stopped_them_can_ask_anew_and_is_asked_to_confirm(client, series, sink):
    before = SubscriptionFactory(email=ADDRESS, state="unsubscribed", unsubscribed_at=timezone.now())

    asks([series])

    assert stored().state == "pending"
    [letter] = letters(sink)
    client.post(link(letter))
    assert (stored().pk, stored().state, stored().unsubscribed_at) == (before.pk, "confirmed", None)


def test_who_asks_again_before_confirming_gets_what_they_chose_last(series):
    other = SeriesFactory()
    asks([series])

    asks([other], language="es")

    assert (stored().language, list(stored().series.all())) == ("es", [other])


def test_a_suppressed_address_is_not_stored_and_gets_no_letter(series, sink):
    Suppression.objects.create(address="ANA@Example.org", reason="complaint")

    asks([series])

    assert not Subscription.objects.exists()
    assert letters(sink) == []
    assert not sink.tried


def test_a_program_that_fills_in_every_field_sets_nothing_off_and_is_not_told(series):
    response = asks([series], website="https://example.org")

    assert (response.status_code, response["Location"]) == (302, "/subscribe/asked/")
    assert not Subscription.objects.exists()


# How often


def test_two_letters_to_an_address_have_a_pause_between_them(series, sink):
    asks([series])
    assert len(letters(sink)) == 1

    asks([series])
    assert len(letters(sink)) == 1

    Message.objects.update(first_attempt_at=timezone.now() - PAUSE - timedelta(seconds=1))
    asks([series])
    assert len(letters(sink)) == 2


def test_who_has_stopped_them_since_the_last_letter_does_not_wait(client, series, sink):
    asks([series])
    [letter] = letters(sink)
    client.post(link(letter))
    client.post(f"/subscriptions/{token_for(stored().key)}/unsubscribe/")

    asks([series])

    assert len(letters(sink)) == 2


def test_an_address_is_written_to_five_times_a_day_at_most_and_nobody_is_told(series, sink):
    for _ in range(6):
        assert asks([series]).status_code == 302
        letters(sink)
        Message.objects.update(first_attempt_at=timezone.now() - PAUSE)

    assert len(letters(sink)) == 5


def test_a_visitor_who_asks_too_often_is_told_to_come_back(series):
    for _request in range(89):
        is_too_often("subscribe", "127.0.0.1", most=100, seconds=3600)
    answers = [asks([series], email=f"reader{n}@example.org") for n in range(12)]

    assert [answer.status_code for answer in answers] == [302] * 11 + [429]
    assert heading(answers[-1]) == "Please try again in an hour"
    assert Subscription.objects.count() == 11


def test_who_mistypes_is_not_counted(series):
    for _ in range(20):
        asks([series], email="ana")

    assert asks([series]).status_code == 302


# The page that the letter leads to


def test_opening_the_link_changes_nothing_and_the_button_confirms(client, letter):
    for _ in range(5):
        client.head(link(letter))
        page = main(client.get(link(letter)))
    assert ADDRESS in page
    assert '<form method="post">' in page
    assert stored().state == "pending"

    response = client.post(link(letter))

    assert heading(response) == "You will get the digests"
    assert stored().state == "confirmed"
    assert timezone.now() - stored().confirmed_at < timedelta(minutes=1)
    assert Subscription.objects.active().exists()


def test_who_confirms_is_told_when_the_next_digest_comes_or_what_it_waits_for(client, letter, series):
    assert "digests go out once the date of an upcoming meeting is known" in main(client.post(link(letter)))

    planned(MilestoneFactory(name_en="Summit", series=series))
    planned(MilestoneFactory(name_en="Other", day=date(2030, 6, 20)), now=NOW - timedelta(days=30))

    page = main(client.post(link(letter)))
    assert "The next one is planned for June 1, 2030, before “Summit”." in page


def test_the_button_pressed_twice_confirms_once(client, letter):
    client.post(link(letter))
    when = stored().confirmed_at

    assert heading(client.post(link(letter))) == "You will get the digests"

    assert stored().confirmed_at == when
    assert heading(client.get(link(letter))) == "You have already confirmed"


def test_the_button_needs_the_page(letter):
    assert Client(enforce_csrf_checks=True).post(link(letter)).status_code == 403
    assert stored().state == "pending"


def test_an_old_letter_does_not_bring_back_what_was_stopped(client, letter):
    client.post(link(letter))
    client.post(f"/subscriptions/{token_for(stored().key)}/unsubscribe/")

    pages = [client.get(link(letter)), client.post(link(letter))]

    assert [heading(page) for page in pages] == ["You will not get any more digests"] * 2
    assert stored().state == "unsubscribed"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("bad", ["expired", "forged", "cut", "of another kind", "erased"])
def test_a_link_that_is_no_longer_good_says_how_to_get_a_new_one(client, letter, monkeypatch, method, bad):
    *_, token, _confirm, _end = link(letter).split("/")
    if bad == "expired":
        monkeypatch.setattr("time.time", lambda: timezone.now().timestamp() + 7 * 24 * 3600 + 60)
    elif bad == "forged":
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    elif bad == "cut":
        token = token[:40]
    elif bad == "of another kind":
        token = token_for(stored().key)
    else:
        subscriptions.erase(stored())

    response = getattr(client, method)(f"/subscriptions/{token}/confirm/")

    assert response.status_code == 404
    assert heading(response) == "This link is no longer valid"
    assert 'href="/subscribe/"' in main(response)
    assert not Subscription.objects.active().exists()


def test_the_link_is_good_for_seven_days(client, letter, monkeypatch):
    later = timezone.now().timestamp() + 7 * 24 * 3600 - 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)

    assert heading(client.get(link(letter))) == "Confirm your subscription"


def test_the_link_of_a_letter_does_not_open_what_the_reader_has(client, letter):
    token = confirmation_token_for(stored().key)

    for page in ["", "unsubscribe/", "data.json", "erase/"]:
        assert client.get(f"/subscriptions/{token}/{page}").status_code == 404


# At once


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_subscription():
    series = [SeriesFactory()]

    def ask(n):
        email = ["ana@example.org", "ANA@example.org"][n % 2]
        return in_another_connection(subscriptions.request, email, "en", series, [], timezone.now())

    with ThreadPoolExecutor(8) as pool:
        assert len({subscription.pk for subscription in pool.map(ask, range(16))}) == 1

    assert Subscription.objects.count() == 1
    assert sql("SELECT count(*) FROM digests_subscription_series") == [(1,)]


def test_the_letter_leaves_within_seconds_without_a_tick(worker, sink):
    asks([SeriesFactory()])

    assert sink.wait_for(1, seconds=30)
    assert sink.taken[0].recipient == ADDRESS


def test_one_mailbox_by_other_names_is_one(series, sink):
    names = [
        "victim@gmail.com",
        "v.ictim@gmail.com",
        "Vic.tim+a@googlemail.com",
        *(f"victim+{n}@gmail.com" for n in "bcde"),
    ]
    for name in names:
        assert asks([series], email=name).status_code == 302

    assert Subscription.objects.count() == 5
    assert mailbox_of("v.ictim@example.org") != mailbox_of("victim@example.org")


def test_when_everybody_asks_too_often_the_next_is_told_so_and_staff_are_too(series, sink, settings):
    settings.SUBSCRIPTION_REQUESTS_PER_HOUR = 2
    settings.ALERT_EMAILS = ["staff@example.org"]

    answers = [asks([series], email=f"reader{n}@example.org") for n in range(3)]
    raise_alerts(NOW)
    raise_alerts(NOW)
    deliver()

    assert [answer.status_code for answer in answers] == [302, 302, 503]
    assert heading(answers[-1]) == "Please try again in an hour"
    assert "Your request was not stored" in main(answers[-1])
    assert Subscription.objects.count() == 2
    [alert] = sink.messages_to("staff@example.org")
    assert "More than 2 people asked for the digests" in alert["Subject"]


def test_nobody_is_alerted_while_it_is_not_too_often(series, settings):
    settings.ALERT_EMAILS = ["staff@example.org"]
    asks([series])

    raise_alerts(NOW)

    assert not Message.objects.filter(kind="alert").exists()
