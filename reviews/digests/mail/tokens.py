"""The signed token by which a subscriber, without an account, is known in links."""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

from django.core.signing import BadSignature, Signer, TimestampSigner

from reviews.digests.models import Subscription

SIGNER = Signer(salt="digests.subscription", sep=".")
CONFIRMATION_SIGNER = TimestampSigner(salt="digests.confirmation", sep=".")
CONFIRMATION_TIME = timedelta(days=7)


def token_for(key: uuid.UUID) -> str:
    """The token of the subscription with this key: 66 letters of the URL-safe alphabet and a dot.

    It is good for as long as the secret key is: links in old messages must go on stopping the mail.
    """
    return SIGNER.sign(_letters(key))


def is_ours(token: str) -> bool:
    """Whether we have signed a token; its subscription may have been erased since."""
    try:
        SIGNER.unsign(token)
    except BadSignature:
        return False
    return True


def subscription_for(token: str) -> Subscription | None:
    """The subscription of a token, or None for a token that we did not sign or whose subscription is gone."""
    try:
        return _subscription(SIGNER.unsign(token))
    except BadSignature:
        return None


def confirmation_token_for(key: uuid.UUID) -> str:
    """The token of the link that confirms a subscription; good for CONFIRMATION_TIME."""
    return CONFIRMATION_SIGNER.sign(_letters(key))


def subscription_to_confirm(token: str) -> Subscription | None:
    """The subscription of such a token, or None for one that we did not sign, has expired, or whose one is gone."""
    try:
        return _subscription(CONFIRMATION_SIGNER.unsign(token, max_age=CONFIRMATION_TIME))
    except BadSignature:
        return None


def _letters(key: uuid.UUID) -> str:
    return urlsafe_b64encode(key.bytes).decode().rstrip("=")


def _subscription(letters: str) -> Subscription | None:
    return Subscription.objects.filter(key=uuid.UUID(bytes=urlsafe_b64decode(letters + "=="))).first()
