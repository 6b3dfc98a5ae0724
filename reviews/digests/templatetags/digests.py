"""What the admin says of digests on pages of other apps."""

from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from core.dates import write_date, write_moment
from reviews.digests.desk.audience import readers_of
from reviews.digests.models import Digest, DigestState

register = template.Library()

SOON = timedelta(days=120)


@register.filter
def own_time(moment) -> str:
    """A moment by the clock of staff, with its zone."""
    return write_moment(moment, timezone.get_current_timezone_name())


@register.simple_tag
def next_digests_told() -> str:
    """Whether what is recorded now will reach people's inboxes, when, and how many people."""
    coming = Digest.objects.filter(state=DigestState.PLANNED, due_at__lt=timezone.now() + SOON)
    digest = coming.select_related("milestone__series").order_by("due_at").first()
    if digest is None:
        return gettext("Nobody is mailed when you save. No digest is due soon; the next one will tell this.")
    readers = readers_of(digest)
    return ngettext(
        "Nobody is mailed when you save. The digest before “%(milestone)s” will tell it on %(day)s to %(count)d subscriber.",
        "Nobody is mailed when you save. The digest before “%(milestone)s” will tell it on %(day)s to %(count)d subscribers.",
        readers,
    ) % {
        "milestone": digest.milestone,
        "day": write_date(timezone.localdate(digest.due_at)),
        "count": readers,
    }
