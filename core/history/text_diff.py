"""The difference between two texts, by words."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Part:
    """A stretch of words that stands in both texts, or in one of them alone."""

    text: str
    is_removed: bool = False
    is_added: bool = False


def compare_words(before: str, after: str) -> list[Part]:
    """Return both texts as one row of parts: without those added it is `before`, without those removed `after`.

    Between words any white space counts as one blank.
    """
    old, new = (re.findall(r"\S+", text) for text in (before, after))
    parts = []
    for tag, start, end, other_start, other_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        removed, added = " ".join(old[start:end]), " ".join(new[other_start:other_end])
        if tag == "equal":
            parts.append(Part(removed))
            continue
        if removed:
            parts.append(Part(removed, is_removed=True))
        if added:
            parts.append(Part(added, is_added=True))
    return parts
