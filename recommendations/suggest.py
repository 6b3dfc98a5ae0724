"""Another spelling for a search that found nothing: from the words of titles, by their trigrams."""

import re
import unicodedata
from difflib import get_close_matches

from django.contrib.postgres.search import TrigramWordDistance

from .search import search, wanted_words

SHORTEST = 4  # letters; anything is like a word of three
MOST_WORDS = 3
TITLES = 20  # looked at in each language for each word
LIKENESS = 0.7  # of 1


def suggest(recommendations, words: str) -> str | None:
    """The search `words` with another spelling of those words that are nowhere in `recommendations`; None if none is.

    Looks at a few titles only, which an index finds: it costs the same among many recommendations as among few.
    """
    wanted = dict.fromkeys(word.removesuffix(":*") for word in wanted_words(words))
    spelt = words
    for word in [each for each in wanted if len(each) >= SHORTEST and not each.isdecimal()][:MOST_WORDS]:
        # Counted, since exists() is for PostgreSQL a hint to try row after row, and here mostly in vain.
        if search(recommendations, word).count():
            continue
        if other := _most_like(recommendations, word):
            spelt = re.sub(rf"\b{re.escape(word)}\b", other, spelt)
    return spelt if spelt != words else None


def _most_like(recommendations, word: str) -> str | None:
    """The word most like `word` in the titles nearest to it; None if none is like it, or it is one of them itself."""
    known = {}
    for column in ["title_en", "title_es"]:
        nearest = recommendations.order_by(TrigramWordDistance(word, column)).values_list(column, flat=True)
        known |= {_plain(each): each.lower() for title in nearest[:TITLES] for each in re.findall(r"\w+", title)}
    alike = get_close_matches(_plain(word), known, n=1, cutoff=LIKENESS)
    return known[alike[0]] if alike and alike[0] != _plain(word) else None


def _plain(word: str) -> str:
    """In small letters and without accents."""
    return "".join(each for each in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(each))
