"""Whom nothing is sent any more: addresses that do not exist, and people who call our mail unwanted.

An outage of a mail provider is not a bounce. Where many addresses of one domain are refused within an hour, its mail is
paused, staff are told, and nobody is suppressed: those whom the first of these refusals have suppressed are freed.
"""

import logging
from datetime import timedelta
from hashlib import sha256

from django.db import connection, transaction
from django.db.models.functions import Now

from mail.message.addresses import domain_of
from mail.models import DomainPause, MailEvent, Message, MessageState, Reason, Suppression

logger = logging.getLogger(__name__)

OUTAGE_WINDOW = timedelta(hours=1)
OUTAGE_BOUNCES = 5  # of one domain in the window, and
OUTAGE_SHARE = 0.1  # more than this part of what was sent there: a large provider always has a few dead addresses
OUTAGE_PAUSE = timedelta(hours=4)


@transaction.atomic
def suppress(address: str, reason: Suppression.Reason):
    """Send nothing more to an address, from this commit on. A suppression that is in force stays as it is."""
    Suppression.objects.filter(address__iexact=address).exclude(pk__in=Suppression.objects.in_force()).delete()
    Suppression.objects.bulk_create([Suppression(address=address, reason=reason)], ignore_conflicts=True)


def record_complaint(address: str, event_id: str) -> bool:
    """Suppress the address of who calls our mail unwanted. Return whether the event was new."""
    with transaction.atomic():
        is_new = _note(event_id, MailEvent.Kind.COMPLAINT, address)
        if is_new:
            suppress(address, Suppression.Reason.COMPLAINT)
    return is_new


def record_bounce(address: str, event_id: str) -> bool:
    """Suppress an address that does not exist, unless its domain has an outage. Return whether the event was new.

    The same event, told again, changes nothing.
    """
    domain = domain_of(address)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Bounces of one domain are counted one after the other: two at once would not see each other.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mail.bounces'), hashtext(%s))", [domain])
        if not _note(event_id, MailEvent.Kind.BOUNCE, address):
            return False
        if _has_outage(domain):
            _pause(domain)
        else:
            suppress(address, Suppression.Reason.BOUNCE)
    return True


def bounce_of(message: int, attempt: int) -> str:
    """Return the id of the event that the server refused an address as one that does not exist."""
    return f"smtp:{message}:{attempt}"


def _note(event_id, kind, address) -> bool:
    # A hash, since what a provider tells as an id may hold an address.
    digest = sha256(event_id.encode()).hexdigest()
    _event, is_new = MailEvent.objects.get_or_create(
        event_id=digest, defaults={"kind": kind, "domain": domain_of(address)}
    )
    return is_new


def _has_outage(domain) -> bool:
    since = Now() - OUTAGE_WINDOW
    bounces = MailEvent.objects.filter(kind=MailEvent.Kind.BOUNCE, domain=domain, received_at__gt=since).count()
    if bounces < OUTAGE_BOUNCES:
        return False
    accepted = _of_domain(Message.objects.filter(state=MessageState.ACCEPTED, finished_at__gt=since), domain).count()
    return bounces > OUTAGE_SHARE * (bounces + accepted)


def _pause(domain):
    """Let nothing leave for a domain, and undo what the bounces of the window have done."""
    logger.error("mail to %s is paused: its server refuses many addresses", domain)
    DomainPause.objects.update_or_create(domain=domain, defaults={"until": Now() + OUTAGE_PAUSE})
    since = Now() - OUTAGE_WINDOW
    _of_domain(Suppression.objects.filter(reason=Suppression.Reason.BOUNCE, since__gt=since), domain).delete()
    refused = Message.objects.filter(
        state=MessageState.FAILED, reason=Reason.ADDRESS_REFUSED, finished_at__gt=since, cancelled_for=Reason.NONE
    ).exclude(body=None)
    _of_domain(refused, domain).update(
        state=MessageState.DEFERRED, reason=Reason.DOMAIN_OUTAGE, finished_at=None, next_attempt_at=Now() + OUTAGE_PAUSE
    )


def _of_domain(records, domain):
    return records.filter(address__iendswith=f"@{domain}")
