"""Each sign-in is a line of the log, with who and from where, and without what was typed."""

import logging

import pytest
from django.test import Client

from tests.factories import UserFactory


@pytest.fixture
def ana(db):
    user = UserFactory(username="ana", is_staff=True)
    user.set_password("a right password")
    user.save()
    return user


@pytest.fixture
def events(caplog):
    """What was logged of sign-ins: outcome, account and network of each."""
    caplog.set_level(logging.INFO, "core.limits.sign_in_log")

    def events():
        return [
            (record.outcome, record.account, record.network) for record in caplog.records if "event" in vars(record)
        ]

    return events


def sign_in(name, password, browser=None):
    (browser or Client(REMOTE_ADDR="192.0.2.1")).post("/admin/login/", {"username": name, "password": password})


def test_a_success_and_the_sign_out(ana, events):
    browser = Client(REMOTE_ADDR="2001:db8:1:2::3")
    sign_in("ana", "a right password", browser)
    browser.post("/admin/logout/")

    assert events() == [("succeeded", ana.pk, "2001:db8:1:2::"), ("signed out", ana.pk, "2001:db8:1:2::")]


def test_a_failure_with_a_name_that_exists_and_one_that_does_not(ana, events, caplog):
    sign_in("ana", "my secret")
    sign_in("my secret", "ana")

    assert events() == [("failed", ana.pk, "192.0.2.1"), ("failed", None, "192.0.2.1")]
    assert "my secret" not in caplog.text


def test_a_lock_and_what_it_refuses(ana, events):
    for _attempt in range(5):
        sign_in("ana", "wrong")
    assert [outcome for outcome, *_ in events()].count("locked") == 1

    sign_in("ana", "a right password")

    assert [outcome for outcome, *_ in events()].count("locked") == 2
    assert "succeeded" not in [outcome for outcome, *_ in events()]
