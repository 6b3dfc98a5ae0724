"""Briefing books made from the ledger: for one milestone, one reader and one day, by group or by chapter."""

from dataclasses import fields, is_dataclass, replace
from datetime import date
from itertools import groupby, takewhile

from django.conf import settings
from django.db.models import Prefetch, TextChoices
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.history.past import words_of
from core.text.bilingual import current_language
from core.text.control_chars import strip_control_chars
from core.text.dates import write_date
from core.visibility import Visibility
from recommendations import confidence
from recommendations.models import NAMED_RULE, Recommendation, Update
from recommendations.models.status import OPEN, RULES, Status
from recommendations.models.updates import Basis
from reviews.changes.compare import Kind, changes, default_start
from reviews.models import Milestone, MilestoneState
from working_groups.names import attach_names_now

from .content import Book, Change, ChangeGroup, CrossReference, Definition, Part, Source, StateOfPlay
from .entries import make_answer_event, make_entry, make_event, make_source
from .labels import labels

CHANGE_KINDS = [Kind.CLOSED, Kind.FORWARD, Kind.BACKWARD, Kind.REOPENED, Kind.NEW, Kind.ANSWERED, Kind.UPDATED]


class Order(TextChoices):
    GROUP = "group", _("By group")
    CHAPTER = "chapter", _("By USMCA chapter")


def make_book(milestone: Milestone, day: date, by: str, user) -> Book:
    """Return the book for `milestone` as of `day`, in the current language, with what `user` may read.

    `by` is an Order; `user` may be anonymous. The number of queries does not depend on the number of recommendations.
    """
    with words_of(day):
        return _make_book(milestone, day, by, user)


def _make_book(milestone, day, by, user) -> Book:
    documents = list(milestone.documents.visible_to(user).select_related("publisher"))
    if documents:
        queryset = Recommendation.objects.visible_to(user).filter(topic__document__in=documents)
    else:
        queryset = Recommendation.objects.public()
    recommendations = _as_of(queryset, day, user)
    since = default_start(day, queryset, Milestone.objects.filter(series=milestone.series))
    changed = changes(queryset, since.day, day)
    state_of_play = _state_of_play(gettext("All"), recommendations)
    is_public = all(recommendation.document.visibility == Visibility.PUBLIC for recommendation in recommendations)
    book = Book(
        language=current_language(),
        day=day.isoformat(),
        title=gettext("Briefing book: %(milestone)s") % {"milestone": milestone.name},
        milestone=milestone.name,
        series=milestone.series.name,
        when=_when(milestone),
        warning="" if is_public else gettext("Not for circulation: contains nonpublic material"),
        as_of=gettext("As of %(day)s") % {"day": write_date(day)},
        scope=_scope(documents, day, recommendations),
        documents=[_cite(document) for document in documents if document.published_on <= day],
        publisher="U.S.-Mexico Foundation",
        url=settings.SITE_URL,
        state_of_play_title=gettext("State of play on %(day)s") % {"day": write_date(day)},
        totals=_totals(state_of_play),
        state_of_play=state_of_play,
        by_group=[_state_of_play(group.name, members) for group, members in _by_group(recommendations)],
        changes_title=_changes_title(since),
        changes_note=_changes_note(since, changed),
        changes=_change_groups(changed),
        parts=_parts_by_chapter(recommendations, day) if by == Order.CHAPTER else _parts_by_group(recommendations, day),
        method=_method(day, recommendations),
        sources=_sources(recommendations),
        rules=[str(rule) for rule in [*RULES, *confidence.RULES]],
        definitions=[Definition(status.value, str(status.definition)) for status in Status],
        status_labels={status.value: str(status.label) for status in Status},
        labels=labels(),
    )
    return _strip_all(book)


def _as_of(queryset, day, user) -> list[Recommendation]:
    """Return the recommendations as of `day`, by group, each with its `history`: updates in force, newest first."""
    today = timezone.localdate()
    queryset = queryset.as_of(day).with_confidence(today if day >= today else None).for_list(day)
    queryset = queryset.select_related("topic__document__publisher", "assessment")
    queryset = queryset.defer(None).defer("official_wording", "search").in_document_order()
    history = (
        Update.objects.in_force()
        .as_of(day)
        .newest_first()
        .prefetch_related("evidence", Prefetch("successors", Recommendation.objects.visible_to(user)))
    )
    recommendations = list(
        queryset.order_by("topic__group__position", "topic__group", *queryset.query.order_by).prefetch_related(
            Prefetch("updates", history, to_attr="history")
        )
    )
    if day < timezone.localdate():
        attach_names_now(
            addressee.organization
            for recommendation in recommendations
            for addressee in recommendation.listed_addressees
        )
    return recommendations


def _by_group(recommendations):
    """Return (group, its recommendations) for each group that has any."""
    grouped = groupby(recommendations, key=lambda recommendation: recommendation.group)
    return [(group, list(members)) for group, members in grouped]


def _parts_by_group(recommendations, day) -> list[Part]:
    return [_part(group.name, group.description, day, members) for group, members in _by_group(recommendations)]


def _parts_by_chapter(recommendations, day) -> list[Part]:
    """Put the entry of a recommendation under its first chapter, close links first, and refer to it from its others."""
    entries, references = {}, {}
    for recommendation in recommendations:
        links = sorted(recommendation.listed_chapter_links, key=lambda link: (link.is_loose, link.chapter.number))
        chapters = [link.chapter for link in links]
        entries.setdefault(chapters[0] if chapters else None, []).append(recommendation)
        for chapter in chapters[1:]:
            references.setdefault(chapter, []).append(recommendation)
    touched = sorted({*entries, *references} - {None}, key=lambda chapter: chapter.number)
    parts = [
        _part(
            gettext("Chapter %(number)s: %(title)s") % {"number": chapter.number, "title": chapter.title},
            "",
            day,
            entries.get(chapter, []),
            references.get(chapter, []),
            with_group=True,
        )
        for chapter in touched
    ]
    if None in entries:
        parts.append(_part(gettext("No chapter of the agreement"), "", day, entries[None], with_group=True))
    return parts


def _part(title, description, day, recommendations, references=(), with_group=False) -> Part:
    state_of_play = _state_of_play(title, [*recommendations, *references])
    return Part(
        title=title,
        description=description,
        totals=_totals(state_of_play),
        state_of_play=state_of_play,
        entries=[make_entry(recommendation, day, with_group) for recommendation in recommendations],
        cross_references=[
            CrossReference(recommendation.code, recommendation.title, recommendation.effective_status)
            for recommendation in references
        ],
    )


def _state_of_play(name, recommendations) -> StateOfPlay:
    counts = dict.fromkeys(Status.values, 0)
    for recommendation in recommendations:
        counts[recommendation.effective_status] += 1
    total = len(recommendations)
    open_count = sum(counts[status] for status in OPEN)
    return StateOfPlay(name, counts, total, open_count, total - open_count)


def _totals(state_of_play) -> str:
    return ngettext(
        "%(total)s recommendation: %(open)s open, %(closed)s closed",
        "%(total)s recommendations: %(open)s open, %(closed)s closed",
        state_of_play.total,
    ) % {"total": state_of_play.total, "open": state_of_play.open, "closed": state_of_play.closed}


def _changes_title(since) -> str:
    if since.milestone:
        return gettext("Changes since %(milestone)s") % {"milestone": since}
    return gettext("Changes since %(day)s") % {"day": since}


def _changes_note(since, changed) -> str:
    if not changed:
        return gettext("Nothing changed in this period.")
    if since.milestone:
        return gettext(
            "Since the last milestone of the series after which a status changed or a document was published."
        )
    return gettext("No milestone of the series precedes the latest status change or publication.")


def _change_groups(changed) -> list[ChangeGroup]:
    return [
        ChangeGroup(str(kind.label), [_change(change) for change in changed if change.kind == kind])
        for kind in CHANGE_KINDS
        if any(change.kind == kind for change in changed)
    ]


def _change(change) -> Change:
    """Return a change with the update that brought the final status, or else the newest; a new entry needs neither."""
    updates = [] if change.kind == Kind.NEW else change.updates[:1]
    if updates and change.changes_status:
        updates = list(takewhile(lambda update: update.status == change.after, change.updates))[-1:]
    left_out = len(change.updates) - len(updates) if updates else 0
    return Change(
        code=change.recommendation.code,
        title=change.recommendation.title,
        before=change.before or "",
        after=change.after,
        events=[*map(make_event, updates), *map(make_answer_event, change.answers)],
        more=ngettext("%(count)d more update", "%(count)d more updates", left_out) % {"count": left_out}
        if left_out
        else "",
    )


def _when(milestone) -> str:
    """Return date or window and place of a milestone, and its state unless it is plainly scheduled or held."""
    parts = [milestone.when, milestone.place]
    if milestone.state not in (MilestoneState.SCHEDULED, MilestoneState.HELD) or milestone.awaits_outcome:
        parts.append(milestone.state_in_words)
    return " · ".join(filter(None, parts))


def _scope(documents, day, recommendations) -> str:
    if documents and all(document.published_on > day for document in documents):
        return gettext("No document prepared for it had been published by that day.")
    if documents:
        return gettext("Recommendations for this milestone, from the documents prepared for it")
    return ngettext(
        "No document was prepared for this milestone. The book contains the one public recommendation as of that day.",
        "No document was prepared for this milestone. The book contains all %(count)d public recommendations as of that day.",
        len(recommendations),
    ) % {"count": len(recommendations)}


def _cite(document) -> str:
    return f"{document.title}. {document.publisher.name}, {document.published}"


def _sources(recommendations) -> list[Source]:
    """Return the documents of the recommendations, each once, oldest first."""
    documents = sorted(
        {recommendation.document for recommendation in recommendations},
        key=lambda document: (document.published_on, document.pk),
    )
    return [
        make_source(document.publisher.name, document.title, document.url, document.published) for document in documents
    ]


def _method(day, recommendations) -> list[str]:
    """Return the notes on how to read the book, paragraph by paragraph."""
    return [
        gettext(
            "A status is the foundation’s own assessment of how far a recommendation has been implemented. An addressee’s answer is recorded separately, as its response."
        ),
        gettext(
            "Titles, summaries and success tests are in our own words. The authoritative wording is that of the documents, listed below with links; where we have recorded it, it appears on the recommendation’s page, along with every update."
        ),
        gettext("The book covers what had happened by %(day)s, even if it was recorded later.")
        % {"day": write_date(day)},
        *_basis(recommendations),
        *_sources_read(recommendations),
        str(NAMED_RULE),
        gettext("The mapping is ours; the documents seldom tie a recommendation to a chapter."),
    ]


def _sources_read(recommendations) -> list[str]:
    """Say up to when public sources were read for all documents; nothing where that is not known of one of them."""
    days = {recommendation.document.sources_read_on for recommendation in recommendations}
    if not days or None in days:
        return []
    return [gettext("Public sources were read through %(day)s.") % {"day": write_date(min(days))}]


def _basis(recommendations) -> list[str]:
    """Say how many updates the book rests on and how many of them staff have verified; nothing without updates."""
    updates = [update for recommendation in recommendations for update in recommendation.history]
    unverified = sum(update.basis == Basis.PUBLIC_SOURCE for update in updates)
    if not updates:
        return []
    if unverified == len(updates):
        text = ngettext(
            "It is based on %(count)d update, from a public source, that staff has not yet verified.",
            "It is based on %(count)d updates, all from public sources, that staff has not yet verified.",
            len(updates),
        )
    else:
        text = ngettext(
            "It is based on %(count)d update. Of these, %(unverified)d come from public sources and have not yet been verified by staff; the others state their basis.",
            "It is based on %(count)d updates. Of these, %(unverified)d come from public sources and have not yet been verified by staff; the others state their basis.",
            len(updates),
        )
    return [text % {"count": len(updates), "unverified": unverified}]


def _strip_all(value):
    """Return the same structure with every text free of characters that neither format can hold."""
    if isinstance(value, str):
        return strip_control_chars(value)
    if isinstance(value, list):
        return [_strip_all(item) for item in value]
    if is_dataclass(value):
        return replace(value, **{field.name: _strip_all(getattr(value, field.name)) for field in fields(value)})
    return value
