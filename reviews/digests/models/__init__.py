"""Who gets digests, each edition with what was frozen into it, each sending of one, and whether mail leaves at all."""

from .deliveries import Delivery
from .digests import Digest, DigestNews, Rendering
from .outbox import Alert, MailEvent, Outbox
from .states import ENDED, MAY_STILL_LEAVE, UNFINISHED, DeliveryState, DigestKind, DigestState, Reason
from .subscriptions import (
    ConsentOrigin,
    Letter,
    Subscription,
    SubscriptionState,
    Suppression,
    check_every_server_takes,
)

__all__ = [
    "ENDED",
    "MAY_STILL_LEAVE",
    "UNFINISHED",
    "Alert",
    "ConsentOrigin",
    "Delivery",
    "DeliveryState",
    "Digest",
    "DigestKind",
    "DigestNews",
    "DigestState",
    "Letter",
    "MailEvent",
    "Outbox",
    "Reason",
    "Rendering",
    "Subscription",
    "SubscriptionState",
    "Suppression",
    "check_every_server_takes",
]
