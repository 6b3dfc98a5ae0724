"""Outside production nobody is mailed by mistake."""

import pytest

from mail.delivery.allowlist import may_be_mailed
from mail.delivery.deliver import deliver
from tests.mail.messages import message_to, queued


@pytest.fixture
def staging(settings):
    """A copy of the site that has a real mail server."""
    settings.PRODUCTION = False
    settings.EMAIL_HOST = "mail.example.net"
    settings.MAIL_ALLOWLIST = ["*@example.org", "Eva@Example.com"]
    return settings


def test_only_the_addresses_that_are_listed_are_mailed(staging):
    reached = ["ana@example.org", "ANA@EXAMPLE.ORG", "eva@example.com"]
    others = ["ana@example.com", "ana@example.org.example", "ana@sub.example.org", ""]

    assert [email for email in reached + others if may_be_mailed(email)] == reached


def test_without_a_list_nobody_is(staging):
    staging.MAIL_ALLOWLIST = []

    assert not may_be_mailed("ana@example.org")


def test_in_production_everybody_is(staging):
    staging.PRODUCTION = True

    assert may_be_mailed("anybody@anywhere.example")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_sink_on_this_machine_takes_everything(staging, host):
    staging.EMAIL_HOST = host

    assert may_be_mailed("anybody@anywhere.example")


@pytest.mark.django_db(transaction=True)
def test_a_message_to_another_address_does_not_leave(sink, settings):
    # The sink by another name, so that it counts as a real mail server.
    settings.EMAIL_HOST, settings.MAIL_ALLOWLIST = "127.1", ["*@example.org"]
    queued("ana@example.org", "ana@example.com")

    assert deliver() == 1

    assert sink.tried == ["ana@example.org"]
    assert (message_to("ana@example.com").state, message_to("ana@example.com").reason) == ("failed", "not_allowed")
