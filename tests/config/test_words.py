"""Names are made of the words of the trade, and comments name what is there."""

import ast
import re
import subprocess
import tokenize
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from django.conf import settings

# What stands in the place of each: docs/glossary.md.
RETIRED_WORDS = {"chips", "cockpit", "kept", "lane", "lanes", "outbox", "tallies", "tally", "told", "untold"}
RETIRED_NAMES = {
    "Asked",
    "Choice",
    "Letter",
    "Lines",
    "Matter",
    "Menu",
    "Pace",
    "WayOut",
    "address_of",
    "each",
    "everything",
    "listed",
    "page_name",
    "pictures",
    "printable",
    "shapes",
    "standing",
    "with_query",
}


# A file of the project as comments name it, with its folder or without: `forms.py`, `ledger/triggers.py`.
NAMED_FILE = re.compile(r"[\w/.]*\w\.(?:py|sql)\b")


# A docstring says what a function does ("Return …") or what a thing is, not half a question.
NOT_FIRST = {"How", "That", "Those", "What", "When", "Where", "Whether", "Which", "Who", "Whom"}


def files_in_git(*patterns: str) -> list[str]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=settings.BASE_DIR, capture_output=True, text=True)
    return listed.stdout.splitlines()


def product_files() -> list[str]:
    return [name for name in files_in_git("*.py") if "/migrations/" not in name and not name.startswith("tests/")]


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Each with its line."""
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Each with the line on which it begins."""
    for node in ast.walk(ast.parse(path.read_text())):
        has_docstring = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if has_docstring and (docstring := ast.get_docstring(node)):
            yield node.body[0].lineno, docstring


def test_no_name_is_a_retired_word():
    found = []
    for name in product_files():
        path = Path(settings.BASE_DIR, name)
        if set(path.stem.split("_")) & RETIRED_WORDS:
            found.append(name)
        with path.open("rb") as file:
            names = [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.NAME]
        found += [
            f"{name}:{token.start[0]} {token.string}"
            for token in names
            if token.string in RETIRED_NAMES or set(token.string.lower().split("_")) & RETIRED_WORDS
        ]
    assert not found, "\n".join(found)


def test_no_docstring_begins_as_half_a_question():
    found = [
        f"{name}:{line} {docstring.splitlines()[0]}"
        for name in product_files()
        for line, docstring in docstrings(Path(settings.BASE_DIR, name))
        if re.match(r"\w*", docstring)[0] in NOT_FIRST
    ]
    assert not found, "\n".join(found)


def test_every_file_that_a_comment_names_is_there():
    ends = {"/" + name for name in files_in_git("*.py", "*.sql")}
    missing = [
        f"{name}:{line} {named}"
        for name in product_files()
        for line, said in chain(comments(Path(settings.BASE_DIR, name)), docstrings(Path(settings.BASE_DIR, name)))
        for named in NAMED_FILE.findall(said)
        if not any(end.endswith("/" + named) for end in ends)
    ]
    assert not missing, "\n".join(missing)
