"""What words find in the list."""

from urllib.parse import urlencode

import pytest

from tests.factories import AddresseeFactory, IssueFactory, OrganizationFactory, RecommendationFactory
from tests.reading import codes

pytestmark = pytest.mark.django_db


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
        ('"single-window"', {"title_en": "One single-window for trade"}),
        ("C-TPAT", {"title_en": "Streamline CTPAT"}),
        ('"C-TPAT"', {"title_en": "Streamline CTPAT"}),
        ("C‑TPAT", {"title_en": "Streamline C-TPAT"}),
        ("C–TPAT", {"title_en": "Streamline CTPAT"}),
        ("digi*", {"title_en": "A digital market"}),
        ("merca*", {"title_es": "Un mercado digital"}),
        ("release of the shipments", {"title_en": "Release shipments"}),
        ("liberación de los envíos", {"title_es": "Liberación de envios"}),
        ("exportaciones", {"title_es": "Exportación de café"}),
        ("exportación", {"title_es": "Exportaciones de café"}),
        ("needle -thread", {"title_en": "A needle in a haystack"}),
        ("“needle”", {"title_en": "A needle in a haystack"}),
        ("C-TPAT", {"title_en": "Members of CTPAT"}),
        ("c-tpat", {"title_en": "Members of C-TPAT"}),
        ("e-mai*", {"title_en": "An email"}),
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
        ("needle -hay-stack", {"title_en": "A needle in a haystack"}),
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


@pytest.mark.parametrize("words", ["2023-SB-3a", "2023-sb-3", "2023-S", "2023-sb*", "2023‑SB‑3a"])
def test_the_beginning_of_a_code_finds_it(read, words):
    RecommendationFactory(code="2023-SB-3a")
    RecommendationFactory(code="2023-DE-3")

    assert codes(read(f"q={words}")) == ["2023-SB-3a"]


@pytest.mark.parametrize("words", ["SB-3a", "sb-3", "Sb-3A", "sb-3*"])
def test_the_year_of_a_code_may_be_left_out(read, words):
    RecommendationFactory(code="2023-SB-3a")
    RecommendationFactory(code="2023-DE-3")

    assert codes(read(f"q={words}")) == ["2023-SB-3a"]


@pytest.mark.parametrize("words", ["USMCA", "T-MEC", "tmec", "TMEC", "CUSMA", "ACEUM", "(T-MEC)", "review TMEC"])
@pytest.mark.parametrize(
    "title", ["Review of the USMCA", "Review of the T-MEC", "Review of the TMEC", "CUSMA review", "ACEUM review"]
)
def test_the_agreement_is_found_by_any_of_its_names(read, words, title):
    RecommendationFactory(code="2023-SB-1", title_en=title)
    RecommendationFactory(code="2023-SB-2", title_en="Review of something else")

    assert codes(read(urlencode({"q": words}))) == ["2023-SB-1"]


def test_the_agreement_is_left_out_by_any_of_its_names(read):
    RecommendationFactory(title_en="Review of the USMCA")

    assert codes(read("q=review+-tmec")) == []


@pytest.mark.parametrize("words", ["the", "de la", "the de", '"of the"', "the*", "OF THE"])
def test_common_words_are_looked_for_where_there_are_no_others(read, words):
    RecommendationFactory(code="2023-SB-1", title_en="The needle of the haystack", title_es="The needle de la aguja")
    RecommendationFactory(code="2023-SB-2", title_en="A needle", title_es="Una aguja")

    assert codes(read(urlencode({"q": words}))) == ["2023-SB-1"]


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
