"""A text is found by its words as they are printed, however a reader writes them."""

import pytest

from recommendations.browse.search.query import search
from recommendations.models import Recommendation
from tests.factories import AddresseeFactory, OrganizationFactory, RecommendationFactory
from tests.reading import codes

pytestmark = pytest.mark.django_db


def found(words) -> set[str]:
    return set(search(Recommendation.objects.all(), words).values_list("code", flat=True))


# Each line is one text in several spellings: a text in any of them is found by all of them.
SPELLINGS = {
    "stops in abbreviations": ["C.B.P.", "CBP", "c.b.p"],
    "a hyphen and a number": ["K-12", "k12", "K‑12"],
    "a standard": ["NOM-151-SCFI-2016", "nom-151-scfi-2016", "NOM–151–SCFI–2016"],
    "an acronym and its plural": ["SME", "SMEs", "smes", "sme"],
    "a Spanish acronym and its plural": ["pyme", "pymes", "PyMEs", "PYMES"],
    "a hyphen within a word": ["e-commerce", "ecommerce"],
    "a stop within a word": ["e.firma", "efirma", "e-firma"],
    "the other country": [
        "U.S.",
        "US",
        "USA",
        "U.S.A.",
        "United States",
        "EE. UU.",
        "EE.UU.",
        "EEUU",
        "EUA",
        "estados unidos",
    ],
    "this country": ["Mexico", "México", "Estados Unidos Mexicanos"],
    "the third country": ["Canada", "Canadá"],
    "the agreement": ["USMCA", "T-MEC", "TMEC", "CUSMA", "ACEUM"],
    "a possessive": ["Mexico's", "Mexico’s", "Mexico"],
    "thousands": ["1,500", "1500"],
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_text_in_any_spelling_is_found_by_all_of_them(name):
    RecommendationFactory(code="2023-XX-99", title_en="Something else: firma, e, 12 and k")
    for number, spelling in enumerate(SPELLINGS[name]):
        RecommendationFactory(
            code=f"2023-{'AB'[number % 2]}-{number}", **{("title_en", "title_es")[number % 2]: f"On {spelling}, indeed"}
        )
    all_of_them = set(Recommendation.objects.exclude(code="2023-XX-99").values_list("code", flat=True))

    assert {spelling: found(spelling) for spelling in SPELLINGS[name]} == dict.fromkeys(SPELLINGS[name], all_of_them)


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        (
            "says U.S. agencies, in part",
            ["U.S. agencies", "US agencies", '"United States agencies"', "agencies -Mexico"],
        ),
        ("the U.S.-Mexico border", ["U.S.-Mexico", "US-Mexico", "mexico", "Mexico border"]),
        ("la frontera México-EE. UU.", ["México-EE. UU.", "México-EE", "frontera méxico"]),
        ("Inside U.S. Trade", ['"Inside U.S. Trade"', "inside trade"]),
        ("Fintech 2.0 in ACE 2.0", ["Fintech 2.0", "ACE 2.0", '"ACE 2.0"', "2.0"]),
        ("Article 17.18 applies", ["17.18", "Article 17.18", "17.1*"]),
        ("rose by 33.5% (or $1.5bn)", ["33.5", "33.5%", "$1.5bn", "1.5"]),
        ("import/export rules", ["import/export", "import", "export", "export/import"]),
        ("by mid-2025", ["mid-2025", "2025", "mid"]),
        ("AT&T, R&D", ["AT&T", "R&D"]),
        ("see www.gob.mx/se", ["gob.mx", "www.gob.mx/se"]),
        ("la regulación", ["regulacion", "regulaciones", "regulación*"]),
        ("two\u00a0words and a soft\u00adhyphen", ["words", "softhyphen"]),
    ],
)
def test_words_as_printed_find_their_text(printed, words):
    RecommendationFactory(code="2023-SB-1", title_en=f"It {printed}")
    RecommendationFactory(code="2023-SB-2")

    assert {typed: found(typed) for typed in words} == {key: {"2023-SB-1"} for key in words}


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("una firma y e-commerce", "e.firma"),
        ("12 schools and vitamin K", "K-12"),
        ("17 and 18", "17.18"),
        ("in 33 of 5", "33.5"),
        ("mid-term, in 2025", "mid-2025"),
        ("United we stand in both states", "U.S."),
    ],
)
def test_parts_of_a_word_that_stand_apart_are_not_the_word(printed, words):
    RecommendationFactory(title_en=f"It says {printed}")

    assert found(words) == set()


@pytest.mark.parametrize("acronym", ["SE", "UN", "IT"])
def test_an_acronym_that_is_a_common_word_finds_whom_it_names(acronym):
    asked = OrganizationFactory(acronym=acronym, name_en="A ministry", name_es="Una secretaría")
    AddresseeFactory(recommendation__code="2023-SB-1", organization=asked)
    RecommendationFactory(code="2023-SB-2", title_en="It is of use", title_es="Se abre un portal")

    assert found(acronym) == {"2023-SB-1"}
    assert found(f"{acronym} secretaría") == {"2023-SB-1"}
    assert "2023-SB-1" in found(acronym.lower())


def test_a_common_word_in_small_letters_is_left_out_beside_others():
    RecommendationFactory(code="2023-SB-1", title_en="Release shipments")

    assert found("release of the shipments") == found("RELEASE OF THE SHIPMENTS") == {"2023-SB-1"}


@pytest.mark.parametrize(
    ("words", "both"),
    [
        ("tariff OR semiconductor", {"2023-SB-1", "2023-SB-2"}),
        ("arancel O semiconductor", {"2023-SB-1", "2023-SB-2"}),
        ("tariff OR semiconductor OR nonsense", {"2023-SB-1", "2023-SB-2"}),
        ("tariff OR semiconductor bridge", {"2023-SB-2"}),
        ('nonsense OR "import tariff"', {"2023-SB-1"}),
        ("tariff OR semiconductor -bridge", {"2023-SB-1"}),
        ("tariff OR", {"2023-SB-1"}),
        ("OR tariff", {"2023-SB-1"}),
        ("tariff or semiconductor", set()),
    ],
)
def test_any_of_two_alternatives_is_enough(words, both):
    RecommendationFactory(code="2023-SB-1", title_en="An import tariff", title_es="Un arancel")
    RecommendationFactory(code="2023-SB-2", title_en="A semiconductor bridge")

    assert found(words) == both


@pytest.mark.parametrize(
    ("word", "printed"),
    [
        ("digitalization", "digital"),
        ("regulation", "regulate"),
        ("regulación", "regular"),
        ("internationally", "international"),
        ("policies", "policy"),
        ("exportaciones", "exportación"),
        ("facilitando", "facilitar"),
        ("USMCA", "T-MEC"),
        ("EE.UU.", "United States"),
        ("e-commerce", "ecommerce"),
        ("NOM-151-SCFI", "NOM-151-SCFI"),
    ],
)
def test_no_beginning_finds_less_than_its_word(word, printed):
    RecommendationFactory(code="2023-SB-1", title_en=f"On {printed}", title_es=f"De {printed}")
    assert found(word) == {"2023-SB-1"}

    beginnings = [f"{word[:length]}*" for length in range(3, len(word) + 1)]

    assert {beginning: found(beginning) for beginning in beginnings} == {key: {"2023-SB-1"} for key in beginnings}


def test_the_list_finds_the_same(client):
    RecommendationFactory(code="2023-SB-1", title_en="What U.S. agencies do")

    for path in ["/recommendations/", "/es/recommendations/"]:
        assert codes(client.get(path, {"q": "EE. UU."})) == ["2023-SB-1"]


def test_a_former_name_of_an_organization_still_finds_it():
    organization = OrganizationFactory(name_en="Secretariat of Commerce", acronym="SECOFI")
    AddresseeFactory(recommendation=RecommendationFactory(code="2023-SB-1"), organization=organization)

    organization.name_en, organization.acronym = "Ministry of Economy", "SE"
    organization.save()

    for words in ["Secretariat of Commerce", "secofi", "Ministry of Economy", "SE"]:
        assert found(words) == {"2023-SB-1"}, words
