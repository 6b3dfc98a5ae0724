"""What remains to be done when the messages of a digest have left, or cannot leave any more."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from mail.delivery.queue import cancel_undeliverable
from mail.models import BatchState
from reviews.digests.models import (
    ENDED,
    Delivery,
    Digest,
    DigestAnswer,
    DigestItem,
    DigestKind,
    DigestState,
    DigestTestItem,
    Reason,
)

from .plan import has_passed
from .transitions import move, stop


def finish_all():
    """Call each digest sent of which nothing is left to send."""
    for pk in Digest.objects.filter(state=DigestState.SENDING).values_list("pk", flat=True):
        finish(pk)


def finish(digest_id: int) -> bool:
    """Call a digest sent when nothing of it is left to send; return whether it is.

    When the milestone's day is over nothing is left, and one that nobody has got by then is skipped.
    """
    cancel_undeliverable()
    with transaction.atomic():
        digest = Digest.objects.select_for_update(of=["self"]).select_related("milestone", "batch").get(pk=digest_id)
        if digest.state != DigestState.SENDING or digest.batch.messages.unfinished().exists():
            return False
        if digest.batch.state == BatchState.STOPPED:
            return False  # its milestone has changed just now; the next plan says what becomes of it
        is_over = digest.kind == DigestKind.DIGEST and has_passed(digest.milestone, timezone.now())
        if is_over and not digest.deliveries.possibly_delivered().exists():
            stop(digest, Reason.MILESTONE_PASSED, DigestState.SKIPPED)
            return False
        move(digest, DigestState.SENT, sent_at=timezone.now())
    return True


def release_items():
    """Free the news of digests that have ended and that nobody has got: they are the next digest's.

    Those of a digest that was stopped while a message of it was being sent are freed only here, once it is known that
    this message did not arrive. A new edition keeps those of the edition that it replaces.
    """
    somebody_has_it = Exists(Delivery.objects.possibly_delivered().filter(digest=OuterRef("digest")))
    for model in (DigestItem, DigestAnswer, DigestTestItem):
        model.objects.filter(~somebody_has_it, digest__state__in=ENDED, digest__replaced_by=None).delete()
