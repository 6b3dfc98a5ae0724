"""Guessing a password is stopped: soon for one name from one network, later for one name from wherever."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db.models import F
from django.test import Client
from django.utils import timezone

from tests.factories import UserFactory


@pytest.fixture
def sign_in(db):
    """Tries a password for a name, each time in a browser of its own."""
    for name in ["ana", "bob"]:
        user = UserFactory(username=name, is_staff=True)
        user.set_password("a right password")
        user.save()

    def sign_in(name, password, address="192.0.2.1"):
        return Client(REMOTE_ADDR=address).post("/admin/login/", {"username": name, "password": password})

    return sign_in


def test_a_name_is_locked_after_five_wrong_passwords(sign_in):
    answers = [sign_in("ana", "wrong").status_code for _attempt in range(5)]

    assert answers == [200, 200, 200, 200, 429]
    assert sign_in("ana", "a right password").status_code == 429


def test_four_wrong_passwords_lock_nobody(sign_in):
    for _attempt in range(4):
        sign_in("ana", "wrong")

    assert sign_in("ana", "a right password").status_code == 302


def test_the_lock_is_for_one_name_from_one_network(sign_in):
    for _attempt in range(5):
        sign_in("ana", "wrong")

    assert sign_in("bob", "a right password").status_code == 302
    assert sign_in("ana", "a right password", address="192.0.2.2").status_code == 302


def test_all_of_one_line_of_ipv6_is_one_network(sign_in):
    answers = [sign_in("ana", "wrong", address=f"2001:db8:1:2::{host:x}").status_code for host in range(5)]

    assert answers == [200, 200, 200, 200, 429]


def test_a_name_is_locked_after_twenty_wrong_passwords_from_wherever(sign_in):
    answers = [sign_in("ana", "wrong", address=f"192.0.2.{host}").status_code for host in range(20)]

    assert answers == [200] * 19 + [429]
    assert sign_in("ana", "a right password", address="198.51.100.1").status_code == 429
    assert sign_in("bob", "a right password", address="198.51.100.1").status_code == 302


def test_going_on_does_not_keep_a_name_locked(sign_in):
    for _attempt in range(5):
        sign_in("ana", "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    sign_in("ana", "wrong")
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=2))

    assert sign_in("ana", "a right password").status_code == 302


def test_a_connection_without_an_address_is_counted_too(sign_in):
    answers = [sign_in("ana", "wrong", address="").status_code for _attempt in range(5)]

    assert answers == [200, 200, 200, 200, 429]


def test_a_name_longer_than_any_account_has_is_a_wrong_one(sign_in):
    answers = [sign_in("x" * 300, "wrong").status_code for _attempt in range(5)]

    assert answers == [200, 200, 200, 200, 429]


# Who has signed in before


def from_wherever(name, tries=20):
    """Wrong passwords of strangers, each from a network of its own."""
    for host in range(tries):
        Client(REMOTE_ADDR=f"192.0.2.{host}").post("/admin/login/", {"username": name, "password": "wrong"})


def try_in(browser, name, password):
    return browser.post("/admin/login/", {"username": name, "password": password}).status_code


@pytest.fixture
def anas_browser(sign_in):
    """A browser in which ana has signed in, and out again."""
    browser = Client(REMOTE_ADDR="198.51.100.7")
    assert try_in(browser, "ana", "a right password") == 302
    browser.post("/admin/logout/")
    return browser


def test_strangers_do_not_lock_anybody_out_of_a_browser_of_theirs(anas_browser):
    from_wherever("ana")

    assert try_in(Client(REMOTE_ADDR="198.51.100.7"), "ana", "a right password") == 429
    assert try_in(anas_browser, "ana", "a right password") == 302


def test_it_is_theirs_in_whatever_network_it_is(anas_browser):
    from_wherever("ana")
    anas_browser.defaults["REMOTE_ADDR"] = "203.0.113.9"

    assert try_in(anas_browser, "ana", "a right password") == 302


def test_a_browser_that_knows_one_name_guesses_no_more_of_another(anas_browser):
    from_wherever("bob")

    assert try_in(anas_browser, "bob", "a right password") == 429


def test_a_browser_that_knows_the_name_is_locked_after_five_wrong_passwords_too(anas_browser):
    answers = [try_in(anas_browser, "ana", "wrong") for _attempt in range(5)]

    assert answers == [200, 200, 200, 200, 429]


def test_what_a_browser_says_that_it_knows_is_signed(anas_browser):
    from_wherever("ana")
    cookie = anas_browser.cookies["known_browser"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    for value in ["1", "ana", cookie.value[:-1], cookie.value.replace("1:", "2:", 1)]:
        anas_browser.cookies["known_browser"] = value

        assert try_in(anas_browser, "ana", "a right password") == 429


def test_who_fails_is_not_known(sign_in):
    assert "known_browser" not in sign_in("ana", "wrong").cookies
