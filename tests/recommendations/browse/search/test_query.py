"""What a search shows of what it found, and what it offers where it found nothing."""

import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommendations.browse.rows import Heading, Row, load_rows
from recommendations.browse.search.highlight import highlight
from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    OrganizationFactory,
    RecommendationFactory,
    record,
)
from tests.reading import codes, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def look_for(client):
    """Searches the list; gives the page."""

    def look_for(words, prefix="", **others):
        return client.get(f"{prefix}/recommendations/?{urlencode({'q': words} | others)}")

    return look_for


def marks(html) -> list[str]:
    return [unescape(each) for each in re.findall(r"<mark>(.*?)</mark>", html)]


def searched(words, **fields) -> Row:
    """The row of a new recommendation, with the words of a search marked."""
    recommendation = RecommendationFactory(**fields)
    rows = load_rows([recommendation.pk])
    highlight(rows, words)
    return rows[0]


def excerpt(response) -> str:
    found = re.search(r'<p class="excerpt">(.*?)</p>', text(response))
    return found[1] if found else ""


# Marks


@pytest.mark.parametrize(
    ("words", "title", "marked"),
    [
        ("customs", "Modernise customs", ["customs"]),
        ("CUSTOMS", "Customs, modern", ["Customs"]),
        ("releasing", "Release of shipments", ["Release"]),
        ("cafe", "A café at the crossing", ["café"]),
        ("digi*", "Digital digits, no fingers", ["Digital digits"]),
        ('"single window"', "One single window for trade", ["single window"]),
        ("trade -window", "Trade without barriers to trade", ["Trade", "trade"]),
        ("release of the shipments", "The release of shipments", ["release", "shipments"]),
        ("customs OR", "Customs or not", ["Customs"]),
        ("2023-SB", "A title", []),
        ("C-TPAT", "Streamline CTPAT and C-TPAT", ["CTPAT", "C-TPAT"]),
        ("Texas-Mexico", "The Texas–Mexico border", ["Texas–Mexico"]),
        ("Mexico", "The Texas–Mexico border", ["Mexico"]),
        ("cross-border", "Cross border trade at the border", ["Cross border"]),
        ("K-12", "Schools, K-12 and others", ["K-12"]),
        ("K12", "Schools, K-12 and others", ["K-12"]),
        ("Fintech 2.0", "FinTech 2.0 of 2021", ["FinTech 2.0"]),
        ("EE. UU.", "Trade of the U.S. and the United States", ["U.S", "United States"]),
        ("SE", "What SE does, se dice", ["SE"]),
        ("SME", "SMEs in trade", ["SMEs"]),
        ("e.firma", "Una firma con e.firma", ["e.firma"]),
        ("tariff OR quota", "Tariffs and quotas", ["Tariffs", "quotas"]),
        ("digitaliz*", "A digital market", ["digital"]),
    ],
)
def test_the_words_are_marked_in_the_title(words, title, marked):
    row = searched(words, title_en=title)

    assert marks(row.marked_title) == marked
    assert unescape(re.sub("</?mark>", "", row.marked_title)) == title


@pytest.mark.parametrize(
    ("words", "title", "marked"),
    [
        ("exportacion", "Exportación de café", ["Exportación"]),
        ("usmca", "Revisión del T-MEC", ["T-MEC"]),
        ("exportación", "Exportaciones de café", ["Exportaciones"]),
        ("exportaciones", "La exportación", ["exportación"]),
        ("envios", "Liberación de los envíos", ["envíos"]),
        ("inspeccion conjunta", "Inspecciones conjuntas", ["Inspecciones conjuntas"]),
        ("liberación de los envíos", "La liberación de los envíos", ["liberación", "envíos"]),
    ],
)
def test_spanish_is_marked_with_and_without_accents(words, title, marked):
    with translation.override("es"):
        row = searched(words, title_es=title)

    assert marks(row.marked_title) == marked


def test_both_kinds_of_rows_have_marks(look_for):
    RecommendationFactory(title_en="Modern customs", title_es="Aduanas modernas")

    assert marks(text(look_for("custom"))) == marks(text(look_for("custom", rows="compact"))) == ["customs"]
    assert marks(text(look_for("aduana", prefix="/es"))) == ["Aduanas"]


def test_without_a_search_nothing_is_marked(client):
    RecommendationFactory(title_en="Modern customs")

    assert "<mark>" not in text(client.get("/recommendations/"))


def test_what_is_marked_is_escaped(look_for):
    RecommendationFactory(title_en="<b>customs</b> & <i>trade</i>", summary_en='<script>customs("trade")</script>')
    page = text(look_for("customs trade"))

    assert "&lt;b&gt;<mark>customs</mark>&lt;/b&gt; &amp; &lt;i&gt;<mark>trade</mark>&lt;/i&gt;" in page
    assert "&lt;script&gt;<mark>customs</mark>(&quot;<mark>trade</mark>&quot;)&lt;/script&gt;" in page


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text("\"-*&|!():<>\\'%_ aé1", max_size=15), title=st.text("<>&\"' aé1-_.", min_size=1, max_size=40))
def test_whatever_is_searched_for_the_text_stays_what_it_is(db, words, title):
    place = Heading(1, "A place")
    row = Row(1, "2023-SB-1", "/", title, title, "issued", False, place, place, place)

    highlight([row], words)

    assert unescape(re.sub("</?mark>", "", row.marked_title)) == title
    assert not re.search("<(?!/?mark>)", row.marked_title + row.excerpt)


# Excerpts


def test_the_excerpt_is_the_summary_where_it_is_short(look_for):
    RecommendationFactory(summary_en="The agencies clear goods at customs together.")

    assert excerpt(look_for("customs")) == "The agencies clear goods at <mark>customs</mark> together."


def test_the_excerpt_of_a_long_summary_is_about_the_words(look_for):
    RecommendationFactory(
        summary_en="Before it. " * 40 + "A needle lies in the hay, near a thread. " + "After it. " * 40
    )
    found = excerpt(look_for("needle thread"))

    assert found.startswith("… ")
    assert found.endswith(" …")
    assert "A <mark>needle</mark> lies in the hay, near a <mark>thread</mark>." in found
    assert 200 < len(re.sub("<.*?>", "", found)) < 320


def test_the_excerpt_is_from_where_most_of_the_words_are(look_for):
    RecommendationFactory(summary_en="Needle. " + "Much hay. " * 60 + "A needle and a needle and a thread.")

    assert len(marks(excerpt(look_for("needle thread")))) == 3


def test_a_long_summary_is_cut_between_words(look_for):
    RecommendationFactory(summary_en=" ".join(f"word{number}" for number in range(200)))
    shown = re.sub("</?mark>|[… ]+$|^[… ]+", "", excerpt(look_for("word100"))).split()

    assert "word100" in shown
    assert all(re.fullmatch(r"word\d+", word) for word in shown)
    assert shown[0] == f"word{200 - len(shown) - (199 - int(shown[-1][4:]))}"


@pytest.mark.parametrize("words", ["anam", "customs agency"])
def test_what_was_found_by_who_is_asked_says_so(look_for, words):
    agency = OrganizationFactory(acronym="ANAM", name_en="Customs agency")
    AddresseeFactory(recommendation__title_en="A title", organization=agency)

    found = excerpt(look_for(words))

    assert found.startswith('<span class="soft">Asked to act:</span> ')
    assert " ".join(marks(found)).lower() == words


def test_what_was_found_by_its_issue_or_its_chapter_says_so(look_for):
    recommendation = RecommendationFactory(issue__title_en="Slow crossings")
    ChapterLinkFactory(recommendation=recommendation, chapter=ChapterFactory(title_en="Rules of origin"))

    assert excerpt(look_for("crossing")) == '<span class="soft">Issue:</span> Slow <mark>crossings</mark>'
    assert "chapters:</span> <mark>Rules</mark> of <mark>origin</mark>" in excerpt(look_for("rule origin"))


def test_what_was_found_by_its_last_update_has_it_marked_there_however_late_in_the_text(look_for):
    record(RecommendationFactory(), what_en="Much hay. " * 40 + "A needle.")
    response = look_for("needle")

    assert excerpt(response) == ""
    assert re.search(r'<p class="note">.*… .*A <mark>needle</mark>\.</span></p>', text(response))


def test_where_nothing_that_a_row_shows_has_the_words_this_is_said(look_for):
    recommendation = RecommendationFactory(code="2023-SB-1", title_en="A title", title_es="Aduanas")
    record(recommendation, what_en="A needle.")
    record(recommendation, what_en="Hay.")

    for words in ["needle", "aduanas"]:
        assert excerpt(look_for(words)).startswith('<span class="soft">Found in another text on its page, ')
    assert excerpt(look_for("SB-1")) == excerpt(look_for("-thread")) == ""


def test_a_search_on_a_past_day_says_where_it_looks(look_for):
    RecommendationFactory(title_en="A needle")

    assert "including what was recorded after that day" in text(look_for("needle", as_of="2025-01-01"))
    assert "including what was recorded after that day" not in text(look_for("needle"))


# Did you mean


@pytest.fixture
def titles():
    RecommendationFactory(code="2023-SB-1", title_en="Modern customs at the border", title_es="Aduanas modernas")
    RecommendationFactory(code="2023-SB-2", title_en="Semiconductors", title_es="Promover la exportación")
    RecommendationFactory(code="2023-SB-3", title_en="Something", summary_en="Tariffs are removed.")


def suggestion(response) -> tuple[str, dict, str] | None:
    """The words that are offered, the query that they lead to, and what is said of how much they find."""
    found = re.search(
        r'<p id="suggestion"[^>]*>Did you mean <a href="([^"]*)"><b>([^<]*)</b></a>\? ([^<]*)</p>', text(response)
    )
    return found and (unescape(found[2]), parse_qs(urlsplit(unescape(found[1])).query), found[3])


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("custms", "customs"),
        ("CUSTMOS", "customs"),
        ("semiconducters", "semiconductors"),
        ("aduanna", "aduanas"),
        ("exportasion", "exportación"),
        ("modren custms", "modern customs"),
        ('"modern custms"', '"modern customs"'),
        ("custms -semiconductors", "customs -semiconductors"),
        ("bordr at the custms", "border at the customs"),
        ("semicond", "semicond*"),  # too little of it to be like it
        ("remov tarif", "remov tarif*"),  # a word of a summary, which is no title
        ("tariffz*", "tariff*"),
    ],
)
def test_a_word_that_is_nowhere_is_offered_as_one_that_is(titles, look_for, words, meant):
    offered, query, _found = suggestion(look_for(words))

    assert (offered, query["q"]) == (meant, [meant])
    assert codes(look_for(offered))


def test_it_is_said_how_much_the_other_words_find_by_the_same_filters(titles, look_for):
    offered = suggestion(look_for("custms", open="true", sort="newest"))

    assert offered == (
        "customs",
        {"q": ["customs"], "open": ["true"], "sort": ["newest"]},
        "It finds 1 recommendation.",
    )
    assert suggestion(look_for("custms", open="false")) is None


@pytest.mark.parametrize(
    "words",
    [
        "zzzzzzzz",  # like nothing
        "the about",  # too common to be looked for
        "cus",  # too short to be like anything
        "2033",  # a number
        "tariffs customs",  # each of them is somewhere
        "-customs -semiconductors -something",
        "tarnished",  # begins as a word does, but too little of it
        "hustoms",  # begins otherwise
        "TMEC",  # a name
    ],
)
def test_nothing_is_offered_where_nothing_fits(titles, look_for, words):
    assert suggestion(look_for(words)) is None


def test_nothing_is_offered_where_something_is_found(titles, look_for):
    RecommendationFactory(summary_en="A custms of its own.")

    assert suggestion(look_for("custms")) is None


def test_what_a_reader_may_not_see_is_not_offered(look_for, as_staff):
    secret = DocumentFactory(visibility="staff")
    RecommendationFactory(document=secret, title_en="Semiconductors")

    assert suggestion(look_for("semiconducters")) is None
    page = as_staff.get("/recommendations/?q=semiconducters")
    assert suggestion(page)[0] == "semiconductors"


def test_what_is_offered_is_escaped(look_for, titles):
    page = text(look_for('custms "<b>'))

    assert "<b>custom" not in page.replace('"><b>customs', "")
    assert "&lt;b&gt;" in page


def test_letters_that_are_nothing_but_accents_are_not_respelled(look_for):
    RecommendationFactory(title_en="\uff9e\uff9e\uff9e\uff9e")

    assert suggestion(look_for("\uff9f\uff9f\uff9f\uff9f")) is None


def test_what_would_be_too_long_to_look_for_is_not_offered(titles, look_for):
    short, long = "custms -" + "z" * 191, "custms -" + "z" * 192

    assert suggestion(look_for(short))
    assert suggestion(look_for(long)) is None
