"""A subscription's life by its reader's own word: asked for, confirmed, changed, ended, erased.

Each verb is one conditional statement or one transaction, so that two clicks do what one does. A letter that is to
follow is noted in the row; letters.py sends it.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from kombu.exceptions import OperationalError

from reviews.digests.models import (
    ConsentOrigin,
    Delivery,
    DeliveryState,
    Letter,
    Subscription,
    SubscriptionState,
    Suppression,
)
from reviews.digests.tasks import letters

logger = logging.getLogger(__name__)

# Counts the wordings that readers have agreed to; raise it when the text of the form changes in substance.
CONSENT_VERSION = "1"
# Nobody's inbox is filled by somebody else who types the address again and again.
LETTER_PAUSE = timedelta(minutes=15)


def send_letters_soon():
    """Wake a worker for the letters once this transaction is committed."""
    transaction.on_commit(_wake_a_worker)


def _wake_a_worker():
    # Celery would try for six seconds while the reader waits. The next tick makes up what is lost here.
    at_once = {"max_retries": 0, "socket_connect_timeout": 1}
    try:
        with letters.app.connection(transport_options=at_once) as broker:
            letters.apply_async(connection=broker, retry=False, expires=60)
    except OperationalError as error:
        logger.warning("letters wait for the next tick: %s", type(error.__cause__).__name__)


@transaction.atomic
def ask(email: str, language: str, series, groups, now: datetime) -> Subscription | None:
    """Note the wish for digests, and that the address is to be asked. Gives the subscription, None where suppressed.

    A confirmed subscription is not changed by whoever types its address: its reader is sent the link to do so.
    """
    send_letters_soon()  # for every address alike: how long it takes tells nobody which ones are known
    if Suppression.objects.filter(email__iexact=email).exists():
        return None
    # Of two requests for one new address, one makes it and the other waits and finds it.
    subscription, _ = Subscription.objects.select_for_update().get_or_create(
        email__iexact=email, defaults={"email": email, "language": language}
    )
    if subscription.state == SubscriptionState.CONFIRMED:
        letter = Letter.MANAGE
    else:
        letter = Letter.CONFIRM
        subscription.state = SubscriptionState.PENDING
        subscription.language = language
        subscription.consent_origin = ConsentOrigin.FORM
        subscription.consent_version = CONSENT_VERSION
        subscription.consent_proof = ""
        subscription.created_at = now
        subscription.series.set(series)
        subscription.groups.set(groups)
    if _may_be_written_to(subscription, now):
        subscription.letter = letter
    subscription.save()
    return subscription


def _may_be_written_to(subscription, now) -> bool:
    sent_at, ended_at = subscription.letter_sent_at, subscription.unsubscribed_at
    # Who has stopped the digests since the last letter, and asks anew, has thrown that letter away.
    return sent_at is None or sent_at < now - LETTER_PAUSE or (ended_at is not None and sent_at < ended_at)


def confirm(subscription: Subscription, now: datetime) -> bool:
    """The reader has pressed the button in the page that the letter leads to.

    Gives whether they get the digests: not who has stopped them since that letter.
    """
    Subscription.objects.filter(pk=subscription.pk, state=SubscriptionState.PENDING).update(
        state=SubscriptionState.CONFIRMED, confirmed_at=now, unsubscribed_at=None, letter=Letter.NONE
    )
    return Subscription.objects.filter(pk=subscription.pk, state=SubscriptionState.CONFIRMED).exists()


@transaction.atomic
def change(subscription: Subscription, language: str, series, groups):
    """The reader wants other digests. Only these are written: the subscription may have been ended meanwhile."""
    Subscription.objects.filter(pk=subscription.pk).update(language=language)
    subscription.series.set(series)
    subscription.groups.set(groups)


def end(subscription: Subscription, now: datetime):
    """No more digests, from this commit on."""
    Subscription.objects.filter(pk=subscription.pk).exclude(state=SubscriptionState.UNSUBSCRIBED).update(
        state=SubscriptionState.UNSUBSCRIBED, unsubscribed_at=now, letter=Letter.NONE
    )


@transaction.atomic
def erase(subscription: Subscription, now: datetime):
    """Forget the reader: the address, the wishes, and which messages went to it. How many went out is kept.

    A suppression goes too. Who erases has read our mail, so the address is good; if not, it bounces again.
    """
    list(Subscription.objects.select_for_update().filter(pk=subscription.pk))  # two clicks: the second waits
    Delivery.objects.filter(subscription=subscription, state__in=[DeliveryState.QUEUED, DeliveryState.DEFERRED]).update(
        state=DeliveryState.CANCELLED, note="erased", finished_at=now
    )
    Suppression.objects.filter(email__iexact=subscription.email).delete()
    subscription.delete()


def everything_about(subscription: Subscription) -> dict:
    """What is stored about a reader, as they may ask for it: plain values for JSON."""
    return {
        "email": subscription.email,
        "language": subscription.language,
        "series": [series.slug for series in subscription.series.all()],
        "groups": [group.slug for group in subscription.groups.all()],
        "state": subscription.state,
        "consent": {
            "origin": subscription.consent_origin,
            "version": subscription.consent_version,
            "proof": subscription.consent_proof,
            "asked_at": subscription.created_at,
            "confirmed_at": subscription.confirmed_at,
            "unsubscribed_at": subscription.unsubscribed_at,
        },
        "last_letter_at": subscription.letter_sent_at,
        "messages": list(
            subscription.deliveries.order_by("pk").values("digest_id", "state", "message_id", "finished_at")
        ),
        "suppressed": list(Suppression.objects.filter(email__iexact=subscription.email).values("reason", "created_at")),
    }
