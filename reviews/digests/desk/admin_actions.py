"""The buttons on the page of a digest: the verbs of staff that would do something now, each with what it sets off."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.staff import own_time
from mail.models import MessageState
from reviews.digests.models import Digest, DigestKind, DigestState, Reason
from reviews.digests.pipeline.readers import readers_of
from reviews.digests.pipeline.staff import VERBS, to_retry, why_no_retry
from reviews.digests.pipeline.transitions import states_before

from .audience import Progress


def buttons_of(digest: Digest, progress: Progress, now: datetime) -> list[dict[str, str]]:
    """Return the `verb`, `label` and `text` of each button, in the order of the page."""
    waiting = progress.waiting if progress.total else readers_of(digest).count()
    again = to_retry(digest).count()
    unknown = to_retry(digest).filter(state=MessageState.UNKNOWN).count()
    if digest.due_at <= now:
        leaves = ngettext(
            "It is due: it will be sent within a minute, to %(count)d person who does not have it yet.",
            "It is due: it will be sent within a minute, to %(count)d people who do not have it yet.",
            waiting,
        )
    else:
        leaves = ngettext(
            "Sending resumes where it left off, to %(count)d person who does not have it yet, but not before it is due.",
            "Sending resumes where it left off, to %(count)d people who do not have it yet, but not before it is due.",
            waiting,
        )
    leaves = " ".join(filter(None, [leaves % {"count": waiting}, _soon_after(digest, now)]))
    texts = {
        "release": (_("Release"), leaves),
        "approve": (_("Approve"), leaves),
        "hold": (
            _("Hold"),
            ngettext(
                "No more of it is sent until it is released. %(count)d person does not have it yet.",
                "No more of it is sent until it is released. %(count)d people do not have it yet.",
                waiting,
            )
            % {"count": waiting},
        ),
        "cancel": (
            _("Cancel it permanently"),
            ngettext(
                "It ends permanently: %(count)d person who does not have it yet will never get it. It will not be planned again.",
                "It ends permanently: %(count)d people who do not have it yet will never get it. It will not be planned again.",
                waiting,
            )
            % {"count": waiting},
        ),
        "retry": (
            _("Retry failed and unknown"),
            _(
                "%(count)d will be sent again. For %(unknown)d of them, it is not known whether they arrived: those readers may get a second copy."
            )
            % {"count": again, "unknown": unknown},
        ),
    }
    waits_for_approval = digest.state_reason == Reason.APPROVAL
    is_of_use = {
        "release": not waits_for_approval,
        "approve": waits_for_approval,
        "retry": again and not why_no_retry(digest, now),
    }
    return [
        {"verb": verb, "label": texts[verb][0], "text": texts[verb][1]}
        for verb in VERBS
        if digest.state in states_before(verb) and is_of_use.get(verb, True)
    ]


def _soon_after(digest: Digest, now: datetime) -> str:
    """Return a sentence where the milestone's next digest leaves less than a day after this one; empty where it does not."""
    leaves = max(now, digest.due_at)
    others = digest.milestone.digests.exclude(pk=digest.pk).filter(
        kind=DigestKind.DIGEST,
        state__in=[DigestState.PLANNED, DigestState.FROZEN],
        due_at__gt=leaves,
        due_at__lt=leaves + timedelta(days=1),
    )
    if digest.kind != DigestKind.DIGEST or not (other := others.order_by("due_at").first()):
        return ""
    return _(
        "Another digest for this milestone, “%(digest)s”, is due on %(when)s: the same people will get both unless you cancel one of them."
    ) % {"digest": other.label, "when": own_time(other.due_at)}
