"""Entries of a briefing book: status, addressees and the latest updates of one recommendation."""

from datetime import date
from itertools import takewhile

from django.conf import settings
from django.utils.encoding import iri_to_uri, uri_to_iri
from django.utils.translation import gettext, ngettext

from core.text.dates import write_date, write_since
from recommendations.confidence import Confidence
from recommendations.models import Answer, Recommendation, Update
from recommendations.models.status import Status
from recommendations.models.updates import Basis

from .content import Addressee, Entry, Event, Fact, Source

MAX_EVENTS = 3  # the page of the recommendation shows all


def make_entry(recommendation: Recommendation, day: date, with_group: bool = False) -> Entry:
    """Return the entry of a recommendation that was fetched as of `day` with all that `for_list()` fetches.

    Its attribute `history` must hold its updates in force on `day`, newest first.
    """
    topic = recommendation.topic
    history = recommendation.history
    left_out = len(history) - MAX_EVENTS
    return Entry(
        code=recommendation.code,
        title=recommendation.title,
        url=settings.SITE_URL + recommendation.get_absolute_url(),
        is_priority=recommendation.priority,
        topic=f"{topic.group.name} · {topic.title}" if with_group else topic.title,
        status=recommendation.effective_status,
        since=status_since(recommendation),
        summary=recommendation.summary,
        success_test=recommendation.success_test,
        outlook=_outlook(recommendation),
        addressees=[_addressee(addressee) for addressee in recommendation.listed_addressees],
        chapters=[_chapter(link) for link in recommendation.listed_chapter_links],
        events=[make_event(update, previous) for update, previous in _with_previous_status(history)[:MAX_EVENTS]],
        earlier=""
        if left_out <= 0
        else ngettext("%(count)d earlier update:", "%(count)d earlier updates:", left_out) % {"count": left_out},
    )


def _outlook(recommendation: Recommendation) -> list[Fact]:
    """Return what its assessment says, and its confidence; nothing where it was fetched without, for a past day."""
    if not recommendation.confidence:
        return []
    confidence = Fact(gettext("Confidence"), str(Confidence(recommendation.confidence).label))
    assessment = getattr(recommendation, "assessment", None)
    if assessment is None:
        return [confidence]
    reviewed = (
        gettext("Reviewed by staff on %(day)s.") % {"day": write_date(assessment.reviewed_on)}
        if assessment.reviewed_on
        else gettext("Not yet reviewed by staff.")
    )
    return [
        Fact(gettext("Why this status"), f"{assessment.because} {reviewed}"),
        Fact(gettext("What remains"), assessment.remains),
        Fact(gettext("What would move it up"), assessment.moves_up),
        Fact(gettext("What would move it down"), assessment.moves_down),
        confidence,
        Fact(gettext("Testability"), f"{assessment.get_testability_display()}. {assessment.testability_reason}"),
    ]


def status_since(recommendation: Recommendation) -> str:
    """Return in words since when the status holds: for "issued" without another status before, since publication."""
    history = recommendation.history
    unchanged = list(takewhile(lambda update: update.status == recommendation.effective_status, history))
    if len(unchanged) == len(history) and recommendation.effective_status == Status.ISSUED:
        return write_since(recommendation.document.published_on, recommendation.document.published_precision)
    return write_since(unchanged[-1].effective_on, unchanged[-1].precision)


def _with_previous_status(history) -> list[tuple[Update, str]]:
    """Pair each update with the status before it, which is that of the next older one."""
    previous = [update.status for update in history[1:]] + [Status.ISSUED]
    return list(zip(history, previous, strict=True)) if history else []


def make_event(update: Update, previous: str = "") -> Event:
    """Return the event of an update that was fetched with its evidence and, where the reader may see them, its successors.

    `previous` is the status before the update; leave it empty to omit it from the event.
    """
    notes = []
    if update.corrects_id:
        notes.append(gettext("Corrects an earlier entry"))
    if update.reason:
        notes.append(f"{gettext('Reason:')} {update.reason}")
    if successors := update.successors.all():
        notes.append(f"{gettext('Superseded by')} {', '.join(map(str, successors))}")
    if update.basis != Basis.PUBLIC_SOURCE:  # the notes on method cover public sources
        notes.append(update.get_basis_display())
    return Event(
        day=update.effective_date,
        status=update.status,
        previous="" if previous == update.status else previous,
        description=update.what,
        notes=[str(note) for note in notes],
        sources=[_evidence(evidence) for evidence in update.evidence.all()],
    )


def make_answer_event(answer: Answer) -> Event:
    """Return what somebody has answered as an event, which is of no status."""
    return Event(
        day=answer.effective_date,
        status="",
        previous="",
        description=f"{answer.addressee.organization.short_name}: {answer.get_kind_display()}. {answer.said}",
        notes=[gettext("Corrects an earlier entry")] if answer.corrects_id else [],
        sources=[_source_of(answer)],
    )


def _source_of(answer: Answer) -> Source:
    return make_source(
        answer.source_publisher or answer.addressee.organization.name,
        answer.source_title,
        answer.source_url,
        write_date(answer.source_published_on) if answer.source_published_on else answer.effective_date,
    )


def _evidence(evidence) -> Source:
    day = write_date(evidence.published_on) if evidence.published_on else ""
    return make_source(evidence.publisher, evidence.title, evidence.url, day)


def make_source(publisher: str, title: str, url: str, day: str) -> Source:
    """Return a source, whose address may hold letters as they are or percent-encoded."""
    shown = uri_to_iri(url)
    # Some letters show nowhere, or turn what follows them round.
    return Source(publisher, title, iri_to_uri(url), shown if shown.isprintable() else url, day)


def _addressee(addressee) -> Addressee:
    organization = addressee.organization
    name = organization.name
    if organization.acronym:
        name = f"{name} ({organization.acronym})"
    if organization.name_now:
        name = f"{name}, {gettext('now %(name)s') % {'name': organization.name_now}}"
    if not addressee.is_named:
        name = f"{name}, {gettext('our reading')}"
    answer = addressee.answer
    if answer is None:
        return Addressee(name, gettext("Awaiting response"), [])
    words = f"{answer.get_kind_display()}, {answer.effective_date}: {answer.said}"
    return Addressee(name, words, [_source_of(answer)])


def _chapter(link) -> str:
    text = str(link.chapter)
    if link.articles:
        text = f"{text}, {gettext('Art.')} {link.articles_in_words}"
    if link.is_loose:
        text = f"{text} ({gettext('loose link')})"
    return text
