"""What a search found, marked in the rows that a page shows: in titles and summaries, or where else it was found.

PostgreSQL says which words match, so that a mark follows the same stems and ignores the same accents as the search.
It is asked about all rows together; its own ts_headline() reads a text by one configuration only, and Spanish has two.
"""

import re

from django.db import connection
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core.bilingual import current_language
from recommendations.browse.rows import Row

from .query import OF_LANGUAGE, may_be_code, plain, respell, wanted_words

WORD = re.compile(r"\w+")
EXCERPT = 240  # letters, about
LEAD = 60  # of them at most before the first word that matches

Span = tuple[int, int]


def highlight(rows: list[Row], words: str):
    """Set `marked_title`, `excerpt`, `found_in` and `marked_note`, for the search `words`, on each of `rows`.

    The excerpt is HTML: that part of the summary where most of the words are. Where they are neither there nor in the
    title, it is of another text, and `found_in` says of which; or the note, what happened last, is marked instead.
    Where they are in nothing that the row shows, `found_in` says so. Each is empty where there is nothing to say. Two
    queries at most.
    """
    wanted = wanted_words(words)
    matching = _matching([text for row in rows for text in (row.title, row.summary)], wanted)
    not_yet_found = []
    for row in rows:
        in_title = _spans(row.title, matching)
        row.marked_title = _mark(row.title, in_title)
        row.excerpt = _excerpt(row.summary, _spans(row.summary, matching))
        if not in_title and not row.excerpt:
            not_yet_found.append((row, row.update.what if row.update else "", _other_texts(row)))
    matching = _matching([text for _row, note, texts in not_yet_found for text in (note, *texts.values())], wanted)
    fallback = gettext("Found in another update, in the official wording or in the other language")
    if may_be_code(words) or not wanted:
        fallback = ""
    for row, note, texts in not_yet_found:
        row.marked_note = _excerpt(note, _spans(note, matching))
        if not row.marked_note:
            excerpts = ((name, _excerpt(text, _spans(text, matching))) for name, text in texts.items())
            row.found_in, row.excerpt = next((found for found in excerpts if found[1]), (fallback, ""))


def _other_texts(row: Row) -> dict[str, str]:
    """Return what else a row may have been found by, by the name of it, the most telling first."""
    asked = [link.option for link in row.addressees]
    return {
        gettext("Issue"): row.issue.title,
        gettext("Asked to act"): ", ".join(option.both_labels for option in asked),
        gettext("USMCA chapters"): ", ".join(link.option.label for link in row.chapters),
    }


def _matching(texts: list[str], wanted: list[str]) -> set[str]:
    """Return the words of the texts that match one of those wanted, in the current language. One query at most."""
    # Words of one stem begin with the same letter: the others need not be asked about.
    initials = {plain(word)[:1] for word in wanted}
    words = {word for text in texts for word in WORD.findall(text)}
    vocabulary = {word for word in words if not word[0].isascii() or word[0].lower() in initials}
    if not vocabulary or not wanted:
        return set()
    conditions, queries = [], []
    for configuration in OF_LANGUAGE[current_language()]:
        conditions.append(f"to_tsvector('{configuration}', word) @@ to_tsquery('{configuration}', %s)")
        queries.append(respell(" | ".join(wanted), configuration))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT word FROM unnest(%s::text[]) AS word WHERE {' OR '.join(conditions)}",
            [list(vocabulary), *queries],
        )
        return {word for (word,) in cursor}


def _spans(text: str, matching: set[str]) -> list[Span]:
    """Return where the matching words are; those with only a space or a hyphen between them are one span."""
    spans = []
    for match in WORD.finditer(text):
        if match[0] not in matching:
            continue
        if spans and text[spans[-1][1] : match.start()] in (" ", "-"):
            spans[-1] = (spans[-1][0], match.end())
        else:
            spans.append(match.span())
    return spans


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
