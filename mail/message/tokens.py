"""The signed token by which the recipient of a message, without an account, is known in its links.

Tokens are signed when a message is sent, and are stored nowhere. The salt keeps the tokens of one purpose from being
taken for those of another.
"""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.core.signing import BadSignature, Signer


def token_for(key: uuid.UUID, salt: str) -> str:
    """Return the token of a recipient: 66 characters of the URL-safe alphabet with a dot among them.

    It is good for as long as the secret key is: links in old messages must go on working.
    """
    return _signer(salt).sign(encode(key))


def key_in(token: str, salt: str) -> uuid.UUID | None:
    """Return the recipient's key in a token, or None for a token that was not signed here for this purpose."""
    try:
        return decode(_signer(salt).unsign(token))
    except BadSignature:
        return None


def encode(key: uuid.UUID) -> str:
    """Write a key in 22 characters of the URL-safe alphabet."""
    return urlsafe_b64encode(key.bytes).decode().rstrip("=")


def decode(text: str) -> uuid.UUID:
    """Read a key that encode() wrote."""
    return uuid.UUID(bytes=urlsafe_b64decode(text + "=="))


def _signer(salt) -> Signer:
    return Signer(salt=salt, sep=".")
