"""The list: what it can be narrowed by, what it counts, and what it says of a query that it cannot follow."""

import json
import re
from datetime import date
from html import unescape
from urllib.parse import parse_qsl, urlencode

import pytest
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommendations.filters import RecommendationFilter
from recommendations.models import Recommendation
from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    IssueFactory,
    MilestoneFactory,
    OrganizationFactory,
    RecommendationFactory,
    TopicFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import chips, choices, chosen, codes, link, text, total
from working_groups.models import WorkingGroup

pytestmark = pytest.mark.django_db

LIST = "/recommendations/"


@pytest.fixture
def read(client):
    """Opens the list with a query; whatever the query, it is a page."""

    def read(query="", path=LIST):
        response = client.get(f"{path}?{query}")
        assert response.status_code == 200
        return response

    return read


@pytest.fixture
def library():
    """Two documents, three groups, four recommendations that differ in everything that can be asked for."""
    paper = DocumentFactory(slug="paper", title_en="The paper", published_on=date(2023, 9, 18))
    statement = DocumentFactory(slug="statement", title_en="The statement", published_on=date(2025, 4, 29))
    MilestoneFactory(series__slug="hled").documents.add(paper)
    MilestoneFactory(series__slug="review").documents.add(statement)
    borders = WorkingGroupFactory(slug="smart-borders", name_en="Smart Borders", position=1)
    digital = WorkingGroupFactory(slug="digital-economy", name_en="Digital Economy", position=2)
    amiti = WorkingGroupFactory(slug="amiti", name_en="AMITI", position=3)
    anam = OrganizationFactory(slug="anam", name_en="Customs agency")
    cbp = OrganizationFactory(slug="cbp", name_en="Border protection")
    customs = IssueFactory(topic=TopicFactory(slug="customs", document=paper, group=borders))
    cloud = IssueFactory(topic=TopicFactory(slug="cloud", document=paper, group=digital))
    trade = IssueFactory(topic=TopicFactory(slug="trade", document=statement, group=amiti))
    sb1 = RecommendationFactory(code="2023-SB-1", issue=customs, letter="a", priority=True)
    sb2 = RecommendationFactory(code="2023-SB-2", issue=customs, letter="b")
    de1 = RecommendationFactory(code="2023-DE-1", issue=cloud)
    am1 = RecommendationFactory(code="2025-AMITI-1", issue=trade)
    for recommendation, organizations, chapters in [
        (sb1, [anam], [7]),
        (sb2, [anam, cbp], [7, 19]),
        (de1, [], [19]),
        (am1, [cbp], []),
    ]:
        for organization in organizations:
            AddresseeFactory(recommendation=recommendation, organization=organization)
        for number in chapters:
            ChapterLinkFactory(recommendation=recommendation, chapter=ChapterFactory(number=number))
    record(sb1, status="implemented", effective_on=date(2024, 5, 1))
    record(de1, status="in_progress", effective_on=date(2024, 6, 1))
    record(am1, status="under_consideration", effective_on=date(2025, 5, 10))


ALL = ["2025-AMITI-1", "2023-SB-1", "2023-SB-2", "2023-DE-1"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
        ("group=smart-borders", "2023-SB-1 2023-SB-2"),
        ("status=implemented", "2023-SB-1"),
        ("open=true", "2025-AMITI-1 2023-SB-2 2023-DE-1"),
        ("open=false", "2023-SB-1"),
        ("chapter=7", "2023-SB-1 2023-SB-2"),
        ("addressee=cbp", "2025-AMITI-1 2023-SB-2"),
        ("document=paper", "2023-SB-1 2023-SB-2 2023-DE-1"),
        ("series=review", "2025-AMITI-1"),
        ("priority=true", "2023-SB-1"),
        ("priority=false", "2025-AMITI-1 2023-SB-2 2023-DE-1"),
        ("topic=cloud", "2023-DE-1"),
        ("q=2023-SB", "2023-SB-1 2023-SB-2"),
        ("as_of=2025-04-28", "2023-SB-1 2023-SB-2 2023-DE-1"),
        ("updated_after=2024-06-01", "2025-AMITI-1 2023-DE-1"),
        ("updated_before=2024-06-01", "2023-SB-1 2023-DE-1"),
        ("stale_days=1", "2025-AMITI-1 2023-SB-2 2023-DE-1"),
    ],
)
def test_each_key_narrows_the_list(library, read, query, found):
    assert codes(read(query)) == found.split()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("group=smart-borders&group=amiti", "2025-AMITI-1 2023-SB-1 2023-SB-2"),
        ("status=implemented&status=issued", "2023-SB-1 2023-SB-2"),
        ("open=true&open=false", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
        ("chapter=7&chapter=19", "2023-SB-1 2023-SB-2 2023-DE-1"),
        ("addressee=anam&addressee=cbp", "2025-AMITI-1 2023-SB-1 2023-SB-2"),
        ("document=paper&document=statement", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
        ("series=hled&series=review", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
        ("priority=true&priority=false", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
        ("topic=cloud&topic=trade", "2025-AMITI-1 2023-DE-1"),
    ],
)
def test_values_of_one_key_are_or(library, read, query, found):
    assert codes(read(query)) == found.split()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("group=smart-borders&open=true", "2023-SB-2"),
        ("chapter=7&chapter=19&group=digital-economy", "2023-DE-1"),
        ("addressee=anam&chapter=19", "2023-SB-2"),
        ("updated_after=2024-05-02&updated_before=2024-12-31", "2023-DE-1"),
        ("document=paper&status=issued&q=2023", "2023-SB-2"),
        ("series=hled&topic=trade", ""),
    ],
)
def test_different_keys_are_and(library, read, query, found):
    assert codes(read(query)) == found.split()


def test_a_recommendation_with_two_of_the_values_is_one_row(library, read):
    response = read("addressee=anam&addressee=cbp&chapter=7&chapter=19")

    assert codes(response) == ["2023-SB-1", "2023-SB-2"]
    assert total(response) == 2


def test_what_a_form_sends_empty_is_no_part_of_the_address(library, client):
    response = client.get("/es/recommendations/?q=&group=amiti&group=&as_of=&stale_days=&sort=&utm_source=mail")

    assert (response.status_code, response["Location"]) == (
        302,
        "/es/recommendations/?group=amiti&utm_source=mail",
    )
    assert client.get(f"{LIST}?q=&group=")["Location"] == LIST


def test_unknown_keys_ask_for_nothing(library, read):
    assert codes(read("utm_source=mail")) == ALL


def test_the_past_shows_the_status_of_that_day(library, read):
    assert codes(read("as_of=2024-05-31&status=in_progress")) == []
    assert codes(read("as_of=2024-06-01&status=in_progress")) == ["2023-DE-1"]
    assert codes(read("as_of=2024-05-31&open=false")) == ["2023-SB-1"]


def test_the_past_says_which_day_it_shows(library, read):
    assert "As it stood on 28 April 2025" in text(read("as_of=2025-04-28"))


def test_before_anything_was_published_the_list_is_empty(library, read):
    assert "No recommendation matches" in text(read("as_of=2023-09-17"))


def test_stale_is_more_than_so_many_days_before_the_day_of_the_list(library, read):
    # 2023-DE-1 was heard of 365 days before.
    assert "2023-DE-1" in codes(read("as_of=2025-06-01&stale_days=364"))
    assert "2023-DE-1" not in codes(read("as_of=2025-06-01&stale_days=365"))


def test_what_was_never_heard_of_is_stale_since_its_publication(library, read):
    # The paper was published 622 days before.
    assert codes(read("as_of=2025-06-01&stale_days=621")) == ["2023-SB-2"]
    assert codes(read("as_of=2025-06-01&stale_days=622")) == []


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("document", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
        ("newest", "2025-AMITI-1 2023-DE-1 2023-SB-1 2023-SB-2"),
        ("stalest", "2023-SB-2 2023-SB-1 2023-DE-1 2025-AMITI-1"),
        ("status", "2023-SB-2 2025-AMITI-1 2023-DE-1 2023-SB-1"),
        ("relevance", "2025-AMITI-1 2023-SB-1 2023-SB-2 2023-DE-1"),
    ],
)
def test_the_list_is_sorted_as_asked(library, read, sort, order):
    assert codes(read(f"sort={sort}")) == order.split()


def test_the_spanish_list_is_the_same_list_in_spanish(library, read):
    response = read("group=smart-borders", path="/es/recommendations/")

    assert codes(response) == ["2023-SB-1", "2023-SB-2"]
    assert "Recomendación" in text(response)


# Facets


def test_a_facet_counts_as_if_nothing_of_it_were_chosen(library, read):
    response = read("group=smart-borders")

    assert choices(response, "group") == {"smart-borders": 2, "digital-economy": 1, "amiti": 1}
    assert chosen(response, "group") == ["smart-borders"]


def test_a_facet_counts_within_what_the_other_filters_leave(library, read):
    response = read("group=smart-borders")

    assert choices(response, "status") == {"issued": 1, "implemented": 1}
    assert choices(response, "open") == {"true": 1, "false": 1}
    assert choices(response, "priority") == {"true": 1, "false": 1}
    assert choices(response, "chapter") == {"7": 2, "19": 1}
    assert choices(response, "addressee") == {"cbp": 1, "anam": 2}


def test_facets_follow_words_and_dates_too(library, read):
    assert choices(read("q=2023-SB"), "status") == {"issued": 1, "implemented": 1}
    assert choices(read("as_of=2024-05-31"), "status") == {"issued": 2, "implemented": 1}
    assert choices(read("updated_after=2024-06-01"), "group") == {"digital-economy": 1, "amiti": 1}


def test_each_count_is_the_number_of_rows_that_choosing_it_gives(library, read):
    response = read("document=paper")

    for name in ["status", "open", "priority", "group", "chapter", "addressee", "topic"]:
        for value, count in choices(response, name).items():
            assert total(read(f"document=paper&{name}={value}")) == count


def test_a_choice_without_any_result_is_left_out_unless_it_is_chosen(library, read):
    assert choices(read("series=review&topic=cloud"), "topic") == {"cloud": 0, "trade": 1}
    assert "cloud" not in choices(read("series=review&topic=trade"), "topic")


# Chips


def test_there_is_a_chip_for_each_active_filter(library, read):
    response = read("group=amiti&group=smart-borders&open=true&q=2025&as_of=2025-06-01&stale_days=3&sort=newest&page=1")

    assert set(chips(response)) == {
        "Words: 2025",
        "Group: AMITI",
        "Group: Smart Borders",
        "Open or closed: Open",
        "As of: 1 June 2025",
        "Days without an update: 3",
    }


def test_a_chip_removes_one_value_and_keeps_the_rest(library, read):
    query = [("group", "amiti"), ("group", "smart-borders"), ("q", "20 25"), ("sort", "newest"), ("chapter", "7")]
    response = read(urlencode([*query, ("page", "2")]))

    for label, removed in {
        "Group: AMITI": ("group", "amiti"),
        "Words: 20 25": ("q", "20 25"),
        "Chapter: A chapter": ("chapter", "7"),
    }.items():
        assert sorted(parse_qsl(chips(response)[label])) == sorted(pair for pair in query if pair != removed)


def test_a_list_without_filters_has_no_chips(library, read):
    assert chips(read("sort=newest")) == {}


# Queries that cannot be followed


@pytest.mark.parametrize(
    "query",
    [
        "group=nowhere",
        "group=smart-borders&group=nowhere",
        "group=%00",
        "status=done",
        "open=yes",
        "priority=1",
        "chapter=35",
        "chapter=seven",
        "chapter=" + "9" * 5000,
        "addressee=nobody",
        "document=none",
        "series=none",
        "topic=none",
        "as_of=2025-02-30",
        "as_of=29/04/2025",
        "as_of=%00",
        "updated_after=yesterday",
        "updated_before=99999-01-01",
        "stale_days=0",
        "stale_days=-1",
        "stale_days=soon",
        "stale_days=36501",
        "stale_days=1e400",
        "stale_days=NaN",
        "stale_days=Infinity",
        "stale_days=" + "9" * 5000,
        "sort=best",
        "rows=table",
        "rows=%00",
        "q=%00",
        "q=" + "x" * 100_000,
        "q=" + "+".join(["customs"] * 5000),
    ],
    ids=lambda query: query[:40],
)
def test_a_bad_value_is_said_and_nothing_is_filtered(library, read, query):
    response = read(query)

    key = query.split("=")[0]
    assert f"<code>{key}</code>" in text(response)
    assert "Without filters there are 4 recommendations." in text(response)
    assert codes(response) == []


def test_a_bad_value_is_said_in_spanish_too(library, read):
    assert "<code>group</code>" in text(read("group=nowhere", path="/es/recommendations/"))


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 400, "%00", "1.5", "last", "２"])
def test_a_weird_page_number_gives_a_page(library, read, page):
    assert codes(read(f"page={page}")) == ALL


@pytest.mark.parametrize(
    "query",
    [
        "as_of=0001-01-01&stale_days=36500",
        "as_of=9999-12-31&stale_days=1",
        "q=" + "+".join(["a"] * 100),
        "q=" + "+".join(["-a"] * 66),
    ],
    ids=["first day", "last day", "many words", "many exclusions"],
)
def test_the_ends_of_what_may_be_asked_are_no_error(library, read, query):
    assert "This list could not be filtered" not in text(read(query))


def test_what_was_asked_is_shown_escaped(library, read):
    evil = '"><script>alert(1)</script>'

    for query in [urlencode({"q": evil}), urlencode({"group": evil}), urlencode({evil: evil})]:
        assert "<script>alert" not in text(read(query))
    assert escape(evil) in text(read(urlencode({"q": evil})))


KEYS = [*RecommendationFilter.base_filters, "page"]
VALUES = st.one_of(
    st.sampled_from(["smart-borders", "issued", "true", "7", "anam", "paper", "hled", "cloud", "2024-06-01", "newest"]),
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.text("\"-*&|!():<>\\'%_ a1é", max_size=15),
    st.integers().map(str),
    st.floats().map(str),
    st.dates().map(str),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(KEYS), VALUES), max_size=6))
def test_no_query_whatever_breaks_the_list_its_export_or_its_feed(library, client, pairs):
    query = urlencode(pairs)

    shown = client.get(f"{LIST}?{query}", follow=True)
    taken = client.get(f"{LIST}export.json?{query}")

    fed = client.get(f"{LIST}feed.atom?{query}")

    assert shown.status_code == 200
    assert taken.status_code == fed.status_code == (400 if b'role="alert"' in shown.content else 200)
    if taken.status_code == 200:
        assert len(json.loads(text(taken))) == total(shown)


# Search


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("exportacion", {"title_es": "Exportación de café"}),
        ("EXPORTACIÓN", {"title_es": "Exportación de café"}),
        ("cafe", {"summary_en": "Cafés at the crossing."}),
        ("Café", {"summary_en": "A cafe at the crossing."}),
        ("customs", {"title_en": "Modernise customs"}),
        ("aduanas", {"summary_es": "Modernizar las aduanas."}),
        ("shipment", {"title_en": "Release of shipments"}),
        ("releasing", {"title_en": "Release of shipments"}),
        ("aduana", {"title_es": "Aduanas modernas"}),
        ("moderna", {"title_es": "Aduanas modernas"}),
        ("wording", {"official_wording": "The wording of the paper."}),
        ('"single window"', {"title_en": "One single window for trade"}),
        ("digi*", {"title_en": "A digital market"}),
        ("merca*", {"title_es": "Un mercado digital"}),
        ("release of the shipments", {"title_en": "Release shipments"}),
        ("liberación de los envíos", {"title_es": "Liberación de envios"}),
        ("exportaciones", {"title_es": "Exportación de café"}),
        ("exportación", {"title_es": "Exportaciones de café"}),
        ("needle -thread", {"title_en": "A needle in a haystack"}),
        ("“needle”", {"title_en": "A needle in a haystack"}),
    ],
)
def test_words_find(read, words, texts):
    RecommendationFactory(code="2023-SB-1", **texts)
    RecommendationFactory(code="2023-SB-2")

    assert codes(read(urlencode({"q": words}))) == ["2023-SB-1"]
    assert codes(read(urlencode({"q": words}), path="/es/recommendations/")) == ["2023-SB-1"]


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ('"single window"', {"title_en": "One window for every single trader"}),
        ("needle haystack", {"title_en": "A needle in the grass"}),
        ("digi", {"title_en": "A digital market"}),
        ("needle -haystack", {"title_en": "A needle in a haystack"}),
        ("needle -pajar", {"title_en": "A needle", "title_es": "Una aguja en un pajar"}),
        ("aguja -haystack", {"title_en": "A needle in a haystack", "title_es": "Una aguja"}),
        ('needle -"in a haystack"', {"title_en": "A needle in a haystack"}),
        ("needle -hay*", {"title_en": "A needle in a haystack"}),
    ],
)
def test_words_do_not_find(read, words, texts):
    RecommendationFactory(**texts)

    assert codes(read(urlencode({"q": words}))) == []


def test_an_exclusion_alone_leaves_the_rest(read):
    RecommendationFactory(code="2023-SB-1", title_en="Customs", title_es="Aduanas")
    RecommendationFactory(code="2023-SB-2", title_en="Cloud", title_es="Nube")

    assert codes(read("q=-customs")) == codes(read("q=-aduana")) == ["2023-SB-2"]


TEN = "alpha bravo charlie delta echo foxtrot golf hotel india juliett"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (f"{TEN} zulu", True),
        (f"{TEN} -alpha", True),
        (f"{' alpha Alpha' * 10} zulu", False),
        (f"{' alpha' * 10} -bravo", False),
    ],
)
def test_only_the_first_ten_different_terms_count(read, words, found):
    RecommendationFactory(title_en=TEN)

    assert bool(codes(read(urlencode({"q": words})))) == found


def test_words_find_the_issue_and_those_who_are_asked(read):
    issue = IssueFactory(title_en="Slow crossings", title_es="Cruces lentos")
    recommendation = RecommendationFactory(code="2023-SB-1", issue=issue)
    asked = OrganizationFactory(acronym="ANAM", name_en="Customs agency", name_es="Agencia de aduanas")
    AddresseeFactory(recommendation=recommendation, organization=asked)

    for words in ["crossing", "cruce", "anam", "customs agency", "agencia"]:
        assert codes(read(urlencode({"q": words}))) == ["2023-SB-1"]


def test_words_find_what_was_edited_since(read):
    recommendation = RecommendationFactory(code="2023-SB-1")
    addressee = AddresseeFactory(recommendation=recommendation, organization__acronym="ANAM")
    recommendation.title_en = "Needle"
    recommendation.save()
    recommendation.issue.title_en = "Haystack"
    recommendation.issue.save()
    addressee.delete()

    assert codes(read("q=needle")) == codes(read("q=haystack")) == ["2023-SB-1"]
    assert codes(read("q=anam")) == []


@pytest.mark.parametrize("words", ["2023-SB-3a", "2023-sb-3", "2023-S"])
def test_the_beginning_of_a_code_finds_it(read, words):
    RecommendationFactory(code="2023-SB-3a")
    RecommendationFactory(code="2023-DE-3")

    assert codes(read(f"q={words}")) == ["2023-SB-3a"]


def test_a_match_in_the_title_comes_before_one_in_the_summary(read):
    for code, texts in [
        ("2023-SB-1", {"official_wording": "The needle."}),
        ("2023-SB-2", {"summary_en": "The needle."}),
        ("2023-SB-3", {"title_en": "The needle"}),
        ("2023-SB-4", {"issue__title_en": "The needle"}),
    ]:
        RecommendationFactory(code=code, **texts)

    assert codes(read("q=needle")) == ["2023-SB-3", "2023-SB-4", "2023-SB-2", "2023-SB-1"]
    assert codes(read("q=needle&sort=document")) != codes(read("q=needle&sort=relevance"))


# Rows


def rows_of_the_table(response) -> list[list[str]]:
    """What the compact rows say, cell by cell."""
    rows = re.findall(r'<tr role="row">(<td.*?)</tr>', " ".join(text(response).split()))
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[dh] .*?</t[dh]>", row)]
        for row in rows
    ]


def test_compact_rows_are_a_table_of_the_same_list(library, read):
    Recommendation.objects.update(title_en="A title")

    assert rows_of_the_table(read("rows=compact&document=paper&sort=newest")) == [
        ["2023-DE-1", "A title", "In progress", "1 June 2024"],
        ["2023-SB-1", "A title Priority", "Implemented", "1 May 2024"],
        ["2023-SB-2", "A title", "Issued", "none yet"],
    ]


def test_detailed_rows_are_the_usual_ones(library, read):
    assert codes(read("rows=detailed")) == codes(read()) == ALL
    assert rows_of_the_table(read()) == []


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


# Nothing, and a lot


def ways_out(response) -> dict[str, tuple[str, str]]:
    """The filters that an empty list offers to leave out: what is said of each, its query, and how many there are."""
    found = re.findall(r'<li><a href="[^"?]*\??([^"]*)">([^<]*)</a> <span class="soft">([^<]*)</span>', text(response))
    return {label: (unescape(query), count) for query, label, count in found}


def test_nothing_found_says_which_filter_to_leave_out(library, read):
    response = read("group=amiti&chapter=7&chapter=19&sort=newest&page=1")

    assert "No recommendation matches all of this." in text(response)
    assert ways_out(response) == {
        "Without “Group: AMITI”": ("chapter=7&chapter=19&sort=newest", "3 recommendations"),
        "Without “Chapter: A chapter, A chapter”": ("group=amiti&sort=newest", "1 recommendation"),
    }
    assert 'href="/recommendations/?sort=newest">show all recommendations' in text(response)


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("as_of=2023-09-17&group=amiti", ["Without “As of: 17 September 2023”"]),
        ("as_of=2025-04-28&group=amiti", ["Without “As of: 28 April 2025”", "Without “Group: AMITI”"]),
        ("stale_days=30000&open=true", ["Without “Days without an update: 30000”"]),
        ("q=nonsense&priority=true", ["Without “Words: nonsense”"]),
    ],
)
def test_any_filter_may_be_the_one_to_leave_out(library, read, query, labels):
    assert sorted(ways_out(read(query))) == labels


def test_each_way_out_leads_to_as_many_as_it_says(library, read):
    found = ways_out(read("as_of=2024-06-01&group=amiti&open=true"))

    assert len(found) == 2
    for query, count in found.values():
        assert total(read(query)) == int(count.split()[0])


def test_where_it_takes_more_than_one_it_is_said(library, read):
    response = read("q=nonsense&group=amiti&chapter=7")

    assert ways_out(response) == {}
    assert "Removing one of the filters is not enough." in text(response)


def test_with_one_filter_there_is_only_the_list_of_all(library, read):
    response = read("q=nonsense")

    assert ways_out(response) == {}
    assert "Removing one" not in text(response)
    assert 'href="/recommendations/">show all recommendations' in text(response)


def test_an_empty_tracker_has_an_empty_list(read):
    assert "There are no recommendations yet." in text(read())


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
