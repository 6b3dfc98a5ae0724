"""Other words for a search that found nothing: from the words of titles, by their trigrams, or beginnings of its own."""

import re
from difflib import get_close_matches

from django.contrib.postgres.search import TrigramWordDistance

from .query import search
from .synonyms import replace_names
from .terms import plain, read_search

SHORTEST = 4  # letters; anything is like a word of three
MOST_WORDS = 3
TITLES = 20  # looked at in each language for each word
MOST_CUT_OFF = 5  # letters of a word, to look for its beginning; and not more than a third
LIKENESS = 0.75  # of 1; and of the same first letter, since "pena" is so much like "open"


def suggest(recommendations, words: str) -> str | None:
    """The search `words` with other words for those that are nowhere in `recommendations`; None if there are none.

    A word like it in a title, or its own beginning. Looks only at what an index finds: a few titles, as many among many
    recommendations as among few, and no more than a search for each word does.
    """
    wanted = dict.fromkeys(word for term in read_search(words).wanted for word in re.findall(r"\w+", term.typed))
    spelled = words
    for word in list(filter(_can_be_misspelled, wanted))[:MOST_WORDS]:
        # Counted, since exists() is for PostgreSQL a hint to try row after row, and here mostly in vain.
        if search(recommendations, word).count():
            continue
        if other := _most_like(recommendations, word) or _beginning(recommendations, word):
            spelled = re.sub(rf"\b{re.escape(word)}\b\*?", other, spelled)
    return spelled if spelled != words else None


def _most_like(recommendations, word: str) -> str | None:
    """The word most like `word`, of the same first letter, in the titles nearest to it.

    None if none is like it, or it is one of them itself.
    """
    known = {}
    for column in ["title_en", "title_es"]:
        nearest = recommendations.order_by(TrigramWordDistance(word, column)).values_list(column, flat=True)
        known |= {plain(found): found.lower() for title in nearest[:TITLES] for found in re.findall(r"\w+", title)}
    begun = [candidate for candidate in known if candidate[:1] == plain(word)[:1]]
    alike = get_close_matches(plain(word), begun, n=1, cutoff=LIKENESS)
    return known[alike[0]] if alike and alike[0] != plain(word) else None


def _beginning(recommendations, word: str) -> str | None:
    """The longest beginning with which words of any text begin, as a search: "intelige*" for "inteligetne"."""
    shortest = max(SHORTEST, len(word) - min(MOST_CUT_OFF, len(word) // 3))
    beginnings = (f"{word[:length]}*" for length in range(len(word), shortest - 1, -1))
    return next((beginning for beginning in beginnings if search(recommendations, beginning).count()), None)


def _can_be_misspelled(word: str) -> bool:
    return len(word) >= SHORTEST and not word.isdecimal() and replace_names(word) == word
