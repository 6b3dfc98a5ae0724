"""How a recommendation is cited and shared: in words, in BibTeX, and to the machines that show links."""

import json
import re
from datetime import date
from html import unescape

import pytest
from django.utils import timezone, translation

from core.text.dates import write_date
from recommendations.models import Recommendation
from recommendations.sharing import citing
from tests.factories import (
    AddresseeFactory,
    DocumentFactory,
    IssueFactory,
    RecommendationFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import text

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 4)


@pytest.fixture
def recommendation():
    recommendation = RecommendationFactory(
        code="2023-SB-3a",
        title_en="Digital customs",
        title_es="Aduanas digitales",
        issue=IssueFactory(
            topic__group=WorkingGroupFactory(name_en="Smart Borders", name_es="Fronteras"),
            topic__document=DocumentFactory(title_en="The paper", title_es="El documento"),
        ),
    )
    record(recommendation, status="in_progress", effective_on=date(2024, 5, 1), precision="month")
    return recommendation


def fields(bibtex) -> dict[str, str]:
    """The entry read as BibTeX reads it: a brace counts also behind a backslash, a quote ends a field outside of all."""
    head, rest = re.fullmatch(r"@misc\{([\w-]+),\n(.*)\n\}\n", bibtex, re.DOTALL).groups()
    found, name, value, depth, quoted = {"key": head}, "", "", 0, False
    for character in rest:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
        if character == '"' and depth == 0:
            quoted = not quoted
        if character == "=" and depth == 0 and not quoted:
            name, value = value.strip(), ""
        elif character == "," and depth == 0 and not quoted:
            found[name], value = value.strip(), ""
        else:
            value += character
    assert depth == 0
    assert not quoted
    assert not value.strip()
    return found


# In words


def test_a_citation_says_what_it_is_how_it_stands_since_when_and_when_it_was_read(recommendation):
    assert citing.in_words(recommendation, TODAY) == (
        "U.S.-Mexico Foundation, C26+ Recommendations Tracker: “Digital customs” (2023-SB-3a). "
        "Asked by: Smart Borders, in “The paper”, September 18, 2023. Status: In progress, last update May 2024. Accessed on March 4, 2026. "
        "https://tracker.example/recommendations/2023-SB-3a/"
    )


def test_before_the_first_update_it_says_that_there_is_none():
    citation = citing.in_words(RecommendationFactory(), TODAY)

    assert "Status: Issued, no update yet." in citation


def test_the_page_cites_in_its_own_language(client, recommendation):
    page = unescape(text(client.get("/es/recommendations/2023-SB-3a/")))

    assert re.search(r"[“«]Aduanas digitales[”»] \(2023-SB-3a\)", page)
    assert "El documento" in page
    assert "https://tracker.example/es/recommendations/2023-SB-3a/" in page
    with translation.override("es"):
        assert write_date(timezone.localdate()) in page


# BibTeX


def test_an_entry_has_what_every_style_knows(recommendation):
    assert fields(citing.in_bibtex(recommendation, TODAY)) == {
        "key": "2023-SB-3a",
        "author": '"{U.S.-Mexico Foundation}"',
        "title": '"{Digital customs}"',
        "year": "2024",
        "howpublished": r"{C26+ Recommendations Tracker, \url{https://tracker.example/recommendations/2023-SB-3a/}}",
        "note": "{2023-SB-3a. Status: In progress, last update May 2024. Accessed on March 4, 2026}",
        "langid": "{english}",
    }


@pytest.mark.parametrize(
    ("written", "in_latex"),
    [
        ("50 % of R&D, $3 #1 a_b", r"50 \% of R\&D, \$3 \#1 a\_b"),
        ("~a ^b", r"\textasciitilde{}a \textasciicircum{}b"),
        ("a\\b", r"a\textbackslash{}b"),
        ("<b>", r"\textless{}b\textgreater{}"),
        ("an open { and", r"an open \textbraceleft{} and"),
        ("} closed first {", r"\textbraceright{} closed first \textbraceleft{}"),
        ('a "quoted" word, = and @', 'a "quoted" word, = and @'),
        ("two\nlines,\ttabs\x0band more", "two lines, tabs and more"),
        ("Ñandú — “T-MEC” 🚢", "Ñandú — “T-MEC” 🚢"),
    ],
)
def test_special_characters_are_printed_as_they_are(recommendation, written, in_latex):
    recommendation.title_en = written

    assert fields(citing.in_bibtex(recommendation, TODAY))["title"] == f'"{{{in_latex}}}"'


def test_the_entry_can_be_taken_as_a_file(client, recommendation):
    response = client.get("/es/recommendations/2023-SB-3a/cite.bib")

    assert response["Content-Type"] == "application/x-bibtex; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="2023-SB-3a.bib"'
    found = fields(text(response))
    assert found["title"] == '"{Aduanas digitales}"'
    assert found["langid"] == "{spanish}"
    assert text(response) in unescape(text(client.get("/es/recommendations/2023-SB-3a/")))


def test_what_is_not_published_cannot_be_cited_by_strangers(client, as_staff):
    RecommendationFactory(code="2023-SB-3a", document=DocumentFactory(visibility="staff"))

    assert client.get("/recommendations/2023-SB-3a/cite.bib").status_code == 404
    assert as_staff.get("/recommendations/2023-SB-3a/cite.bib").status_code == 200


def test_every_real_recommendation_can_be_cited(loaded):
    codes = sorted(Recommendation.objects.values_list("code", flat=True))
    for language in ["en", "es"]:
        with translation.override(language):
            cited = [citing.in_bibtex(each, TODAY) for each in Recommendation.objects.for_citing()]
        assert sorted(fields(each)["key"] for each in cited) == codes
    assert codes


# To machines


def linked_data(response) -> dict:
    [found] = re.findall(r'<script type="application/ld\+json">(.*?)</script', text(response), re.DOTALL)
    return json.loads(found)


def test_machines_are_told_what_the_page_is_about(client, recommendation):
    found = linked_data(client.get("/es/recommendations/2023-SB-3a/"))

    assert found["@context"] == "https://schema.org"
    assert found["url"] == "https://tracker.example/es/recommendations/2023-SB-3a/"
    assert found["inLanguage"] == "es"
    assert found["dateModified"] == recommendation.last_update.recorded_at.isoformat(timespec="seconds")
    assert found["publisher"]["name"] == "U.S.-Mexico Foundation"
    asked = found["mainEntity"]
    assert (asked["identifier"], asked["name"]) == ("2023-SB-3a", "Aduanas digitales")
    assert (asked["creator"]["name"], asked["isPartOf"]["name"]) == ("Fronteras", "El documento")
    assert asked["datePublished"] == "2023-09-18"


@pytest.mark.parametrize(
    "title", ["</script><script>alert(1)</script>", "<!-- <script>", "& &amp; &lt;/script>", "\u2028 \" ' \\"]
)
def test_no_title_breaks_out_of_it(client, title):
    RecommendationFactory(code="2023-SB-3a", title_en=title)

    response = client.get("/recommendations/2023-SB-3a/")

    assert linked_data(response)["mainEntity"]["name"] == title
    assert "alert(1)</script>" not in text(response)
    assert text(response).count("<script") == 2  # this one, and the site's own file


def meta(response) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', text(response))
    return {name: unescape(content) for name, content in found}


def test_a_shared_link_shows_title_summary_and_picture(client):
    RecommendationFactory(code="2023-SB-3a", title_en='A "big" <step> & more', summary_en="What is asked.")

    found = meta(client.get("/recommendations/2023-SB-3a/?utm_source=mail"))

    assert found["og:title"] == '2023-SB-3a A "big" <step> & more'
    assert found["og:description"] == "What is asked."
    assert found["og:url"] == "https://tracker.example/recommendations/2023-SB-3a/"
    assert (found["og:locale"], found["og:locale:alternate"]) == ("en_US", "es_MX")
    assert found["og:site_name"] == "C26+ Recommendations Tracker"
    assert found["og:image"] == "https://tracker.example/recommendations/2023-SB-3a/card.png"
    assert found["twitter:card"] == "summary_large_image"


def test_what_is_shared_most_has_a_card_of_its_own(client):
    issue = IssueFactory(code="2023-SB-3", title_en="Customs", topic__document__title_en="The paper")
    organization = AddresseeFactory(organization__name_en="A ministry").organization

    for address, title in [
        (issue.get_absolute_url(), "2023-SB-3 Customs"),
        (issue.topic.document.get_absolute_url(), "The paper"),
        (organization.get_absolute_url(), "A ministry"),
        ("/recommendations/?q=customs", "Recommendations"),
        ("/changes/?since=2024-01-01", "What changed"),
    ]:
        found = meta(client.get(address))
        assert found["og:title"] == title
        assert found["og:description"]
        assert found["og:url"] == f"https://tracker.example{address.split('?')[0]}"


# The one address of each page


def addresses(response) -> dict[str, str]:
    found = re.findall(r'<link rel="(canonical|alternate)"(?: hreflang="([\w-]+)")? href="([^"]+)"', text(response))
    return {language or rel: address for rel, language, address in found}


@pytest.mark.parametrize(
    ("address", "canonical", "english", "spanish"),
    [
        ("/", "/", "/", "/es/"),
        ("/recommendations/?utm_source=mail", "/recommendations/", "/recommendations/", "/es/recommendations/"),
        ("/es/milestones/?page=2", "/es/milestones/", "/milestones/", "/es/milestones/"),
    ],
)
def test_a_page_names_its_address_without_query_in_both_languages(client, address, canonical, english, spanish):
    site = "https://tracker.example"

    assert addresses(client.get(address, headers={"host": "127.0.0.1"})) == {
        "canonical": site + canonical,
        "en": site + english,
        "es": site + spanish,
        "x-default": site + english,
    }


@pytest.mark.parametrize("address", ["/nonsense/", "/subscriptions/a-token/", "/subscribe/asked/"])
def test_what_is_nobodys_to_find_names_none(client, address):
    assert addresses(client.get(address)) == {}
