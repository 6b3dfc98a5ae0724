"""Highlighting of the words that a search found: in titles and summaries, or where else they stand.

PostgreSQL says what each printed word is found by, so that a mark follows the same rule as the search. It is asked about
all rows together, and only about words that begin as one does that is wanted.
"""

import re
from itertools import pairwise

from django.db import connection
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from recommendations.browse.rows import Row

from .query import may_be_code
from .synonyms import COMPILED
from .terms import Part, Search, Word, plain, read_search

PIECE = re.compile(r"\d+(?:\.\d+)+|[^\W_]+")
# What is printed as one word and has parts; and what may stand between two parts of it.
COMPOUND = re.compile(r"[^\W_]+(?:[-‐‑‒–−.,&_’'][^\W_]+)+")
BETWEEN_PARTS = re.compile(r"[\s.,&_’'‐‑‒–−-]{1,2}")
EXCERPT = 240  # letters, about
LEAD = 60  # of them at most before the first word that matches
BEGINNING = 3  # letters that words of one stem have in common, if it is not shorter

Span = tuple[int, int]


def highlight(rows: list[Row], words: str):
    """Set `marked_title`, `excerpt`, `found_in` and `marked_note`, for the search `words`, on each of `rows`.

    The excerpt is HTML: that part of the summary where most of the words are. Where they are neither there nor in the
    title, it is of another text, and `found_in` says of which; or the note, what happened last, is marked instead.
    Where they are in nothing that the row shows, `found_in` says so. Each is empty where there is nothing to say. Three
    queries at most.
    """
    search = read_search(words)
    marker = Marker(search, [text for row in rows for text in (row.title, row.summary)])
    not_yet_found = []
    for row in rows:
        in_title = marker.spans(row.title)
        row.marked_title = _mark(row.title, in_title)
        row.excerpt = _excerpt(row.summary, marker.spans(row.summary))
        if not in_title and not row.excerpt:
            not_yet_found.append((row, row.update.what if row.update else "", _other_texts(row)))
    marker = Marker(search, [text for _row, note, texts in not_yet_found for text in (note, *texts.values())])
    fallback = gettext("Found in another text on its page, by another name or in the other language")
    if may_be_code(words) or not search.groups:
        fallback = ""
    for row, note, texts in not_yet_found:
        row.marked_note = _excerpt(note, marker.spans(note))
        if not row.marked_note:
            excerpts = ((name, _excerpt(text, marker.spans(text))) for name, text in texts.items())
            row.found_in, row.excerpt = next((found for found in excerpts if found[1]), (fallback, ""))


def _other_texts(row: Row) -> dict[str, str]:
    """Return what else a row may have been found by, by the name of it, the most telling first."""
    asked = [link.option for link in row.addressees]
    return {
        gettext("Issue"): row.issue.title,
        gettext("Topic"): row.topic.title,
        gettext("Asked to act"): ", ".join(option.both_labels for option in asked),
        gettext("USMCA chapters"): ", ".join(link.option.label for link in row.chapters),
    }


class Marker:
    """Finds in texts, which it is given at first, what a search wants. One query at most."""

    def __init__(self, search: Search, texts: list[str]):
        words = [word for term in search.wanted for word in term.words]
        self.sequences = [word.parts for word in words if word.joined]
        self.alone = [part for word in words for part in _as_one(word)]
        wanted = [*self.alone, *(part for parts in self.sequences for part in parts)]
        self.names = {lexeme for part in wanted for lexeme in part.lexemes} & COMPILED.keys()
        self.lexemes = _look_up_words(texts, _beginnings(wanted)) if wanted else {}

    def spans(self, text: str) -> list[Span]:
        """Return where the wanted words are; those with only a space or a hyphen between them are one span."""
        pieces = list(PIECE.finditer(text))
        compounds = [match for match in COMPOUND.finditer(text) if self._is_one_of(self.alone, _joined(match[0]))]
        words = [piece for piece in pieces if self._is_one_of(self.alone, piece[0])]
        names = [match for name in self.names for match in COMPILED[name].finditer(text)]
        spans = [match.span() for match in [*names, *compounds, *words]]
        for parts in self.sequences:
            for first in range(len(pieces) - len(parts) + 1):
                run = pieces[first : first + len(parts)]
                if self._is_sequence(parts, run, text):
                    spans.append((run[0].start(), run[-1].end()))
        return _together(spans, text)

    def _is_sequence(self, parts: tuple[Part, ...], run: list[re.Match], text: str) -> bool:
        are_the_parts = all(self._is_one_of([part], piece[0]) for part, piece in zip(parts, run, strict=True))
        return are_the_parts and all(
            BETWEEN_PARTS.fullmatch(text[piece.end() : following.start()]) for piece, following in pairwise(run)
        )

    def _is_one_of(self, parts: list[Part], piece: str) -> bool:
        word = plain(piece)
        lexemes = self.lexemes.get(word)
        if lexemes is None:  # it begins as none of them does
            return False
        return any(
            piece in part.lexemes
            or (part.is_beginning and word.startswith(part.written))
            or not lexemes.isdisjoint(part.lexemes)
            for part in parts
        )


def _as_one(word: Word) -> list[Part]:
    return [word.joined] if word.joined else list(word.parts)


def _joined(compound: str) -> str:
    return "".join(PIECE.findall(compound)).replace(".", "")


def _beginnings(wanted: list[Part]) -> tuple[str, ...]:
    lexemes = [lexeme.lower() for part in wanted for lexeme in (part.written, *part.lexemes)]
    return tuple({lexeme[:BEGINNING] for lexeme in lexemes})


def _look_up_words(texts: list[str], beginnings: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Return what the words in the texts that begin so are found by. One query at most."""
    words = {plain(piece) for text in texts for piece in PIECE.findall(text)}
    words |= {plain(_joined(compound)) for text in texts for compound in COMPOUND.findall(text)}
    candidates = [word for word in words if word.startswith(beginnings)]
    if not candidates:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, search_lexemes(word) FROM unnest(%s::text[]) word", [candidates])
        return {word: frozenset(lexemes) for word, lexemes in cursor}


def _together(spans: list[Span], text: str) -> list[Span]:
    """Return the spans in their order; those that overlap or have only a space or a hyphen between them as one."""
    merged = []
    for start, end in sorted(spans):
        if merged and (start <= merged[-1][1] or text[merged[-1][1] : start] in (" ", "-")):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _mark(text: str, spans: list[Span]) -> SafeString:
    ends = [0, *(end for _start, end in spans)]
    pieces = [(text[before:start], text[start:end]) for before, (start, end) in zip(ends, spans, strict=False)]
    return format_html_join("", "{}<mark>{}</mark>", pieces) + escape(text[ends[-1] :])


def _excerpt(text: str, spans: list[Span]) -> SafeString | str:
    if not spans:
        return ""
    start, end = _window(text, spans)
    shown = [(max(first, start) - start, min(last, end) - start) for first, last in spans if start <= first < end]
    excerpt = _mark(text[start:end], shown)
    return escape("… " if start else "") + excerpt + escape(" …" if end < len(text) else "")


def _window(text: str, spans: list[Span]) -> Span:
    """Return the part of a text, of whole words and about EXCERPT long, that has most of the spans."""
    if len(text) <= EXCERPT:
        return 0, len(text)
    reach = EXCERPT - LEAD
    first, _last = max(spans, key=lambda span: sum(span[0] <= other[0] < span[0] + reach for other in spans))
    start = max(min(first - LEAD, len(text) - EXCERPT), 0)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = start + EXCERPT + LEAD
    if end >= len(text):
        return start, len(text)
    space = text.rfind(" ", first, end)
    return start, space if space > first else end
