"""Parser of searches: "phrases", -exclusions, beginnings*, this OR that.

search_words() in SQL cuts texts into words, for what is searched and for searches alike. Here is only what the signs in a
search mean.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection

from .synonyms import BEGINNINGS, replace_names

# Quotation marks are straight or curly, as a keyboard or a copied text has them.
TERM = re.compile(r'(?P<minus>-?)(?:["“”](?P<phrase>[^"“”]*)["“”]?|(?P<word>\S+))')
HYPHENS = re.compile("[‐‑‒–—−]")  # as copied texts have them
ALTERNATIVE = {"OR", "O"}  # in either language; in small letters they are words
TERMS_AT_MOST = 10  # a hundred keep a server busy for seconds
SEARCHES_REMEMBERED = 500
# The searched column has the lexemes of the best places once more, with a mark before them: the best place first.
MARKS = {"title": "1", "heading": "2", "summary": "3"}


@dataclass(frozen=True)
class Part:
    """A part of a word, most often all of it: any of its `lexemes` is enough, and, of a beginning, what begins so."""

    written: str
    lexemes: tuple[str, ...]
    is_beginning: bool
    is_common: bool

    def query(self, mark: str = "") -> str:
        """Return the tsquery, as text; if one of MARKS is given, in the place only that has this mark."""
        before = mark and f"{mark}/"
        alternatives = [f"'{before}{lexeme}'" for lexeme in self.lexemes]
        if self.is_beginning:
            alternatives.append(f"'{before}{self.written}':*")
        return f"({' | '.join(alternatives)})"


@dataclass(frozen=True)
class Word:
    """A word as it is printed: its parts, and, where there are several, all of them as one word."""

    parts: tuple[Part, ...]
    joined: Part | None

    def query(self, mark: str = "") -> str:
        in_parts = _one_after_another([part.query(mark) for part in self.parts], mark)
        return f"(({in_parts}) | {self.joined.query(mark)})" if self.joined else in_parts


@dataclass(frozen=True)
class Term:
    """One word or phrase of a search, as it was typed, and the words that are looked for."""

    typed: str
    is_phrase: bool
    words: tuple[Word, ...]

    def query(self, mark: str = "") -> str:
        words = [word.query(mark) for word in self.words]
        return f"({_one_after_another(words, mark) if self.is_phrase else ' & '.join(words)})"

    @property
    def is_common(self) -> bool:
        """Tell whether it consists of words that are in every text of one of the languages."""
        return all(part.is_common and not part.is_beginning for word in self.words for part in word.parts)


@dataclass
class Search:
    """A parsed search: one term of each of the `groups` is wanted, and none that is `excluded`."""

    groups: list[list[Term]] = field(default_factory=list)
    excluded: list[Term] = field(default_factory=list)

    @property
    def wanted(self) -> list[Term]:
        return [term for group in self.groups for term in group]

    @property
    def query(self) -> str:
        """The tsquery, as text; empty where nothing is asked for."""
        return " & ".join(filter(None, [self.query_in(""), *(f"!{term.query()}" for term in self.excluded)]))

    def query_in(self, mark: str) -> str:
        """Return the tsquery of what is wanted, as text, in the place that has a mark; in any, where it is empty."""
        return " & ".join(f"({' | '.join(term.query(mark) for term in group)})" for group in self.groups)


def read_search(words: str) -> Search:
    """Return what the search `words` asks for. Of many terms only the first TERMS_AT_MOST that differ count.

    Common words count only where there are no others. One in capitals among others is an acronym.
    """
    terms = _terms(words)
    is_shouted = len(terms) > 1 and words == words.upper()
    typed = tuple((match["phrase"] if match["word"] is None else match["word"]) for match in terms)
    lexemes = look_up(typed)
    search, goes_on = Search(), False
    for place, (match, text) in enumerate(zip(terms, typed, strict=True), start=1):
        if text in ALTERNATIVE and match["word"] and not match["minus"]:
            goes_on = True
            continue
        words_of_term = dict(lexemes.get(place, {}))
        acronym = words_of_term.pop(0, None)
        if acronym and not is_shouted and match["word"]:
            words_of_term = {1: acronym}
        if not words_of_term:
            continue
        term = Term(text, match["word"] is None, tuple(words_of_term.values()))
        if match["minus"]:
            search.excluded.append(term)
        elif goes_on and search.groups:
            search.groups[-1].append(term)
        else:
            search.groups.append([term])
        goes_on = False
    telling = [[term for term in group if not term.is_common] for group in search.groups]
    search.groups = [group for group in telling if group] or search.groups
    search.excluded = [term for term in search.excluded if not term.is_common]
    return search


def plain(word: str) -> str:
    """Return a word in small letters and without accents; empty where there is nothing else to it."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(letter)
    )


def _one_after_another(queries: list[str], mark: str) -> str:
    # Marked lexemes have no places.
    return (" & " if mark else " <-> ").join(queries)


def _terms(words: str) -> list[re.Match]:
    terms, seen = [], set()
    for match in TERM.finditer(replace_names(HYPHENS.sub("-", words))):
        if match[0] in ALTERNATIVE:
            terms.append(match)
        elif match[0].lower() not in seen and len(seen) < TERMS_AT_MOST:
            seen.add(match[0].lower())
            terms.append(match)
    return terms


@lru_cache(SEARCHES_REMEMBERED)
def look_up(typed: tuple[str, ...]) -> dict[int, dict[int, Word]]:
    """Return the words of each term by its place and theirs, from 1 on; at 0 it is an acronym. One query."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM search_terms(%s::text[])", [list(typed)])
        for term, word, part, written, lexemes, is_beginning, is_common in cursor:
            if is_beginning:
                lexemes += [name for name, beginnings in BEGINNINGS.items() if written in beginnings]
            parts = found.setdefault(term, {}).setdefault(word, {})
            parts[part] = Part(written, tuple(lexemes), is_beginning, is_common)
    return {
        term: {
            word: Word(tuple(part for place, part in sorted(parts.items()) if place), parts.get(0))
            for word, parts in words.items()
        }
        for term, words in found.items()
    }
