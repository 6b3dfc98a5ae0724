"""A subscription's life by its reader's own word: requested, confirmed, changed, ended, erased.

Each verb is one conditional statement or one transaction, so that two clicks do what one does.
"""

from datetime import datetime

from django.db import transaction
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from mail.delivery.queue import wake_workers_on_commit
from mail.models import Message, Reason, Suppression
from reviews.digests.models import ConsentOrigin, Subscription, SubscriptionState

from . import subscription_email

# Counts the wordings that readers have agreed to; raise it when the text of the form changes in substance.
CONSENT_VERSION = "1"


@transaction.atomic
def request(email: str, language: str, series, groups, now: datetime) -> Subscription | None:
    """Note the wish for digests, and ask the address to confirm. Returns the subscription, None where suppressed.

    A confirmed subscription is not changed by whoever types its address: its reader is sent the link to do so.
    """
    if Suppression.objects.of(email).exists():
        wake_workers_on_commit()  # as for every address: how long it takes tells nobody which ones are known
        return None
    # Of two requests for one new address, one makes it and the other waits and finds it.
    subscription, _ = Subscription.objects.select_for_update().get_or_create(
        email__iexact=email, defaults={"email": email, "language": language}
    )
    is_confirmed = subscription.state == SubscriptionState.CONFIRMED
    may_be_written_to = not subscription_email.was_just_sent(subscription, now)
    if not is_confirmed:
        subscription.state = SubscriptionState.PENDING
        subscription.language = language
        subscription.consent_origin = ConsentOrigin.FORM
        subscription.consent_version = CONSENT_VERSION
        subscription.consent_proof = ""
        subscription.created_at = now
        subscription.series.set(series)
        subscription.groups.set(groups)
        subscription.save()
    if not may_be_written_to:
        wake_workers_on_commit()
    elif is_confirmed:
        subscription_email.send_preferences_link(subscription)
    else:
        subscription_email.send_confirmations([subscription], now)
    return subscription


@transaction.atomic
def confirm(subscription: Subscription, now: datetime) -> bool:
    """Record that the reader has pressed the button in the page that the e-mail leads to.

    Returns whether they get the digests: not who has stopped them since that e-mail.
    """
    subscription_email.withdraw(subscription)
    Subscription.objects.filter(pk=subscription.pk, state=SubscriptionState.PENDING).update(
        state=SubscriptionState.CONFIRMED, confirmed_at=now, unsubscribed_at=None
    )
    return Subscription.objects.filter(pk=subscription.pk, state=SubscriptionState.CONFIRMED).exists()


@transaction.atomic
def change(subscription: Subscription, language: str, series, groups):
    """Record that the reader wants other digests. Only these are written: the subscription may have ended meanwhile."""
    Subscription.objects.filter(pk=subscription.pk).update(language=language)
    subscription.series.set(series)
    subscription.groups.set(groups)


@transaction.atomic
def unsubscribe(subscription: Subscription, now: datetime):
    """Send no more digests, from this commit on."""
    # In this order: a fan-out that has locked the row is waited for, and the messages that it has made are seen then.
    Subscription.objects.filter(pk=subscription.pk).exclude(state=SubscriptionState.UNSUBSCRIBED).update(
        state=SubscriptionState.UNSUBSCRIBED, unsubscribed_at=now
    )
    messages_to(subscription).cancel(Reason.WITHDRAWN)


@transaction.atomic
def erase(subscription: Subscription):
    """Forget the reader: the address, the wishes, and which messages went to it. How many went out is kept.

    A suppression goes too. Who erases has read our mail, so the address is good; if not, it bounces again.
    """
    Suppression.objects.filter(address__iexact=subscription.email).delete()
    Subscription.objects.filter(pk=subscription.pk).delete()


@receiver(pre_delete, sender=Subscription)
def forget_messages(sender, instance, **kwargs):
    """Cancel and forget the messages to a reader whose subscription is deleted, by whomever."""
    list(Subscription.objects.select_for_update().filter(pk=instance.pk))  # see unsubscribe(); and of two, one waits
    messages = Message.objects.filter(pk__in=[message.pk for message in messages_to(instance)])
    instance.emails.all().delete()
    messages.forget()


def messages_to(subscription: Subscription):
    """Return every message to this reader, as a queryset."""
    of_digests = Message.objects.filter(delivery__subscription=subscription)
    about_it = Message.objects.filter(subscription_email__subscription=subscription)
    return Message.objects.filter(pk__in=of_digests.values("pk").union(about_it.values("pk")))


def everything_about(subscription: Subscription) -> dict:
    """Return what is stored about a reader, as they may ask for it: plain values for JSON."""
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
        "messages": [
            {"digest": message.pop("delivery__digest"), **message}
            for message in messages_to(subscription)
            .order_by("pk")
            .values("kind", "delivery__digest", "state", "message_id", "created_at", "finished_at")
        ],
        "suppressed": list(Suppression.objects.filter(address__iexact=subscription.email).values("reason", "since")),
    }
