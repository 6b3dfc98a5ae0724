"""What the mail provider tells: signed, once each, and only what is about the address."""

import hmac
import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from anymail import urls as anymail
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from mail.delivery.deliver import deliver
from mail.models import MailEvent, Suppression
from tests.database import in_another_connection
from tests.mail.messages import queued

pytestmark = pytest.mark.django_db

NOW = timezone.now()
KEY = "the-signing-key"
MAILGUN = "/anymail/mailgun/tracking/"
POSTMARK = "/anymail/postmark/tracking/"
HARD = {"event": "failed", "severity": "permanent", "reason": "bounce"}


@pytest.fixture
def mailgun(settings):
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY}


def status(code, message) -> dict:
    return {"delivery-status": {"code": code, "message": message}}


def told(event, *, recipient="ana@example.org", token="t1", key=KEY, spoil=str) -> int:
    """What the endpoint answers to an event from Mailgun, signed as it signs."""
    timestamp = str(int(NOW.timestamp()))
    signature = spoil(hmac.new(key.encode(), f"{timestamp}{token}".encode(), sha256).hexdigest())
    payload = {
        "signature": {"timestamp": timestamp, "token": token, "signature": signature},
        "event-data": {"timestamp": NOW.timestamp(), "recipient": recipient, **event},
    }
    return Client(enforce_csrf_checks=True).post(MAILGUN, json.dumps(payload), "application/json").status_code


def suppressed() -> list[tuple]:
    return list(Suppression.objects.values_list("address", "reason"))


# What suppresses


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (HARD, "bounce"),
        (HARD | status(550, "5.1.1 The email account does not exist"), "bounce"),
        (HARD | status(550, "No such user here"), "bounce"),
        (HARD | {"reason": "suppress-bounce"}, "bounce"),
        (HARD | {"reason": "generic"} | status(550, "5.1.10 Recipient not found"), "bounce"),
        ({"event": "complained"}, "complaint"),
    ],
)
def test_a_hard_bounce_or_a_complaint_suppresses_the_address(mailgun, event, reason):
    queued("Ana@example.org")

    assert told(event) == 200

    assert suppressed() == [("ana@example.org", reason)]
    assert deliver() == 0


@pytest.mark.parametrize(
    "event",
    [
        {"event": "delivered"},
        {"event": "opened"},
        {"event": "unsubscribed"},
        {"event": "rejected", "reject": {"reason": "Sandbox"}},
        HARD | {"severity": "temporary"},
        HARD | {"severity": "temporary"} | status(450, "5.1.1 greylisted"),
        HARD | {"reason": "generic"},
        HARD | {"reason": "generic"} | status(550, "Refused by 5.1.1.7 and 10.5.1.1"),
        HARD | status(552, "5.2.2 The mailbox is full"),
        HARD | status(550, "5.7.1 Refused by policy"),
    ],
)
def test_what_is_not_about_the_address_suppresses_nobody(mailgun, event):
    assert told(event) == 200

    assert suppressed() == []


# Once each


def test_an_event_that_is_told_again_changes_nothing_more(mailgun):
    told(HARD)
    Suppression.objects.all().delete()  # by staff, who know better

    assert [told(HARD), told(HARD)] == [200, 200]
    assert suppressed() == []

    told(HARD, token="t2")
    assert suppressed() == [("ana@example.org", "bounce")]


def test_events_out_of_order_change_nothing_more(mailgun):
    told({"event": "complained"}, token="t2")

    told(HARD, token="t1")
    told({"event": "delivered"}, token="t0")

    assert suppressed() == [("ana@example.org", "complaint")]


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_told_many_times_at_once_counts_once(mailgun):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: in_another_connection(told, HARD), range(8)))

    assert answers == [200] * 8
    assert MailEvent.objects.count() == Suppression.objects.count() == 1


# From whom


@pytest.mark.parametrize("wrong", [{"key": "another-key"}, {"spoil": lambda signature: signature[:-1]}])
def test_what_is_not_signed_by_the_provider_is_refused(mailgun, wrong):
    assert told(HARD, **wrong) == 400

    assert (suppressed(), MailEvent.objects.count()) == ([], 0)


@pytest.mark.parametrize("body", ["", "{}", json.dumps({"event-data": {**HARD, "recipient": "ana@example.org"}})])
def test_what_is_not_signed_at_all_is_refused(mailgun, body):
    assert Client().post(MAILGUN, body, "application/json").status_code == 400
    assert suppressed() == []


def addresses():
    """The address of each endpoint that listens to a provider."""
    [resolver] = [each for each in get_resolver().url_patterns if getattr(each, "app_name", "") == "anymail"]
    return [f"/anymail/{each.pattern}" for each in resolver.url_patterns]


@pytest.mark.parametrize("configured", [{}, {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY}])
def test_a_provider_without_a_configured_key_is_refused(settings, configured):
    settings.ANYMAIL = configured
    closed = [address for address in addresses() if not (configured and address == MAILGUN)]
    assert len(closed) >= 10

    for address in closed:
        for method in ("post", "head"):
            assert getattr(Client(), method)(address).status_code == 403, address


def test_a_secret_alone_does_not_open_the_endpoint_of_a_provider_that_signs(settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": "user:password"}

    assert told(HARD) == 403
    assert suppressed() == []


def test_a_provider_that_does_not_sign_shows_the_secret(settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": "user:password"}
    bounce = {"RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "ID": 7, "Email": "ana@example.org"}

    def answer(secret):
        headers = {"Authorization": f"Basic {b64encode(secret.encode()).decode()}"}
        return Client().post(POSTMARK, json.dumps(bounce), "application/json", headers=headers).status_code

    assert (answer("user:wrong"), suppressed()) == (400, [])
    assert (answer("user:password"), suppressed()) == (200, [("ana@example.org", "bounce")])


def test_mail_that_comes_in_has_no_endpoint(mailgun):
    assert anymail.urlpatterns
    assert Client().post("/anymail/mailgun/inbound/").status_code == 404


def test_neither_the_log_nor_the_record_of_events_names_an_address(mailgun, caplog):
    with caplog.at_level("DEBUG"):
        told(HARD | status(550, "5.1.1 <ana@example.org> unknown"))
        told(HARD, token="t2", key="wrong")

    assert "a mail event about an address was recorded" in caplog.text
    assert "ana@example.org" not in caplog.text
    assert "ana" not in MailEvent.objects.get().event_id
