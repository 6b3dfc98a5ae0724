"""Every outgoing message with what became of it, and what may keep it from leaving."""

from .control import DomainPause, Heartbeat, MailControl
from .messages import Batch, Body, Message
from .states import (
    CLAIMABLE,
    POSSIBLY_DELIVERED,
    UNFINISHED,
    UNKNOWNS_ALLOWED,
    WAITING,
    BatchState,
    MessageState,
    Reason,
)
from .suppression import Alert, MailEvent, Suppression

__all__ = [
    "CLAIMABLE",
    "POSSIBLY_DELIVERED",
    "UNFINISHED",
    "UNKNOWNS_ALLOWED",
    "WAITING",
    "Alert",
    "Batch",
    "BatchState",
    "Body",
    "DomainPause",
    "Heartbeat",
    "MailControl",
    "MailEvent",
    "Message",
    "MessageState",
    "Reason",
    "Suppression",
]
