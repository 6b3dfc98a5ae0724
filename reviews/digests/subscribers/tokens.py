"""The signed tokens by which a subscriber, without an account, is known in links."""

import uuid
from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

from mail.message import tokens
from reviews.digests.models import Subscription

SALT = "digests.subscription"
CONFIRMATION_SIGNER = TimestampSigner(salt="digests.confirmation", sep=".")
CONFIRMATION_TIME = timedelta(days=7)


def token_for(key: uuid.UUID) -> str:
    """Return the token of the subscription with this key, as every message to its reader has it in its links."""
    return tokens.token_for(key, SALT)


def is_valid_token(token: str) -> bool:
    """Return whether we have signed a token; its subscription may have been erased since."""
    return tokens.key_in(token, SALT) is not None


def subscription_for(token: str) -> Subscription | None:
    """Return the subscription of a token, or None for a token that we did not sign or whose subscription is gone."""
    return _subscription(tokens.key_in(token, SALT))


def confirmation_token_for(key: uuid.UUID) -> str:
    """Return the token of the link that confirms a subscription; good for CONFIRMATION_TIME."""
    return CONFIRMATION_SIGNER.sign(tokens.encode(key))


def subscription_to_confirm(token: str) -> Subscription | None:
    """Return the subscription of such a token, or None for one that we did not sign, has expired, or leads nowhere."""
    try:
        return _subscription(tokens.decode(CONFIRMATION_SIGNER.unsign(token, max_age=CONFIRMATION_TIME)))
    except BadSignature:
        return None


def _subscription(key) -> Subscription | None:
    return Subscription.objects.filter(key=key).first() if key else None
