"""Models of subscriptions, of digests with what was frozen into them, and of their deliveries."""

from .deliveries import Delivery
from .digests import Digest, Rendering
from .items import ITEM_MODELS, DigestAnswer, DigestItem, DigestSuccessTestItem
from .states import ENDED, MAY_STILL_LEAVE, DigestKind, DigestState, Reason
from .subscriptions import ConsentOrigin, Subscription, SubscriptionEmail, SubscriptionState

__all__ = [
    "ENDED",
    "ITEM_MODELS",
    "MAY_STILL_LEAVE",
    "ConsentOrigin",
    "Delivery",
    "Digest",
    "DigestAnswer",
    "DigestItem",
    "DigestKind",
    "DigestState",
    "DigestSuccessTestItem",
    "Reason",
    "Rendering",
    "Subscription",
    "SubscriptionEmail",
    "SubscriptionState",
]
