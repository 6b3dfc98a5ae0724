"""How long a digest becomes: never so long that a mail program cuts it, whatever is in it."""

import re
from datetime import date

import pytest
from django.utils.translation import override

from reviews.digests.models import Digest, DigestKind
from reviews.digests.public.budget import MAX_HTML, MAX_TEXT, Budget, cut, largest_that_fits, usual
from reviews.digests.public.render import bodies
from tests.factories import MilestoneFactory

from .reading import CODE

LONGEST = {"title": 200, "name": 100, "what": 30_000, "source": 300, "url": 500}
WORD = "Wörter & <i> "  # what HTML writes longer than it is


def wide(length: int) -> str:
    return (WORD * (length // len(WORD) + 1))[:length].strip()


def code(group: int, row: int) -> str:
    return f"2023-{chr(65 + group // 26)}{chr(65 + group % 26)}-{row}"


def content(groups: int, rows: int, wideness: float = 1, first: bool = False) -> dict:
    """What a digest of so many groups froze, with as many rows of each kind, all as wide as the database lets them be."""
    lengths = {name: max(1, int(length * wideness)) for name, length in LONGEST.items()}

    def both(name, length):
        return {f"{name}_en": wide(length), f"{name}_es": wide(length)}

    def address(group, row):
        return f"/recommendations/{code(group, row)}/"

    source = {
        "title": wide(lengths["source"]),
        "publisher": wide(lengths["title"]),
        "url": "https://x.example/" + "a" * lengths["url"],
    }
    places = [(group, row) for group in range(groups) for row in range(rows)]
    return {
        "milestone": both("name", lengths["title"])
        | both("place", lengths["title"])
        | {
            "url": "/milestones/m/",
            "starts_on": "2030-07-01",
            "ends_on": "2030-07-01",
            "precision": "day",
            "is_tentative": True,
        },
        "series": both("name", lengths["name"]) | both("short_name", 30),
        "as_of": "2030-06-01",
        "days_left": 30,
        "previous_as_of": None if first else "2030-05-01",
        "groups": [
            both("name", lengths["name"])
            | {
                "slug": f"g{group}",
                "url": f"/groups/g{group}/",
                "counts": {"in_progress": rows, "issued": rows, "implemented": 1, "overtaken": 2},
                "open": [
                    both("title", lengths["title"])
                    | {
                        "code": code(group, row),
                        "url": address(group, row),
                        "status": "in_progress",
                        "priority": True,
                        "updated_on": "2030-01-01",
                        "precision": "day",
                    }
                    for row in range(rows)
                ],
            }
            for group in range(groups)
        ],
        "last_milestone": both("name", lengths["title"])
        | {
            "slug": "last",
            "url": "/milestones/last/",
            "starts_on": "2030-01-01",
            "ends_on": "2030-01-01",
            "precision": "day",
            "changes": [
                both("title", lengths["title"])
                | {
                    "code": code(group, row),
                    "url": address(group, row),
                    "group": f"g{group}",
                    "kind": "forward",
                    "before": "issued",
                    "after": "in_progress",
                }
                for group, row in places
            ],
        },
        "news": [
            both("what", lengths["what"])
            | both("reason", lengths["what"])
            | both("recommendation_title", lengths["title"])
            | {
                "code": code(group, row),
                "url": address(group, row),
                "group": f"g{group}",
                "status": "in_progress",
                "previous_status": "issued",
                "basis": "public_source",
                "is_correction": True,
                "effective_on": "2030-05-05",
                "precision": "day",
                "evidence": [source] * 12,
            }
            for group, row in places
        ],
    }


@pytest.fixture
def made(db):
    """Makes the bodies of a digest with this content."""
    milestone = MilestoneFactory(day=date(2030, 7, 1))

    def made(content, language="en"):
        digest = Digest(pk=1, milestone=milestone, kind=DigestKind.DIGEST, content=content)
        with override(language):
            return bodies(digest, language)

    return made


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("groups", "rows", "wideness", "first"),
    [
        (1, 40, 1, False),
        (10, 8, 0.02, False),  # ten groups with eight ordinary items of news each
        (10, 8, 1, False),
        (10, 8, 1, True),
        (60, 3, 1, False),
    ],
)
def test_no_digest_is_so_long_that_a_mail_program_cuts_it(made, language, groups, rows, wideness, first):
    found = made(content(groups, rows, wideness, first), language)

    assert len(found["html"].encode()) <= MAX_HTML
    assert "None" not in found["html"]


def test_every_code_of_the_html_is_in_the_text(made):
    found = made(content(10, 8, 0.05))

    codes = set(CODE.findall(found["html"]))
    assert codes
    assert codes == set(CODE.findall(found["text"]))


def test_each_group_keeps_news_while_there_is_room_for_every_group(made):
    found = made(content(10, 8, 0.02))

    for group in range(10):
        assert code(group, 0) in found["html"]
    assert "more on the web page" in found["html"]


def test_where_there_is_no_room_for_every_group_the_others_are_counted_and_in_the_table(made):
    html = made(content(60, 3))["html"]

    assert "more groups do not fit here." in html
    assert "The full digest on the web" in html
    for group in range(60):
        assert f"/groups/g{group}/" in html


def test_a_short_digest_is_as_it_always_was(made):
    html = made(content(2, 3, 0.01))["html"]

    assert "more on the web page" not in html
    assert "no room" not in html
    assert len(set(CODE.findall(html))) == 6


def test_a_long_text_is_cut_after_a_word_and_leads_to_the_rest(made):
    found = made(content(1, 1))

    assert wide(MAX_TEXT - 20).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in found["html"]
    assert re.search(r'<a href="[^"]*/recommendations/2023-AA-0/"[^>]*>more</a>', found["html"])
    assert "and 8 more" in found["html"]  # sources
    assert "…" in found["text"]


def test_cutting():
    assert cut("short") == "short"
    assert cut("a" * MAX_TEXT) == "a" * MAX_TEXT
    assert cut("word " * 200) == "word " * 119 + "word …"
    assert cut("a" * 700) == "a" * 600 + " …"


def test_the_way_out_stands_at_the_head_and_at_the_foot(made):
    html = made(content(1, 1, 0.01))["html"]

    places = [place.start() for place in re.finditer(r"/unsubscribe/", html)]
    assert len(places) == 2
    assert places[0] < html.index("<h1") < places[1]


def test_what_does_not_fit_is_left_out_step_by_step():
    lengths = []

    def render(budget: Budget) -> str:
        lengths.append(budget)
        return "x" * (1000 * budget.groups * (budget.news + budget.changes + budget.open))

    assert largest_that_fits(usual(2, is_first=False), render) == usual(2, is_first=False)
    assert len(lengths) == 1
    found = largest_that_fits(usual(10, is_first=False), render)
    assert found == Budget(groups=10, news=3, changes=1, open=3)
    assert largest_that_fits(usual(100, is_first=False), render).groups < 31
    assert largest_that_fits(usual(100, is_first=False), lambda _budget: "x" * 100_000).groups == 0
