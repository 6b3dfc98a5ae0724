"""The signed token by which a subscriber, without an account, is known in links."""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.core.signing import BadSignature, Signer

from .models import Subscription

SIGNER = Signer(salt="digests.subscription", sep=".")


def token_for(key: uuid.UUID) -> str:
    """The token of the subscription with this key: 66 letters of the URL-safe alphabet and a dot.

    It is good for as long as the secret key is: links in old messages must go on stopping the mail.
    """
    return SIGNER.sign(urlsafe_b64encode(key.bytes).decode().rstrip("="))


def subscription_for(token: str) -> Subscription | None:
    """The subscription of a token, or None for a token that we did not sign or whose subscription is gone."""
    try:
        key = SIGNER.unsign(token)
    except BadSignature:
        return None
    return Subscription.objects.filter(key=uuid.UUID(bytes=urlsafe_b64decode(key + "=="))).first()
