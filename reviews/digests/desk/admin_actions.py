"""The buttons on the page of a digest: the verbs of life.py that would do something now, each with what it sets off."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.digests.models import DeliveryState, Digest, DigestKind, DigestState, Reason
from reviews.digests.pipeline import transitions as life
from reviews.digests.templatetags.digests import own_time

from .audience import Progress, readers_of


def buttons_of(digest: Digest, progress: Progress, now: datetime) -> list[dict[str, str]]:
    """The `verb`, `label` and `text` of each button, in the order of the page."""
    waiting = progress.waiting if progress.total else readers_of(digest)
    again = life.to_retry(digest).count()
    unknown = life.to_retry(digest).filter(state=DeliveryState.UNKNOWN).count()
    is_approval = digest.state_reason == Reason.APPROVAL
    if digest.due_at <= now:
        release = ngettext(
            "It is due: it leaves within a minute, to %(count)d person who has not got it yet.",
            "It is due: it leaves within a minute, to %(count)d people who have not got it yet.",
            waiting,
        )
    else:
        release = ngettext(
            "It goes on where it stood, to %(count)d person who has not got it yet; not before it is due.",
            "It goes on where it stood, to %(count)d people who have not got it yet; not before it is due.",
            waiting,
        )
    texts = {
        "release": (
            _("Approve") if is_approval else _("Release"),
            " ".join(filter(None, [release % {"count": waiting}, _soon_after(digest, now)])),
        ),
        "hold": (
            _("Hold"),
            ngettext(
                "Nothing more of it leaves until it is released. %(count)d person has not got it yet.",
                "Nothing more of it leaves until it is released. %(count)d people have not got it yet.",
                waiting,
            )
            % {"count": waiting},
        ),
        "cancel": (
            _("Cancel it for good"),
            ngettext(
                "It ends for good: %(count)d person who has not got it yet never gets it. It is not planned again.",
                "It ends for good: %(count)d people who have not got it yet never get it. It is not planned again.",
                waiting,
            )
            % {"count": waiting},
        ),
        "retry": (
            _("Retry failed and unknown"),
            _(
                "%(count)d are sent again. Of %(unknown)d it is unknown whether they arrived: their readers may get"
                " a second copy."
            )
            % {"count": again, "unknown": unknown},
        ),
    }
    may_retry = again and not life.why_no_retry(digest, now)
    return [
        {"verb": verb, "label": label, "text": text}
        for verb, (label, text) in texts.items()
        if digest.state in life.ALLOWED[verb] and (verb != "retry" or may_retry)
    ]


def _soon_after(digest: Digest, now: datetime) -> str:
    """That the milestone's next digest leaves less than a day after this one, as a sentence; empty where it does not."""
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
        "Another digest of this milestone, “%(digest)s”, is due on %(when)s: the same people get both, unless you"
        " cancel one of them."
    ) % {"digest": other.what, "when": own_time(other.due_at)}
