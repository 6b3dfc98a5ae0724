"""What staff may do with a subscription: enter one, whose reader is then asked, and end it. Consent is the reader's."""

import pytest

from reviews.digests.models import Subscription
from tests.factories import SeriesFactory, SubscriptionFactory
from tests.reading import text

from ..readers import letters

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/digests/subscription/"


def test_whom_staff_enter_is_asked_by_letter_and_gets_nothing_before(as_staff, sink):
    fields = {"email": "ana@example.org", "language": "es", "series": [SeriesFactory().pk], "state": "confirmed"}

    page = text(as_staff.post(f"{ADDRESS}add/", fields, follow=True))

    assert "The subscriber is asked by e-mail to confirm and gets no digests until then." in page
    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.consent_origin) == ("pending", "staff")
    assert len(letters(sink, "ana@example.org")) == 1


def test_an_address_with_letters_that_few_servers_take_is_refused(as_staff):
    fields = {"email": "ana@correo-español.example", "language": "es", "series": [SeriesFactory().pk]}

    page = text(as_staff.post(f"{ADDRESS}add/", fields))

    assert "This address has characters that not every mail server accepts" in page
    assert not Subscription.objects.exists()


def test_neither_the_address_nor_the_consent_is_changed_by_hand(as_staff):
    series = SeriesFactory()
    subscription = SubscriptionFactory(series=[series], state="pending", confirmed_at=None, language="en")
    fields = {"email": "eva@example.org", "state": "confirmed", "language": "es", "series": [series.pk]}

    as_staff.post(f"{ADDRESS}{subscription.pk}/change/", fields)

    changed = Subscription.objects.get()
    assert (changed.email, changed.state, changed.language) == (subscription.email, "pending", "es")


def test_staff_end_subscriptions_at_their_readers_word(as_staff):
    ended, left = SubscriptionFactory.create_batch(2)

    page = as_staff.post(ADDRESS, {"action": "end", "_selected_action": [ended.pk]}, follow=True)

    assert "1 subscriber was unsubscribed." in text(page)
    assert set(Subscription.objects.values_list("pk", "state")) == {(ended.pk, "unsubscribed"), (left.pk, "confirmed")}
