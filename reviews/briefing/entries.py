"""One recommendation as a briefing book tells it: where it stands, since when, who was asked, what happened last."""

from datetime import date
from itertools import takewhile

from django.conf import settings
from django.utils.translation import gettext, ngettext

from core.dates import write_date, write_since
from recommendations.models import Recommendation, Update
from recommendations.models.status import Status
from recommendations.models.updates import Basis

from .content import Asked, Entry, Event, Source

EVENTS_SHOWN = 3  # the page of the recommendation has all


def make_entry(recommendation: Recommendation, day: date, with_group: bool = False) -> Entry:
    """Takes one with `shown_*` as of `day`, all that `for_list()` fetches, and `history`.

    `history` has its updates in force on `day`, newest first.
    """
    topic = recommendation.topic
    history = recommendation.history
    earlier = len(history) - EVENTS_SHOWN
    return Entry(
        code=recommendation.code,
        title=recommendation.title,
        url=settings.SITE_URL + recommendation.get_absolute_url(),
        is_priority=recommendation.priority,
        place=f"{topic.group.name} · {topic.title}" if with_group else topic.title,
        status=recommendation.effective_status,
        since=status_since(recommendation),
        summary=recommendation.summary,
        success_test=recommendation.success_test,
        asked=[_asked(addressee, day) for addressee in recommendation.listed_addressees],
        chapters=[_chapter(link) for link in recommendation.listed_chapter_links],
        events=[make_event(update, before) for update, before in _steps(history)[:EVENTS_SHOWN]],
        earlier=""
        if earlier <= 0
        else ngettext("%(count)d earlier update:", "%(count)d earlier updates:", earlier) % {"count": earlier},
    )


def status_since(recommendation: Recommendation) -> str:
    """Since when it has stood where it stands, in words; issued is what it was when it was published."""
    history = recommendation.history
    same = list(takewhile(lambda update: update.status == recommendation.effective_status, history))
    if len(same) == len(history) and recommendation.effective_status == Status.ISSUED:
        return write_since(recommendation.document.published_on)
    return write_since(same[-1].effective_on, same[-1].precision)


def _steps(history) -> list[tuple[Update, str]]:
    """Each update with the status before it: that of the next older one."""
    older = [update.status for update in history[1:]] + [Status.ISSUED]
    return list(zip(history, older, strict=True)) if history else []


def make_event(update: Update, before: str = "") -> Event:
    """Takes an update with its evidence and, where the reader may see it, its successor.

    `before` is the status before it, empty where that is not to be told.
    """
    notes = []
    if update.corrects_id:
        notes.append(gettext("Corrects an earlier entry"))
    if update.reason:
        notes.append(f"{gettext('Reason:')} {update.reason}")
    if update.successor:
        notes.append(f"{gettext('Superseded by')} {update.successor}")
    if update.basis != Basis.PUBLIC_SOURCE:  # of those the notes on method tell
        notes.append(update.get_basis_display())
    return Event(
        day=update.effective_date,
        status=update.status,
        previous="" if before == update.status else before,
        what=update.what,
        notes=[str(note) for note in notes],
        sources=[
            Source(each.publisher, each.title, each.url, write_date(each.published_on) if each.published_on else "")
            for each in update.evidence.all()
        ],
    )


def _asked(addressee, day) -> Asked:
    organization = addressee.organization
    name = organization.name
    if organization.acronym:
        name = f"{name} ({organization.acronym})"
    if not addressee.is_named:
        name = f"{name}, {gettext('our reading')}"
    addressee.set_back_to(day)
    if addressee.responded_on is None:
        return Asked(name, addressee.get_response_display(), [])
    responded = write_date(addressee.responded_on)
    title = addressee.response_title or addressee.response_url
    return Asked(
        name,
        f"{addressee.get_response_display()}, {responded}",
        [Source(organization.name, title, addressee.response_url, responded)],
    )


def _chapter(link) -> str:
    text = str(link.chapter)
    if link.articles:
        text = f"{text}, {gettext('Art.')} {', '.join(link.articles)}"
    if link.is_loose:
        text = f"{text} ({gettext('loose link')})"
    return text
