"""The rows of the list on its pages, and what leads from them elsewhere."""

import re
from html import unescape
from urllib.parse import parse_qs, parse_qsl, urlencode

import pytest
from django.utils.html import escape

from recommendations.browse import views as lists
from recommendations.models import Recommendation
from tests.factories import ChapterFactory, ChapterLinkFactory, RecommendationFactory, WorkingGroupFactory
from tests.reading import chips, codes, link, text, title
from working_groups.models import WorkingGroup

pytestmark = pytest.mark.django_db

LIST = "/recommendations/"


# Rows


def rows_of_the_table(response) -> list[list[str]]:
    """What the compact rows say, cell by cell; empty where there is no table of them."""
    tables = re.findall(r'<table class="compact">.*?</table>', " ".join(text(response).split()))
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[dh][ >].*?</t[dh]>", row)]
        for table in tables
        for row in re.findall(r"<tr>(<td.*?)</tr>", table)
    ]


def test_compact_rows_are_a_table_of_the_same_list(library, read):
    Recommendation.objects.update(title_en="A title")

    assert rows_of_the_table(read("rows=compact&document=paper&sort=newest")) == [
        ["2023-DE-1", "A title", "In progress", "June 1, 2024"],
        ["2023-SB-1", "A title Priority", "Implemented", "May 1, 2024"],
        ["2023-SB-2", "A title", "Issued", "none yet"],
    ]


def test_detailed_rows_are_the_usual_ones(library, read):
    assert codes(read("rows=detailed")) == codes(read()) == library
    assert rows_of_the_table(read()) == []


def test_the_title_of_a_list_says_what_it_is_narrowed_by(library, read):
    assert title(read()) == "4 recommendations"
    assert (
        title(read("group=smart-borders&open=true")) == "1 recommendation · Group: Smart Borders · Open or closed: Open"
    )
    assert title(read("group=smart-borders&group=amiti&chapter=7&chapter=19&open=true")).endswith(" + 2")


def test_the_feed_of_a_list_is_the_same_for_all_of_its_pages(read):
    RecommendationFactory.create_batch(30, title_en="Needle")
    page = text(read("q=needle&rows=compact&page=2"))

    feeds = re.findall(r'rel="alternate" type="application/atom\+xml"[^>]* href="([^"]*)"', page)
    assert feeds == [f"{LIST}feed.atom?q=needle"] * 2  # for programs, and for people


def test_the_number_of_a_chapter_is_said_with_its_title(read):
    ChapterLinkFactory(chapter=ChapterFactory(number=7, title_en="Customs & more"))

    [link] = re.findall(r'<a href="/chapters/7/"[^>]*>7</a>', text(read()))
    assert 'aria-label="7. Customs &amp; more"' in link


def test_the_links_of_the_list_keep_its_rows(read):
    RecommendationFactory.create_batch(30, title_en="Needle")
    response = read("rows=compact&q=needle&open=true")

    assert parse_qsl(link(response, "next").lstrip("?")) == [
        *parse_qsl("rows=compact&q=needle&open=true"),
        ("page", "2"),
    ]
    assert all("rows=compact" in query for query in chips(response).values())
    assert '<input type="hidden" name="rows" value="compact">' in text(response)
    assert f'href="{LIST}?rows=compact">Clear all' in text(response)
    assert f'href="{LIST}?q=needle&amp;open=true" id="rows-detailed"' in text(response)


def test_files_and_the_feed_know_nothing_of_rows(library, client, read):
    page = text(read("rows=compact&group=amiti"))

    for name in ["export.csv", "export.xlsx", "export.json", "feed.atom"]:
        assert f'href="{LIST}{name}?group=amiti"' in page
        assert client.get(f"{LIST}{name}?rows=nonsense").status_code == 200


# Pages


def test_the_links_between_pages_keep_the_filters(read):
    group = WorkingGroupFactory(slug="smart-borders")
    RecommendationFactory.create_batch(60, group=group, title_en="Needle")
    query = [("group", "smart-borders"), ("q", "needle"), ("status", "issued"), ("status", "in_progress")]

    second = read(urlencode([*query, ("page", "2")]))

    assert sorted(parse_qsl(link(second, "next").lstrip("?"))) == sorted([*query, ("page", "3")])
    assert sorted(parse_qsl(link(second, "prev").lstrip("?"))) == sorted([*query, ("page", "1")])
    assert "Page 2 of 3" in text(second)
    assert f"{LIST}export.csv?{escape(urlencode(query))}" in text(second)


@pytest.mark.parametrize("sort", ["document", "newest", "stalest", "status", "relevance"])
def test_every_row_is_on_one_page_and_one_only(read, sort):
    made = {each.code for each in RecommendationFactory.create_batch(55, issue__position=1, title_en="Needle")}

    pages = [codes(read(f"q=needle&sort={sort}&page={page}")) for page in (1, 2, 3)]

    assert [len(page) for page in pages] == [25, 25, 5]
    assert set().union(*pages) == made


def test_a_page_past_the_last_is_the_last(read):
    RecommendationFactory.create_batch(30)

    assert codes(read("page=99")) == codes(read("page=2"))


def test_a_filtered_list_is_not_for_search_engines(library, read):
    assert "noindex" in text(read("group=amiti"))
    assert "noindex" not in text(read())


# On one page, to be read or printed


def test_a_list_of_several_pages_can_be_had_on_one(read):
    group = WorkingGroupFactory(slug="smart-borders")
    RecommendationFactory.create_batch(30, group=group)
    RecommendationFactory()
    first = read("group=smart-borders")
    [address] = re.findall(r'<a class="whole" href="([^"]*)">Read or print all 30 on one page', text(first))

    whole = read(unescape(address).lstrip("?"))

    assert parse_qs(unescape(address).lstrip("?")) == {"group": ["smart-borders"], "page": ["all"]}
    assert codes(whole)[:25] == codes(first)
    assert len(codes(whole)) == 30
    assert "noindex" in text(whole)
    assert f'href="{LIST}?group=smart-borders">Show it page by page' in text(whole)
    assert f'href="{LIST}export.csv?group=smart-borders"' in text(whole)


def test_paper_says_that_it_is_not_the_whole_list_and_where_that_is(read):
    RecommendationFactory.create_batch(30)

    assert "Showing 26 to 30 of 30. All on one page: https://tracker.example/recommendations/?page=all" in text(
        read("page=2")
    )
    assert "All on one page:" not in text(read("page=all"))


def test_a_list_of_one_page_is_whole_already(read):
    RecommendationFactory.create_batch(25)

    for query in ["", "page=all"]:
        assert "on one page" not in text(read(query))
        assert len(codes(read(query))) == 25


def test_a_list_that_is_too_long_for_one_page_says_so(read, monkeypatch):
    monkeypatch.setattr(lists, "MAX_ROWS_ON_PAGE", 27)
    RecommendationFactory.create_batch(30)

    assert "Lists of up to 27 can be read or printed on one page" in text(read())
    assert 'class="whole" href' not in text(read())
    whole = read("page=all")
    assert "These are the first 27 of 30" in text(whole)
    assert len(codes(whole)) == 27


# By e-mail


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("", "/subscribe/"),
        ("sort=newest", "/subscribe/"),
        ("open=true", "/subscribe/"),
        ("group=amiti", "/subscribe/?group=amiti"),
        ("group=amiti&group=smart-borders", "/subscribe/?group=smart-borders&group=amiti"),
        ("series=hled", "/subscribe/?group=smart-borders&group=digital-economy"),
    ],
)
def test_a_reader_can_hear_of_the_groups_of_the_list(library, read, client, query, address):
    assert f'href="{escape(address)}">E-mail me changes' in text(read(query))

    form = client.get(address)
    chosen_groups = [slug for slug in ["smart-borders", "digital-economy", "amiti"] if is_ticked(form, slug)]
    assert chosen_groups == [value for key, value in parse_qsl(address.partition("?")[2])]


def is_ticked(form, slug) -> bool:
    pk = WorkingGroup.objects.get(slug=slug).pk
    return bool(re.search(rf'name="groups" value="{pk}"[^>]* checked', text(form)))
