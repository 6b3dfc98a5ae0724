"""Makes a briefing book from the ledger: for one milestone, one reader and one day, by group or by chapter."""

from dataclasses import fields, is_dataclass, replace
from datetime import date
from itertools import groupby, takewhile

from django.conf import settings
from django.db.models import Prefetch, TextChoices
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.bilingual import current_language
from core.control_chars import strip_control_chars
from core.dates import write_date
from core.visibility import Visibility
from recommendations.models import Recommendation, Update
from recommendations.models.status import OPEN, RULES, Status
from recommendations.models.updates import Basis
from reviews.changes.compare import Kind, changes, default_start
from reviews.models import Milestone, MilestoneState

from .content import Book, Definition, Movement, Movements, Part, Pointer, Source, StateOfPlay
from .entries import make_entry, make_event
from .words import words

TELLING_ORDER = [Kind.CLOSED, Kind.FORWARD, Kind.BACKWARD, Kind.REOPENED, Kind.NEW, Kind.UPDATED]


class Order(TextChoices):
    GROUP = "group", _("By group")
    CHAPTER = "chapter", _("By USMCA chapter")


def make_book(milestone: Milestone, day: date, by: str, user) -> Book:
    """The book for `milestone` as it stood on `day`, with what `user`, signed in or not, may read; `by` is an Order.

    It is in the current language. The number of queries does not depend on how many recommendations there are.
    """
    documents = list(milestone.documents.visible_to(user).select_related("publisher"))
    if documents:
        asked = Recommendation.objects.visible_to(user).filter(topic__document__in=documents)
    else:
        asked = Recommendation.objects.public()
    recommendations = _as_of(asked, day, user)
    since = default_start(day, asked, Milestone.objects.filter(series=milestone.series))
    changed = changes(asked, since.day, day)
    total = _state_of_play(gettext("All"), recommendations)
    is_public = all(each.document.visibility == Visibility.PUBLIC for each in recommendations)
    book = Book(
        language=current_language(),
        day=day.isoformat(),
        title=gettext("Briefing book: %(milestone)s") % {"milestone": milestone.name},
        milestone=milestone.name,
        series=milestone.series.name,
        when=_when(milestone),
        warning="" if is_public else gettext("Not for circulation: holds what is not public"),
        as_of=gettext("As of %(day)s") % {"day": write_date(day)},
        scope=_scope(documents, day, recommendations),
        documents=[_cite(document) for document in documents if document.published_on <= day],
        publisher="U.S.-Mexico Foundation",
        url=settings.SITE_URL,
        state_of_play=gettext("State of play on %(day)s") % {"day": write_date(day)},
        sum=_sum(total),
        total=total,
        by_group=[_state_of_play(group.name, found) for group, found in _by_group(recommendations)],
        changes_title=_changes_title(since),
        changes_note=_changes_note(since, changed),
        changes=_movements(changed),
        parts=_parts_by_chapter(recommendations, day) if by == Order.CHAPTER else _parts_by_group(recommendations, day),
        method=_method(day, recommendations),
        sources=_sources(recommendations),
        rules=[str(rule) for rule in RULES],
        definitions=[Definition(status.value, str(status.definition)) for status in Status],
        labels={status.value: str(status.label) for status in Status},
        words=words(),
    )
    return _printable(book)


def _as_of(asked, day, user) -> list[Recommendation]:
    """Those of `asked` on `day`, group by group, each with its `history`: its updates in force by then, newest first."""
    queryset = asked.as_of(day).for_list().select_related("topic__document__publisher")
    queryset = queryset.defer(None).defer("official_wording", "search").in_document_order()
    history = (
        Update.objects.in_force()
        .as_of(day)
        .newest_first()
        .prefetch_related("evidence", Prefetch("successor", Recommendation.objects.visible_to(user)))
    )
    return list(
        queryset.order_by(
            "topic__group__position", "topic__group", *queryset.query.order_by
        ).prefetch_related(Prefetch("updates", history, to_attr="history"))
    )


def _by_group(recommendations):
    """(group, its recommendations) for each group that has any."""
    return [(group, list(found)) for group, found in groupby(recommendations, key=lambda each: each.group)]


def _parts_by_group(recommendations, day) -> list[Part]:
    return [_part(group.name, group.description, day, found) for group, found in _by_group(recommendations)]


def _parts_by_chapter(recommendations, day) -> list[Part]:
    """Each recommendation in full under the chapter that it belongs to most, and pointed to under its others."""
    in_full, pointed_to = {}, {}
    for each in recommendations:
        links = sorted(each.listed_chapter_links, key=lambda link: (link.is_loose, link.chapter.number))
        chapters = [link.chapter for link in links]
        in_full.setdefault(chapters[0] if chapters else None, []).append(each)
        for chapter in chapters[1:]:
            pointed_to.setdefault(chapter, []).append(each)
    touched = sorted({*in_full, *pointed_to} - {None}, key=lambda chapter: chapter.number)
    parts = [
        _part(
            gettext("Chapter %(number)s: %(title)s") % {"number": chapter.number, "title": chapter.title},
            "",
            day,
            in_full.get(chapter, []),
            pointed_to.get(chapter, []),
            with_group=True,
        )
        for chapter in touched
    ]
    if None in in_full:
        parts.append(_part(gettext("No chapter of the agreement"), "", day, in_full[None], with_group=True))
    return parts


def _part(title, description, day, in_full, pointed_to=(), with_group=False) -> Part:
    tally = _state_of_play(title, [*in_full, *pointed_to])
    return Part(
        title=title,
        description=description,
        sum=_sum(tally),
        tally=tally,
        entries=[make_entry(each, day, with_group) for each in in_full],
        pointers=[Pointer(each.code, each.title, each.effective_status) for each in pointed_to],
    )


def _state_of_play(name, recommendations) -> StateOfPlay:
    counts = dict.fromkeys(Status.values, 0)
    for each in recommendations:
        counts[each.effective_status] += 1
    total = len(recommendations)
    still_open = sum(counts[status] for status in OPEN)
    return StateOfPlay(name, counts, total, still_open, total - still_open)


def _sum(tally) -> str:
    return ngettext(
        "%(total)s recommendation: %(open)s open, %(closed)s closed",
        "%(total)s recommendations: %(open)s open, %(closed)s closed",
        tally.total,
    ) % {"total": tally.total, "open": tally.open, "closed": tally.closed}


def _changes_title(since) -> str:
    if since.milestone:
        return gettext("Changes since %(milestone)s") % {"milestone": since}
    return gettext("Changes since %(day)s") % {"day": since}


def _changes_note(since, changed) -> str:
    if not changed:
        return gettext("Nothing changed in this time.")
    if since.milestone:
        return gettext("From the last milestone of the series after which a status moved or a document was published.")
    return gettext("No milestone of the series came before a status last moved or a document was last published.")


def _movements(changed) -> list[Movements]:
    """The changes by kind."""
    return [
        Movements(str(kind.label), [_movement(change) for change in changed if change.kind == kind])
        for kind in TELLING_ORDER
        if any(change.kind == kind for change in changed)
    ]


def _movement(change) -> Movement:
    """With the update that brought it where it stands, or else the newest. Of what is new, the entry tells all."""
    told = [] if change.kind == Kind.NEW else change.updates[:1]
    if told and change.changes_status:
        told = list(takewhile(lambda update: update.status == change.after, change.updates))[-1:]
    left = len(change.updates) - len(told) if told else 0
    return Movement(
        code=change.recommendation.code,
        title=change.recommendation.title,
        before=change.before or "",
        after=change.after,
        events=[make_event(update) for update in told],
        more=ngettext("%(count)d more update", "%(count)d more updates", left) % {"count": left} if left else "",
    )


def _when(milestone) -> str:
    """Its date or window and its place; its state only where that is not what one expects of a date."""
    parts = [milestone.when, milestone.place]
    if milestone.state not in (MilestoneState.SCHEDULED, MilestoneState.HELD) or milestone.awaits_outcome:
        parts.append(milestone.state_in_words)
    return " · ".join(filter(None, parts))


def _scope(documents, day, recommendations) -> str:
    if documents and all(document.published_on > day for document in documents):
        return gettext("No document prepared for it had been published by that day.")
    if documents:
        return gettext("What was asked for it, in the documents prepared for it")
    return ngettext(
        "No document was prepared for this milestone. The book holds the one public recommendation of that day.",
        "No document was prepared for this milestone. The book holds all %(count)d public recommendations of that day.",
        len(recommendations),
    ) % {"count": len(recommendations)}


def _cite(document) -> str:
    return f"{document.title}. {document.publisher.name}, {write_date(document.published_on)}"


def _sources(recommendations) -> list[Source]:
    """The documents that ask for them, each once, oldest first."""
    documents = sorted({each.document for each in recommendations}, key=lambda each: (each.published_on, each.pk))
    return [Source(each.publisher.name, each.title, each.url, write_date(each.published_on)) for each in documents]


def _method(day, recommendations) -> list[str]:
    """How to read the book, in paragraphs."""
    return [
        gettext(
            "A status is the foundation’s own assessment of how far a recommendation is implemented. "
            "What an addressee has answered is kept apart, as its response."
        ),
        gettext(
            "Titles, summaries and success tests are our own words. The wording that counts is that of the documents, "
            "listed below with their addresses; where it is recorded here, the page of the recommendation has it. "
            "That page also has every update."
        ),
        gettext("The book counts what had happened by %(day)s, also where that was recorded later.")
        % {"day": write_date(day)},
        *_what_it_rests_on(recommendations),
        gettext("The mapping is ours; the documents do not name chapters."),
    ]


def _what_it_rests_on(recommendations) -> list[str]:
    """How many updates, and how many of them staff have verified; nothing where there are none."""
    updates = [update for each in recommendations for update in each.history]
    unverified = sum(update.basis == Basis.PUBLIC_SOURCE for update in updates)
    if not updates:
        return []
    if unverified == len(updates):
        text = ngettext(
            "It rests on %(count)d update, from a public source, which staff have not yet verified.",
            "It rests on %(count)d updates, all from public sources, which staff have not yet verified.",
            len(updates),
        )
    else:
        text = ngettext(
            "It rests on %(count)d update. Of these, %(unverified)d are from public sources and not yet verified by "
            "staff; the others say what they rest on.",
            "It rests on %(count)d updates. Of these, %(unverified)d are from public sources and not yet verified by "
            "staff; the others say what they rest on.",
            len(updates),
        )
    return [text % {"count": len(updates), "unverified": unverified}]


def _printable(value):
    """The same, with all its texts as both formats can hold them."""
    if isinstance(value, str):
        return strip_control_chars(value)
    if isinstance(value, list):
        return [_printable(each) for each in value]
    if is_dataclass(value):
        return replace(value, **{field.name: _printable(getattr(value, field.name)) for field in fields(value)})
    return value
