"""Words in either language to a full-text query: phrases in quotes, -exclusions, prefixes*, accents ignored."""

import re
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q

# Spanish twice: its stemmer wants the accents (exportación, exportaciones), readers often leave them out.
OF_LANGUAGE = {"en": ["tracker_english"], "es": ["spanish", "tracker_spanish"]}
CONFIGURATIONS = [*OF_LANGUAGE["en"], *OF_LANGUAGE["es"]]
UNACCENTED_ENDING = re.compile(r"([cs])ion\b", re.IGNORECASE)
# Quotation marks are straight or curly, as a keyboard or a copied text has them.
TERM = re.compile(r'(?P<minus>-?)(?:["“”](?P<phrase>[^"“”]*)["“”]?|(?P<word>\S+))')
TERMS_AT_MOST = 10  # a hundred keep a server busy for seconds


def search(recommendations, words: str):
    """Narrow a queryset to those that hold `words`, or whose code begins with them, with their `rank`.

    An exclusion is looked for in both languages: what either one finds is left out. Of many terms only the first
    TERMS_AT_MOST that differ count.
    """
    wanted, unwanted = [], []
    for match in _terms(words):
        if match["minus"]:
            unwanted.append(_raw(match["phrase"] or match["word"] or "", between=" <-> "))
        elif term := _term(match):
            wanted.append(term)
    parts = []
    if wanted:
        # All words in one language: a word that is too common to be looked for in the one may not be in the other.
        parts.append(reduce(or_, (reduce(and_, (term(config) for term in wanted)) for config in CONFIGURATIONS)))
    if excluded := " | ".join(filter(None, unwanted)):
        parts += [~SearchQuery(excluded, config=config, search_type="raw") for config in CONFIGURATIONS]
    if not parts:
        return recommendations
    query = reduce(and_, parts)
    found = Q(search=query)
    if re.fullmatch(r"\d[\w-]*", words):  # as a code begins; for other words it would mean a look at each row
        found |= Q(code__istartswith=words)
    return recommendations.filter(found).annotate(rank=SearchRank(F("search"), query))


def wanted_words(words: str) -> list[str]:
    """The words that a search asks for, in or out of a phrase, each in PostgreSQL's own notation."""
    texts = (match["phrase"] or match["word"] or "" for match in _terms(words) if not match["minus"])
    return [word for text in texts for word in _raw(text, between=" ").split()]


def respell(words: str, configuration: str) -> str:
    """`words` as the configuration's stemmer wants them."""
    return UNACCENTED_ENDING.sub(r"\1ión", words) if configuration == "spanish" else words


def _terms(words):
    first = {}
    for match in TERM.finditer(words):
        first.setdefault(match[0].lower(), match)
    return list(first.values())[:TERMS_AT_MOST]


def _term(match):
    """A function from a text search configuration to the query for one term of the search; None for an empty term."""
    if match["phrase"] is not None:
        kind, words = "phrase", match["phrase"].strip()
    else:
        kind, words = "raw", _raw(match["word"], between=" & ")
    if not words:
        return None
    return lambda configuration: SearchQuery(respell(words, configuration), config=configuration, search_type=kind)


def _raw(text: str, between: str) -> str:
    """The words of a text in PostgreSQL's own notation, with `between` between them; a star at the end is a prefix."""
    words = re.findall(r"\w+", text)
    if words and text.endswith("*"):
        words[-1] += ":*"
    return between.join(words)
