"""How many people: how far digests have come, and whom they, or a change of their milestone, would reach."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from core.text.dates import write_date
from mail.models import UNFINISHED, Message, MessageState
from reviews.digests.models import MAY_STILL_LEAVE, Digest, DigestKind, DigestState, Subscription
from reviews.digests.pipeline.plan import due_at, is_on, local_day
from reviews.digests.pipeline.readers import readers_of, readers_of_notice

SOON = timedelta(days=120)


@dataclass
class Progress:
    """How many messages of a digest are in which state."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MessageState.values, 0))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def accepted(self) -> int:
        return self.counts[MessageState.ACCEPTED]

    @property
    def waiting(self) -> int:
        """Those that have not left yet."""
        return self.counts[MessageState.QUEUED] + self.counts[MessageState.DEFERRED]

    @property
    def finished(self) -> int:
        return self.total - sum(self.counts[state] for state in UNFINISHED)

    @property
    def rows(self) -> list[tuple[MessageState, int]]:
        return [(state, self.counts[state]) for state in MessageState]


def progress_of(digests: Iterable[Digest]) -> dict[int, Progress]:
    """Return the progress of each digest, by pk."""
    found = {digest.pk: Progress() for digest in digests}
    rows = Message.objects.filter(batch__digest__in=list(found)).order_by().values_list("batch__digest", "state")
    for pk, state, count in rows.annotate(count=Count("pk")):
        found[pk].counts[state] = count
    return found


def readers_by_series() -> dict[int, int]:
    """How many may be sent the digests of each series, by its pk."""
    rows = Subscription.objects.active().order_by().values_list("series")
    return dict(rows.annotate(count=Count("pk")))


def describe_pending_mail(milestone) -> list[str]:
    """What a new date or a cancellation of a milestone sets off, in sentences with the numbers of people."""
    digests = milestone.digests.filter(kind=DigestKind.DIGEST, replaced_by=None).select_related("milestone")
    is_open = digests.filter(state__in=MAY_STILL_LEAVE)
    planned = is_open.filter(frozen_at=None).count()
    sentences = []
    if planned:
        readers = readers_by_series().get(milestone.series_id, 0)
        sentences.append(
            ngettext(
                "%(count)d planned digest, for %(readers)s, moves with a new date and is dropped with a cancellation.",
                "%(count)d planned digests, for %(readers)s, move with a new date and are dropped with a cancellation.",
                planned,
            )
            % {"count": planned, "readers": _people(readers)}
        )
    sentences += [
        gettext(
            "The digest due %(days)s before is being sent and will stop. With a new date, another edition follows for those who do not have it yet (%(readers)s); with a cancellation, none does."
        )
        % {"days": _days(digest.lead_days), "readers": _people(readers_of(digest).count())}
        for digest in is_open.filter(frozen_at__isnull=False).order_by("-lead_days")
    ]
    if readers := readers_of_notice(milestone).count():
        sentences.append(
            ngettext(
                "%(count)d person already has a digest for it, which is not repeated.",
                "%(count)d people already have a digest for it, which is not repeated.",
                readers,
            )
            % {"count": readers}
        )
    return sentences or [gettext("No digest is planned, and none has been sent.")]


def describe_schedule(milestone, now) -> list[str]:
    """When readers would hear of a milestone if it were as it is here, not saved yet, in sentences."""
    readers = readers_by_series().get(milestone.series_id, 0)
    if not readers:
        return []
    if not is_on(milestone) or milestone.starts_on < local_day(milestone, now):
        return [
            gettext("No more digests will be sent for it; the series has %(readers)s.") % {"readers": _people(readers)}
        ]
    sentences = []
    for days in sorted(set(milestone.series.lead_days), reverse=True):
        due = due_at(milestone, days)
        is_past = local_day(milestone, due) < local_day(milestone, now)
        text = (
            gettext(
                "%(days)s before: its date, %(day)s, has passed. The one closest to the milestone awaits your decision."
            )
            if is_past
            else gettext("%(days)s before: on %(day)s, to %(readers)s.")
        )
        sentences.append(
            text % {"days": _days(days), "day": write_date(local_day(milestone, due)), "readers": _people(readers)}
        )
    return sentences


def _people(count) -> str:
    return ngettext("%(count)d person", "%(count)d people", count) % {"count": count}


def _days(count) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def describe_next_digest() -> str:
    """Return a sentence that says when what is recorded now will reach people's inboxes, and how many people."""
    coming = Digest.objects.filter(state=DigestState.PLANNED, due_at__lt=timezone.now() + SOON)
    digest = coming.select_related("milestone__series").order_by("due_at").first()
    if digest is None:
        return gettext("No mail is sent when you save. No digest is due soon; the next one will report this.")
    readers = readers_of(digest).count()
    return ngettext(
        "No mail is sent when you save. The digest before “%(milestone)s” will report this on %(day)s to %(count)d subscriber.",
        "No mail is sent when you save. The digest before “%(milestone)s” will report this on %(day)s to %(count)d subscribers.",
        readers,
    ) % {
        "milestone": digest.milestone,
        "day": write_date(timezone.localdate(digest.due_at)),
        "count": readers,
    }
