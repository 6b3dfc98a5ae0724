"""Words in either language to a full-text query: phrases in quotes, -exclusions, prefixes*, accents ignored."""

import re
import unicodedata
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Func, IntegerField, Q
from django.db.models.functions import Substr, Upper
from django.db.models.lookups import GreaterThan, StartsWith

# Spanish twice: its stemmer wants the accents (exportación, exportaciones), readers often leave them out.
OF_LANGUAGE = {"en": ["tracker_english"], "es": ["spanish", "tracker_spanish"]}
CONFIGURATIONS = [*OF_LANGUAGE["en"], *OF_LANGUAGE["es"]]
UNACCENTED_ENDING = re.compile(r"([cs])ion\b", re.IGNORECASE)
# Quotation marks are straight or curly, as a keyboard or a copied text has them.
TERM = re.compile(r'(?P<minus>-?)(?:["“”](?P<phrase>[^"“”]*)["“”]?|(?P<word>\S+))')
# The agreement has a name in each country; who looks for one of them looks for all. In Spanish it is written with a
# hyphen, which PostgreSQL cuts it at, and without.
NAMES_OF_THE_AGREEMENT = {"usmca", "cusma", "aceum", "tmec"}
PARTS_OF_NAMES = ["t", "mec"]
HYPHENS = re.compile("[‐‑‒–—−]")  # as copied texts have them
CODE = re.compile(r"\d[\w-]*")
CODE_WITHOUT_YEAR = re.compile(r"[a-z]+-\d[\w-]*", re.IGNORECASE)
AFTER_YEAR = Upper(Substr("code", 6))  # 2023-SB-3a
TERMS_AT_MOST = 10  # a hundred keep a server busy for seconds


def search(recommendations, words: str):
    """Narrow a queryset to those that hold `words`, or whose code begins with them, with their `rank`.

    A code may be given without its year. An exclusion is looked for in both languages: what either one finds is left
    out. Of many terms only the first TERMS_AT_MOST that differ count. Where all are too common nothing is found.
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
    if wanted:
        found &= reduce(or_, map(_says_something, wanted))
    # As a code begins, which an index knows; for other words it would mean a look at each row.
    code = _as_code(words)
    if CODE.fullmatch(code):
        found |= Q(code__istartswith=code)
    elif CODE_WITHOUT_YEAR.fullmatch(code):
        found |= Q(StartsWith(AFTER_YEAR, code.upper()))
    return recommendations.filter(found).annotate(rank=SearchRank(F("search"), query))


def wanted_words(words: str) -> list[str]:
    """The words that a search asks for, in or out of a phrase, each in PostgreSQL's own notation.

    For what can be written in other ways, these are among them.
    """
    texts = (match["phrase"] or match["word"] or "" for match in _terms(words) if not match["minus"])
    return [word for text in texts for word in _all_words(text)]


def may_be_code(words: str) -> bool:
    """Whether a search may have found by the beginning of a code."""
    code = _as_code(words)
    return bool(CODE.fullmatch(code) or CODE_WITHOUT_YEAR.fullmatch(code))


def are_too_common(words: str) -> bool:
    """Whether all that a search asks for are words that are in every text of one of the languages. One query."""
    wanted = [term for match in _terms(words) if not match["minus"] and (term := _term(match))]
    if not wanted:
        return False
    said = reduce(or_, map(_says_something, wanted))
    return not said.check({})


def respell(words: str, configuration: str) -> str:
    """`words` as the configuration's stemmer wants them."""
    return UNACCENTED_ENDING.sub(r"\1ión", words) if configuration == "spanish" else words


def plain(word: str) -> str:
    """A word in small letters and without accents; empty where there is nothing else to it."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(letter)
    )


def _as_code(words: str) -> str:
    return HYPHENS.sub("-", words).removesuffix("*")


def _terms(words):
    first = {}
    for match in TERM.finditer(HYPHENS.sub("-", words)):
        first.setdefault(match[0].lower(), match)
    return list(first.values())[:TERMS_AT_MOST]


def _term(match):
    """A function from a text search configuration to the query for one term of the search; None for an empty term."""
    phrase = match["phrase"]
    words = _raw(match["word"], between=" & ") if phrase is None else _raw(phrase, between=" <-> ")
    if not words:
        return None
    return lambda configuration: SearchQuery(respell(words, configuration), config=configuration, search_type="raw")


def _says_something(term) -> Q:
    """The condition that no language leaves all of a term out, as too common to be looked for. It looks at no row."""
    return reduce(and_, (Q(GreaterThan(Nodes(term(config)), 0)) for config in CONFIGURATIONS))


class Nodes(Func):
    """The number of words and operators that a text search configuration makes of a SearchQuery."""

    function = "numnode"
    output_field = IntegerField()


def _raw(text: str, between: str) -> str:
    """A text in PostgreSQL's own notation: its words with `between` between them, or any other way to write it."""
    if _names_the_agreement(text):
        return f"({' | '.join(sorted(NAMES_OF_THE_AGREEMENT))} | {' <-> '.join(PARTS_OF_NAMES)})"
    words = between.join(_words(text))
    return f"({words} | {_in_one(text)})" if _in_one(text) else words


def _all_words(text: str) -> list[str]:
    if _names_the_agreement(text):
        return [*sorted(NAMES_OF_THE_AGREEMENT), *PARTS_OF_NAMES]
    return [*_words(text), *filter(None, [_in_one(text)])]


def _in_one(text: str) -> str:
    """A word that is written with hyphens, without them: CTPAT for C-TPAT; empty for any other text."""
    words = _words(text)
    return "".join(words) if "-" in text and len(words) > 1 and len(text.split()) == 1 else ""


def _names_the_agreement(text: str) -> bool:
    return "".join(re.findall(r"\w+", text)).lower() in NAMES_OF_THE_AGREEMENT


def _words(text: str) -> list[str]:
    """The words of a text in PostgreSQL's own notation; a star at the end is a prefix."""
    words = re.findall(r"\w+", text)
    if words and text.endswith("*"):
        words[-1] += ":*"
    return words
