"""Who is written to no more, and that an outage of a provider is no reason for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mail.bounces.suppression import OUTAGE_BOUNCES, record_bounce, suppress
from mail.delivery.deliver import deliver
from mail.delivery.queue import sweep
from mail.models import DomainPause, MailEvent, Message, Suppression
from mail.watch.alerts import conditions
from tests.mail.messages import ADA, batch_to, hours_pass, message_to, recipients, states

pytestmark = pytest.mark.django_db(transaction=True)

NO_SUCH_USER = "550 5.1.1 No such user"


def at(domain, count) -> list[str]:
    return [f"reader{number}@{domain}" for number in range(count)]


def suppressed() -> set[str]:
    return set(Suppression.objects.values_list("address", flat=True))


class TestAnOutage:
    """Of one provider, while others work."""

    OUT, WELL = at("out.example", 50), at("well.example", 10)

    @pytest.fixture
    def out(self, sink):
        batch_to(*[address for pair in zip(self.OUT[:10], self.WELL, strict=True) for address in pair], *self.OUT[10:])
        sink.script |= {address: [NO_SUCH_USER] for address in self.OUT}

    def test_it_pauses_the_domain_and_suppresses_nobody(self, out, sink):
        assert deliver() == 10
        sweep()

        assert suppressed() == set()
        assert sorted(recipients(sink)) == self.WELL
        assert DomainPause.objects.get().domain == "out.example"
        assert len(sink.tried) <= len(self.WELL) + OUTAGE_BOUNCES + 1
        assert set(Message.objects.exclude(address__in=self.WELL).values_list("state", flat=True)) == {
            "queued",
            "deferred",
        }

    def test_staff_are_told(self, out, sink):
        deliver()

        assert "Mail to out.example is paused" in conditions(timezone.now())["domain-out.example"]

    def test_everybody_has_their_message_when_it_is_over(self, out, sink):
        deliver()
        sink.script.clear()

        assert deliver() == 0
        hours_pass()
        assert deliver() == 50

        assert sorted(recipients(sink)) == sorted(self.OUT + self.WELL)
        assert set(states()) == {"accepted"}

    def test_while_it_lasts_it_is_found_again(self, out, sink):
        for address in self.OUT:
            sink.script[address] = [NO_SUCH_USER] * 9

        for _ in range(3):
            deliver()
            hours_pass()

        assert suppressed() == set()
        assert len(recipients(sink)) == 10


def test_a_few_dead_addresses_at_a_large_provider_are_no_outage(sink):
    dead, alive = at("large.example", 60)[:6], at("large.example", 60)[6:]
    batch_to(*alive, *dead)
    sink.script |= {address: [NO_SUCH_USER] for address in dead}

    deliver()

    assert suppressed() == set(dead)
    assert not DomainPause.objects.exists()


def test_bounces_of_other_days_are_no_outage(sink):
    for address in at("small.example", OUTAGE_BOUNCES + 1):
        batch_to(address)
        sink.script[address] = [NO_SUCH_USER]
        deliver()
        hours_pass()

    assert len(suppressed()) == OUTAGE_BOUNCES + 1


def test_bounces_that_a_provider_tells_are_an_outage_too():
    for number, address in enumerate(at("out.example", OUTAGE_BOUNCES)):
        assert record_bounce(address, f"event {number}")

    assert suppressed() == set()
    assert DomainPause.objects.exists()


def test_whom_staff_or_a_complaint_have_suppressed_an_outage_does_not_free(sink):
    suppress("reader0@out.example", Suppression.Reason.COMPLAINT)
    batch_to(*at("out.example", 20))
    sink.script |= {address: [NO_SUCH_USER] for address in at("out.example", 20)}

    deliver()

    assert suppressed() == {"reader0@out.example"}


def test_what_an_outage_refused_of_a_batch_that_was_stopped_meanwhile_does_not_leave(sink):
    batch = batch_to(*at("out.example", 20))
    sink.script |= {address: [NO_SUCH_USER] for address in at("out.example", 20)}
    deliver()
    sink.script.clear()

    batch.stop()
    hours_pass()

    assert deliver() == 0


def test_the_same_event_counts_once():
    assert [record_bounce(ADA, "event"), record_bounce(ADA, "event")] == [True, False]
    assert MailEvent.objects.count() == 1


def test_a_suppression_that_was_over_is_renewed():
    Suppression.objects.create(address=ADA, reason="staff", until=timezone.now() - timedelta(days=1))

    suppress(ADA.upper(), Suppression.Reason.COMPLAINT)

    assert Suppression.objects.in_force().get().reason == "complaint"


def test_a_message_that_a_bounce_was_about_says_so(sink):
    batch_to(ADA)
    sink.script[ADA] = [NO_SUCH_USER]

    deliver()

    assert message_to(ADA).reason == "address_refused"
