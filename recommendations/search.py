"""Words in either language to a full-text query: phrases in quotes, -exclusions, prefixes*, accents ignored."""

import re
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q

CONFIGURATIONS = ["tracker_english", "tracker_spanish"]
TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')


def search(recommendations, words: str):
    """Narrow a queryset to those that hold `words`, or whose code begins with them, with their `rank`.

    An exclusion is looked for in both languages: what either one finds is left out.
    """
    wanted, unwanted = [], []
    for match in TERM.finditer(words):
        term = _term(match)
        if term:
            (unwanted if match["minus"] else wanted).append(term)
    if not wanted and not unwanted:
        return recommendations
    parts = []
    if wanted:
        # All words in one language: a word that is too common to be looked for in the one may not be in the other.
        parts.append(reduce(or_, (reduce(and_, (term(config) for term in wanted)) for config in CONFIGURATIONS)))
    parts += [~term(config) for term in unwanted for config in CONFIGURATIONS]
    query = reduce(and_, parts)
    found = Q(search=query)
    if re.fullmatch(r"[\w-]+", words):
        found |= Q(code__istartswith=words)
    return recommendations.filter(found).annotate(rank=SearchRank(F("search"), query))


def _term(match):
    """A function from a text search configuration to the query for one term of the search; None for an empty term."""
    if match["phrase"] is not None:
        phrase = match["phrase"]
        return phrase.strip() and (lambda config: SearchQuery(phrase, config=config, search_type="phrase"))
    word = match["word"]
    letters = re.sub(r"[^\w]+", " ", word).strip()
    if word.endswith("*") and letters:
        *whole, last = letters.split()
        raw = " & ".join([*whole, f"{last}:*"])
        return lambda config: SearchQuery(raw, config=config, search_type="raw")
    return letters and (lambda config: SearchQuery(word, config=config, search_type="plain"))
