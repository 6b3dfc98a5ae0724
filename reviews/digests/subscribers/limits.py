"""How many e-mails the subscribe form has sent: it writes to whatever address a stranger types.

settings.py says how many.
"""

from datetime import datetime

from django.conf import settings

from core.limits.rate_limit import is_too_often, was_too_often
from mail.message.addresses import mailbox_of
from mail.watch.alerts import alert_source

HOUR = 3600  # seconds
EVERYBODY = "everybody"


def network_asks_too_often(network: str) -> bool:
    """Count a request from a network, and return whether it is one too many."""
    return is_too_often("subscribe", network, settings.SUBSCRIPTION_REQUESTS_PER_NETWORK, HOUR)


def mailbox_is_asked_too_often(address: str) -> bool:
    """Count a request for an address, and return whether its mailbox has had enough e-mails."""
    return is_too_often("letter", mailbox_of(address), settings.SUBSCRIPTION_REQUESTS_PER_MAILBOX, 24 * HOUR)


def all_ask_too_often() -> bool:
    """Count a request of anybody, and return whether it is one too many."""
    return is_too_often("subscribe", EVERYBODY, settings.SUBSCRIPTION_REQUESTS_PER_HOUR, HOUR)


@alert_source
def of_subscribing(now: datetime) -> dict[str, str]:
    """Return what staff should know of the subscribe form: that it turns people away."""
    if not was_too_often("subscribe", EVERYBODY, settings.SUBSCRIPTION_REQUESTS_PER_HOUR, HOUR):
        return {}
    return {
        "subscribe-limit": f"More than {settings.SUBSCRIPTION_REQUESTS_PER_HOUR} people asked for the digests in this "
        "hour. Until it is over, others are asked to come back. Whether these are people, the proxy’s log may tell."
    }
