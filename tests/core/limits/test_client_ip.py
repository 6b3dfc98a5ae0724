"""Whose request it is, by what the proxies in front say of it."""

import logging

import pytest
from django.test import RequestFactory

from core.limits import client_ip as module
from core.limits.client_ip import client_ip, client_network, network


@pytest.fixture
def ask(settings):
    """The address of a visitor who comes by this many proxies, with this X-Forwarded-For."""
    module._warn_once.cache_clear()

    def ask(forwarded=None, *, proxies=1, remote="10.0.0.1"):
        settings.PROXY_COUNT = proxies
        headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
        return client_ip(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers))

    return ask


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("192.0.2.1", 1, "192.0.2.1"),
        ("198.51.100.9, 192.0.2.1", 1, "192.0.2.1"),  # what the client sent, and what the proxy appended
        ("198.51.100.9, 192.0.2.1, 203.0.113.5", 2, "192.0.2.1"),
        ("192.0.2.1", 2, "10.0.0.1"),  # one proxy was passed by
        ("198.51.100.9", 0, "10.0.0.1"),
    ],
)
def test_it_is_what_the_outermost_of_our_proxies_was_asked_from(ask, forwarded, proxies, expected):
    assert ask(forwarded, proxies=proxies) == expected


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("203.0.113.6:4711", "203.0.113.6"),  # as Azure's gateways write it
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:c000:201", "192.0.2.1"),
    ],
)
def test_an_address_is_read_however_it_is_written(ask, forwarded, expected):
    assert ask(forwarded) == expected


@pytest.mark.parametrize("forwarded", [None, "", "unknown", "_hidden", "1.2.3", "192.0.2.1, "])
def test_where_there_is_no_address_the_connection_counts(ask, forwarded, caplog):
    with caplog.at_level(logging.WARNING, logger="core.limits.client_ip"):
        answers = [ask(forwarded) for _ in range(3)]

    assert answers == ["10.0.0.1"] * 3
    assert len(caplog.records) == 1
    assert "X-Forwarded-For" in caplog.text


def test_a_connection_by_a_socket_has_an_address_to_be_counted_by(ask):
    assert ask(remote="", proxies=0) == "0.0.0.0"


def test_one_line_of_ipv6_is_one_visitor():
    assert network("2001:db8:1:2::7") == network("2001:db8:1:2:ffff::") == "2001:db8:1:2::"
    assert network("2001:db8:1:3::7") != network("2001:db8:1:2::7")
    assert network("192.0.2.1") == "192.0.2.1"


def test_the_network_of_a_request_is_that_of_its_address(settings):
    settings.PROXY_COUNT = 0
    assert client_network(RequestFactory().get("/", REMOTE_ADDR="2001:db8:1:2::7")) == "2001:db8:1:2::"
