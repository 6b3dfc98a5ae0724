"""The states of a message and of a batch, and the reason codes of what became of a message."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MessageState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    ACCEPTED = "accepted", pgettext_lazy("delivery", "Accepted")
    DEFERRED = "deferred", _("Deferred")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")
    CANCELLED = "cancelled", _("Not sent")


WAITING = [MessageState.QUEUED, MessageState.DEFERRED]
CLAIMABLE = [*WAITING, MessageState.UNKNOWN]
UNFINISHED = [*CLAIMABLE, MessageState.SENDING]
FINAL = [MessageState.ACCEPTED, MessageState.FAILED, MessageState.CANCELLED]
POSSIBLY_DELIVERED = [MessageState.ACCEPTED, MessageState.SENDING, MessageState.UNKNOWN]

UNKNOWNS_ALLOWED = 2  # one retry with the same Message-ID; after that staff decide


class Reason(models.TextChoices):
    """Why a message is in its state. Codes, so that staff read them in their language and no address is in them."""

    NONE = "", ""
    ADDRESS_REFUSED = "address_refused", _("The server refused the address")
    MESSAGE_REFUSED = "message_refused", _("The server refused the message")
    DEFERRED = "deferred", _("The server asked us to try again later")
    REFUSES_US = "refuses_us", _("The server refuses all mail from here")
    NO_CONNECTION = "no_connection", _("The connection failed before the message was handed over")
    CONNECTION_LOST = "connection_lost", _("The connection broke after the message was handed over")
    WORKER_LOST = "worker_lost", _("The worker was lost while it sent the message")
    LEASE_EXPIRED = "lease_expired", _("The worker was stopped for too long and did not hand the message over")
    NOT_ALLOWED = "not_allowed", _("Not on the list of addresses that this site may send mail to")
    UNUSABLE = "unusable", _("No message can be created for this address")
    DOMAIN_OUTAGE = "domain_outage", _("The server refused many addresses of this domain at once")
    SUPPRESSED = "suppressed", _("The address is suppressed")
    EXPIRED = "expired", _("It was out of date")
    WITHDRAWN = "withdrawn", _("It was no longer wanted")
    STOPPED = "stopped", _("Its whole batch was stopped")


class BatchState(models.TextChoices):
    OPEN = "open", _("Open")
    HELD = "held", pgettext_lazy("batch", "Held")
    STOPPED = "stopped", _("Stopped")
