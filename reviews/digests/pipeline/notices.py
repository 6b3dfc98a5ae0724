"""Short notices that follow a milestone's change: a new date, or that it is canceled."""

from datetime import datetime

from django.db import transaction

from reviews.digests.models import Digest, DigestKind, DigestState
from reviews.digests.public.render import render, wanted_audiences
from reviews.models import MilestoneState

from .freeze import notice_content


@transaction.atomic
def notify(milestone, kind: DigestKind, now: datetime) -> Digest:
    """Make the notice of a milestone's new date, or of its cancellation; the next tick sends it. Once a revision."""
    digest, is_new = Digest.objects.get_or_create(
        milestone=milestone,
        kind=kind,
        lead_days=0,
        edition=milestone.revision,
        defaults={
            "due_at": now,
            "milestone_revision": milestone.revision,
            "state": DigestState.FROZEN,
            "frozen_at": now,
            "content": notice_content(milestone, now),
        },
    )
    if is_new:
        for language, groups in wanted_audiences(milestone.series):
            render(digest, language, groups)
    return digest


def notice_for(before, after) -> DigestKind | None:
    """Return which notice says what has changed of a milestone between two readings of it; None: there is none to send."""
    was_off, is_off = (milestone.state == MilestoneState.CANCELLED for milestone in (before, after))
    if is_off:
        return None if was_off else DigestKind.CANCELLATION
    has_moved = after.when != before.when or was_off
    return DigestKind.DATE_CHANGED if has_moved and after.state != MilestoneState.HELD else None
