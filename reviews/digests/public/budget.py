"""The size of a digest as e-mail, so that no mail program cuts it: rows are left out until the HTML fits.

The page on the web shows all of it. What is shown follows from what was frozen, so that it can be made again.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.text import Truncator

MAX_HTML = 90_000  # bytes; Gmail cuts at 102 kB, and links to readers' own pages are longer than the placeholder
MAX_TEXT = 600  # letters of what happened, and of a reason
MAX_SOURCES = 4  # of one update

# Rows of each group where there is room.
NEWS_SHOWN = 6
OPEN_SHOWN = 6
CHANGES_SHOWN = 15
CHANGES_SHOWN_IN_ALL = 36
# The first digest of a series has all of the record as news. Of several groups it shows little each.
FIRST_NEWS_SHOWN_IN_ALL = 4
FIRST_ROWS_SHOWN_IN_ALL = 8


@dataclass(frozen=True)
class Budget:
    """The number of groups that have a part of their own, and of the rows that each of these shows."""

    groups: int
    news: int
    changes: int
    open: int

    def smaller(self) -> "Budget":
        """Return the next smaller one: fewer rows of each group; where each has one row of a kind, fewer groups."""
        rows = {name: max(1, getattr(self, name) * 3 // 4) for name in ("news", "changes", "open")}
        if self == replace(self, **rows):
            return replace(self, groups=self.groups * 3 // 4)
        return replace(self, **rows)


def usual(groups: int, is_first: bool) -> Budget:
    """Return what a digest of so many groups shows if nothing in it is long."""
    if is_first and groups > 1:
        rows = max(1, FIRST_ROWS_SHOWN_IN_ALL // groups)
        return Budget(groups, max(1, FIRST_NEWS_SHOWN_IN_ALL // groups), rows, rows)
    changes = min(CHANGES_SHOWN, max(3, CHANGES_SHOWN_IN_ALL // max(groups, 1)))
    return Budget(groups, NEWS_SHOWN, changes, OPEN_SHOWN)


def largest_that_fits(budget: Budget, render: Callable[[Budget], str]) -> Budget:
    """Return the largest budget, from this one down, by which the HTML that `render` makes has MAX_HTML bytes or less.

    The smallest of all, without any part of a group, is taken as it is.
    """
    budgets = [budget]
    while budgets[-1].groups:
        budgets.append(budgets[-1].smaller())

    def fits(candidate) -> bool:
        return len(render(candidate).encode()) <= MAX_HTML

    if fits(budget):
        return budget
    return budgets[min(bisect_left(budgets, True, lo=1, key=fits), len(budgets) - 1)]


def cut(text: str) -> str:
    """Return the text, cut after a word where it is longer than MAX_TEXT letters."""
    if len(text) <= MAX_TEXT:
        return text
    shortened = Truncator(text).chars(MAX_TEXT, truncate="")
    return f"{shortened.rpartition(' ')[0] or shortened} …"


def fill(section: dict, budget: Budget) -> dict:
    """Return a section with the first rows of each of its lists, and how many are left out of each."""
    lists = {
        "news": ("all_news", budget.news),
        "moves": ("all_moves", budget.changes),
        "open": ("all_open", budget.open),
    }
    shown = {name: section[rows][:most] for name, (rows, most) in lists.items()}
    left = {f"{name}_left": len(section[rows]) - len(shown[name]) for name, (rows, _most) in lists.items()}
    return section | left | shown | {"news": [_short(row) for row in shown["news"]]}


def within(context: dict, budget: Budget) -> dict:
    """Return the context of a digest with no more than the budget allows: the groups with most news, in their order."""
    by_news = sorted(context["sections"], key=lambda section: -section["news_count"])
    with_part = {section["slug"] for section in by_news[: budget.groups]}
    shown = [fill(section, budget) for section in context["sections"] if section["slug"] in with_part]
    return context | {"shown_sections": shown, "sections_left": len(context["sections"]) - len(shown)}


def _short(row: dict) -> dict:
    what, reason = cut(row["what"]), cut(row["reason"])
    return row | {
        "what": what,
        "reason": reason,
        "is_cut": (what, reason) != (row["what"], row["reason"]),
        "evidence": row["evidence"][:MAX_SOURCES],
        "sources_left": len(row["evidence"][MAX_SOURCES:]),
    }
