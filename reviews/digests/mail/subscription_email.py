"""Letters about a subscription itself: "please confirm", and "you have one already; here is how to change it".

What is to be sent stands in the subscription's row, so that a lost task loses nothing; a lease keeps two workers from
sending it both. After a crash in between, at most one repeat.
"""

import logging
import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, override

from reviews.digests.models import ConsentOrigin, DeliveryState, Letter, Outbox, Subscription, Suppression
from reviews.digests.pipeline.deliver import Pace, pause, rest, suppress
from reviews.digests.public.render import site_in

from .message import host, reply_to_in, sender_in
from .smtp import Lane, Outcome
from .tokens import CONFIRMATION_TIME, confirmation_token_for, token_for

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)


def send_letters(until: datetime | None = None) -> int:
    """Send the letters that are due, until none is left or the time `until` has come. Gives how many were accepted."""
    accepted = 0
    pace = Pace(Outbox.objects.values_list("rate_per_minute", flat=True).first())
    with Lane() as lane:
        while subscription := _claim(timezone.now()):
            outcome = _send(lane, subscription)
            _record(subscription, outcome, timezone.now())
            accepted += outcome.state == DeliveryState.ACCEPTED
            if outcome.ends_lane or (until is not None and timezone.now() >= until):
                break
            pace.wait()
    return accepted


@transaction.atomic
def _claim(now) -> Subscription | None:
    """One whose letter is ours to send until its lease ends."""
    if Outbox.objects.filter(Q(is_paused=True) | Q(resume_at__gt=now)).exists():
        return None
    due = Subscription.objects.exclude(letter=Letter.NONE).filter(
        Q(letter_lease_until=None) | Q(letter_lease_until__lt=now)
    )
    subscription = due.select_for_update(skip_locked=True).order_by("pk").first()
    if subscription:
        subscription.letter_lease_until = now + LEASE
        subscription.save(update_fields=["letter_lease_until"])
    return subscription


def _send(lane, subscription) -> Outcome:
    if Suppression.objects.filter(email__iexact=subscription.email).exists():
        return Outcome(DeliveryState.FAILED, note="suppressed")
    try:
        content = re.sub(rb"(?m)^\.", b"..", build_letter(subscription).as_bytes())
    except Exception as error:
        # Python's header code refuses some addresses in ways of many kinds. One letter less, and not all of them.
        return Outcome(DeliveryState.FAILED, note=type(error).__name__)
    return lane.send(subscription.email, content + b"\r\n.\r\n", subscription.letter_lease_until)


def _record(subscription, outcome, now):
    """Whether it is sent, given up, or tried again, each time after as long as its reader has waited already."""
    if outcome.suppress:
        suppress(subscription.email)
    if outcome.is_our_fault:
        pause(outcome.note)
    elif outcome.ends_lane:
        rest(outcome.note)
    if outcome.state != DeliveryState.ACCEPTED:
        logger.warning("letter %s was not accepted: %s", subscription.pk, outcome.note)
    age = now - subscription.created_at
    is_too_old = subscription.letter == Letter.CONFIRM and age > CONFIRMATION_TIME
    if outcome.state in (DeliveryState.DEFERRED, DeliveryState.QUEUED) and not is_too_old:
        values = {"letter_lease_until": now + min(max(age, FIRST_PAUSE), LONGEST_PAUSE)}
    else:
        values = {"letter": Letter.NONE, "letter_lease_until": None}
        # Of unknown outcome: most likely it has arrived; if not, the reader asks again.
        if outcome.state in (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN):
            values["letter_sent_at"] = now
    Subscription.objects.filter(
        pk=subscription.pk, letter=subscription.letter, letter_lease_until=subscription.letter_lease_until
    ).update(**values)


def build_letter(subscription: Subscription) -> EmailMessage:
    """The letter that the subscription's row asks for, in its language."""
    with override(subscription.language):
        prefix = site_in(subscription.language)
        context = {
            "site_url": prefix + "/",
            "series": [series.name for series in subscription.series.all()],
            "groups": [group.name for group in subscription.groups.all()],
            "by_staff": subscription.consent_origin != ConsentOrigin.FORM,
            "confirm_url": f"{prefix}/subscriptions/{confirmation_token_for(subscription.key)}/confirm/",
            "own_url": f"{prefix}/subscriptions/{token_for(subscription.key)}/",
            "language": subscription.language,
        }
        subjects = {
            Letter.CONFIRM: gettext("Please confirm your subscription"),
            Letter.MANAGE: gettext("Your subscription to the digests"),
        }
        message = EmailMessage(SMTP)
        message["From"] = sender_in(subscription.language)
        message["Reply-To"] = reply_to_in(subscription.language)
        message["To"] = subscription.email
        message["Subject"] = subjects[subscription.letter]
        message["Date"] = format_datetime(timezone.now())
        message["Message-ID"] = make_msgid(domain=host())
        message["Auto-Submitted"] = "auto-generated"
        name = f"digests/letter_{subscription.letter}"
        message.set_content(render_to_string(f"{name}.txt", context), cte="quoted-printable")
        message.add_alternative(render_to_string(f"{name}.html", context), subtype="html", cte="quoted-printable")
        message["Content-Language"] = subscription.language  # set_content would take it away
    return message
