"""E-mails about a subscription itself: "please confirm", and "you have one already; here is how to change it"."""

from datetime import datetime, timedelta

from django.db.models import Q, prefetch_related_objects
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from core.text.markup import without_indentation
from mail.delivery.queue import Recipient, enqueue_many
from mail.message.headers import automatic_headers
from mail.message.kinds import Kind
from mail.message.mime import TOKEN, compose
from mail.models import Body, Message, MessageState, Reason
from reviews.digests.kinds import CONFIRMATION, PREFERENCES
from reviews.digests.models import ConsentOrigin, Subscription, SubscriptionEmail
from reviews.digests.public.render import site_in

from .tokens import CONFIRMATION_TIME, confirmation_token_for, token_for

# Nobody's inbox is filled by somebody else who types the address again and again.
PAUSE = timedelta(minutes=15)
AT_ONCE = 1000  # rows in one INSERT


def send_confirmations(subscriptions: list[Subscription], now: datetime):
    """Queue for each subscription the e-mail that asks its reader to confirm."""
    _send(CONFIRMATION, subscriptions, now + CONFIRMATION_TIME)


def send_preferences_link(subscription: Subscription):
    """Queue the e-mail that says how to change a subscription which is confirmed already."""
    _send(PREFERENCES, [subscription], None)


def withdraw(subscription: Subscription):
    """Let no e-mail about the subscription leave that has not left yet."""
    _messages(subscription).cancel(Reason.WITHDRAWN)


def was_just_sent(subscription: Subscription, now: datetime) -> bool:
    """Return whether such an e-mail went out, or goes out, so lately that another one has to wait."""
    just_sent = Q(state__in=[MessageState.ACCEPTED, MessageState.UNKNOWN], first_attempt_at__gt=now - PAUSE)
    messages = _messages(subscription).filter(Q(state=MessageState.SENDING) | just_sent)
    if subscription.unsubscribed_at:
        # Who has stopped the digests since the last e-mail, and asks anew, has thrown that one away.
        messages = messages.filter(first_attempt_at__gte=subscription.unsubscribed_at)
    return messages.exists()


def compose_subscription_email(
    kind: str, *, language: str, series: list[str], groups: list[str], by_staff: bool
) -> bytes:
    """Return the content of an e-mail of the kind with this name, in `language`, with TOKEN in its link.

    `series` and `groups` are names in that language.
    """
    with override(language):
        prefix = site_in(language)
        context = {
            "site_url": prefix + "/",
            "series": series,
            "groups": groups,
            "by_staff": by_staff,
            "confirm_url": f"{prefix}/subscriptions/{TOKEN}/confirm/",
            "own_url": f"{prefix}/subscriptions/{TOKEN}/",
            "language": language,
        }
        subjects = {
            CONFIRMATION.name: gettext("Please confirm your subscription"),
            PREFERENCES.name: gettext("Your subscription to the digests"),
        }
        template = f"digests/email_{kind}"
        return compose(
            automatic_headers(subjects[kind], language),
            render_to_string(f"{template}.txt", context),
            without_indentation(render_to_string(f"{template}.html", context)),
        )


# The token that stands in the link of an e-mail of each kind. It is put in when the e-mail is queued: of the one that
# expires, the time is in it.
TOKENS = {CONFIRMATION.name: confirmation_token_for, PREFERENCES.name: token_for}


def _send(kind: Kind, subscriptions: list[Subscription], expires_at):
    prefetch_related_objects(subscriptions, "series", "groups")
    # An older one may say other choices.
    Message.objects.filter(subscription_email__subscription__in=subscriptions).cancel(Reason.WITHDRAWN)
    composed = {}  # for each audience, of which an import has few
    bodies = []
    for subscription in subscriptions:
        audience = _audience(subscription)
        if audience not in composed:
            language, series, groups, by_staff = audience
            composed[audience] = compose_subscription_email(
                kind.name, language=language, series=series, groups=groups, by_staff=by_staff
            )
        token = TOKENS[kind.name](subscription.key)
        bodies.append(Body(content=composed[audience].replace(TOKEN.encode(), token.encode())))
    Body.objects.bulk_create(bodies, batch_size=AT_ONCE)
    recipients = [
        Recipient(subscription.email, subscription.language, body.pk, subscription.key)
        for subscription, body in zip(subscriptions, bodies, strict=True)
    ]
    messages = enqueue_many(kind, recipients, expires_at=expires_at)
    emails = [
        SubscriptionEmail(subscription=subscription, message_id=messages[subscription.key])
        for subscription in subscriptions
    ]
    SubscriptionEmail.objects.bulk_create(emails, batch_size=AT_ONCE)


def _audience(subscription) -> tuple:
    """Return what the e-mails about a subscription depend on besides the token."""
    with override(subscription.language):
        return (
            subscription.language,
            tuple(series.name for series in subscription.series.all()),
            tuple(group.name for group in subscription.groups.all()),
            subscription.consent_origin != ConsentOrigin.FORM,
        )


def _messages(subscription):
    return Message.objects.filter(subscription_email__subscription=subscription)
