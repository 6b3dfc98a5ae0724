"""Names of one country, and of the agreement: a search for one of them is a search for all.

The patterns are the same in Python and in PostgreSQL, where search_words() puts the key in the place of a name. They are
matched with no regard to case, in texts whose accents may be gone.
"""

import re

NAMES = {
    "usmca": r"usmca|cusma|aceum|t[- ]?mec",
    "mexico": r"estados\s+unidos\s+mexicanos|united\s+mexican\s+states",
    "usa": r"united\s+states(\s+of\s+america)?|estados\s+unidos(\s+de\s+am[eé]rica)?|ee\.?\s*uu|e\.u\.a|eua"
    r"|u\.\s?s\.\s?a|usa|u\.\s?s|us",
}
PATTERNS = {name: rf"(?<!\w)({pattern})(?!\w)" for name, pattern in NAMES.items()}
# Those of one word, as one; with all that they begin with, of two letters or more.
ONE_WORD = {"usmca": ["usmca", "cusma", "aceum", "tmec"], "usa": ["usa", "eua", "eeuu"]}
BEGINNINGS = {
    name: {word[:length] for word in words for length in range(2, len(word) + 1)} for name, words in ONE_WORD.items()
}
AS_SQL = {"agreement": PATTERNS["usmca"], "mexico": PATTERNS["mexico"], "united_states": PATTERNS["usa"]}
COMPILED = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in PATTERNS.items()}


def replace_names(text: str) -> str:
    """Return a text with the key of each name in its place."""
    for name, pattern in COMPILED.items():
        text = pattern.sub(name, text)
    return text
