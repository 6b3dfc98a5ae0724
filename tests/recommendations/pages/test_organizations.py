"""Those who are asked to act: all of them side by side, and the brief for each."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from recommendations.models import NAMED_RULE, Recommendation
from recommendations.pages.bilateral import compare_answers
from tests.factories import AddresseeFactory, DocumentFactory, OrganizationFactory, RecommendationFactory, record
from tests.reading import codes, in_order, text, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask():
    """Makes a recommendation that asks one organization for each answer given: ask(MX=None, US="accepted")."""

    def ask(code, **answers) -> Recommendation:
        recommendation = RecommendationFactory(code=code)
        for country, answer in answers.items():
            AddresseeFactory(recommendation=recommendation, organization__country=country, answer=answer)
        return recommendation

    return ask


# Side by side


def compared():
    return compare_answers(Recommendation.objects.current())


def test_what_only_one_side_is_asked_is_not_compared(ask):
    ask("2023-A-1", MX=None)
    ask("2023-A-2", MX=None, XX=None)  # a body of several countries is on no side
    both = ask("2023-A-3", MX=None, US=None)

    assert [ask.recommendation for ask in compared().asks] == [both]


def test_two_organizations_of_one_side_are_one_side(ask):
    AddresseeFactory(recommendation=ask("2023-A-1", MX=None), organization__country="MX")

    assert compared().asks == []


def test_each_side_is_counted_by_what_it_was_asked_and_what_it_answered(ask):
    ask("2023-A-1", MX="accepted", US=None)
    ask("2023-A-2", MX="not_accepted", US="noted")
    ask("2023-A-3", MX=None, US=None, CA=None)

    assert compared().sides == [("MX", 3, 2), ("US", 3, 1), ("CA", 1, 0)]


def test_a_side_has_answered_when_anybody_of_it_has(ask):
    recommendation = ask("2023-A-1", MX=None, US=None)
    AddresseeFactory(recommendation=recommendation, organization__country="MX", answer="accepted")

    [ask] = compared().answered
    assert ask.answered == {"MX"}
    assert [addressee.answer and addressee.answer.kind for addressee in ask.by_side["MX"]] == [None, "accepted"]


def test_what_only_one_side_has_answered_comes_first(ask):
    by_both = ask("2023-A-1", MX="accepted", US="accepted")
    by_one = ask("2023-A-2", MX=None, US="accepted")
    by_none = ask("2023-A-3", MX=None, US=None)

    comparison = compared()

    assert [each.recommendation for each in comparison.answered] == [by_one, by_both]
    assert [each.recommendation for each in comparison.unanswered] == [by_none]


def test_the_page_shows_who_has_answered_and_who_has_not(ask, client):
    ask("2023-A-1", MX="accepted", US=None)

    page = text(client.get("/organizations/"))

    [sides] = re.findall(r'<table class="grid sides">.*?</table>', page, re.DOTALL)
    assert re.search(
        r'#accepted"/></svg>Accepted</span>, February 1, 2024: <a class="source" href="https://anam.example/letter".*#awaiting"/></svg>Awaiting response',
        sides,
        re.DOTALL,
    )
    assert "Mexico: 1 of 1 responded" in page
    assert "United States: 0 of 1 responded" in page


def test_where_nobody_has_answered_the_page_says_so_and_draws_no_empty_picture(ask, client):
    ask("2023-A-1", MX=None, US=None)

    page = text(client.get("/organizations/"))

    assert "No response from any of them is on record: each side’s is still awaited." in page
    before, _, folded = page.partition('<details class="behind">')
    assert 'class="grid sides"' not in before
    assert "1 recommendation to which no side has responded" in folded


# All of them


def rows(page) -> list[list[str]]:
    """The organizations with their numbers, as they stand in the table."""
    found = re.findall(r'<tr>(<th scope="row"><a href="/organizations/.*?)</tr>', page)
    return [[re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>.*?</t[hd]>", row)] for row in found]


def test_each_organization_that_is_asked_stands_there_with_its_numbers(client):
    anam = OrganizationFactory(name_en="Customs", acronym="ANAM")
    OrganizationFactory(name_en="Nobody asks it")
    AddresseeFactory(organization=anam)
    AddresseeFactory(organization=anam, recommendation__status="implemented", answer="accepted")

    assert rows(text(client.get("/organizations/"))) == [["Customs (ANAM)", "2", "1", "1", "1"]]


def test_organizations_stand_by_country_and_those_who_are_asked_most_first(client):
    for name, country, asks in [
        ("B", "US", 1),
        ("C", "MX", 1),
        ("D", "XX", 1),
        ("A", "MX", 1),
        ("E", "MX", 2),
        ("F", "CA", 1),
    ]:
        AddresseeFactory.create_batch(asks, organization=OrganizationFactory(name_en=name, country=country))

    page = text(client.get("/organizations/"))

    assert [row[0] for row in rows(page)] == ["E", "A", "C", "B", "F", "D"]
    assert texts(page, "table.stacked caption") == [
        "Mexico",
        "United States",
        "Canada",
        "Several countries",
    ]


def test_what_is_not_public_is_counted_for_those_who_may_read_it(client, as_staff):
    anam = OrganizationFactory(name_en="Customs")
    AddresseeFactory(organization=anam)
    AddresseeFactory(
        organization=anam, recommendation=RecommendationFactory(document=DocumentFactory(visibility="staff"))
    )

    assert rows(text(client.get("/organizations/"))) == [["Customs", "1", "1", "0", "0"]]
    assert rows(text(as_staff.get("/organizations/"))) == [["Customs", "2", "2", "0", "0"]]


# The brief


@pytest.fixture
def anam():
    return OrganizationFactory(slug="anam", acronym="ANAM")


def test_the_brief_puts_priorities_first_then_what_waits_longest_and_what_is_closed_last(anam, client):
    for code, updated, fields in [
        ("2023-A-1", date(2024, 3, 1), {}),
        ("2023-A-2", date(2024, 5, 1), {"status": "implemented"}),
        ("2023-A-3", date(2024, 1, 1), {}),
        ("2023-A-4", date(2024, 9, 1), {"priority": True}),
        ("2023-A-5", None, {}),
    ]:
        recommendation = RecommendationFactory(code=code, priority=fields.pop("priority", False))
        AddresseeFactory(recommendation=recommendation, organization=anam)
        if updated:
            record(recommendation, effective_on=updated, **fields)

    response = client.get("/organizations/anam/")

    assert codes(response) == ["2023-A-4", "2023-A-5", "2023-A-3", "2023-A-1", "2023-A-2"]
    assert text(response).index("1 closed recommendation") > text(response).index("2023-A-1<")


def test_the_brief_tells_each_response_with_its_date_and_source(anam, client):
    AddresseeFactory(organization=anam, answer="partially_accepted")
    AddresseeFactory(organization=anam)

    page = text(client.get("/organizations/anam/"))

    assert texts(page, ".lead b") == ["2 open, 1 answered."]
    assert "Awaiting response" in page
    assert (
        'Partially accepted</span>, February 1, 2024: <a class="source" href="https://anam.example/letter" rel="nofollow">Letter</a>'
        in page
    )


def test_the_brief_says_plainly_that_nothing_was_answered(anam, client):
    AddresseeFactory(organization=anam)

    assert texts(text(client.get("/organizations/anam/")), ".lead b") == ["1 open, 0 answered."]


def test_the_brief_tells_what_happened_last_to_each(anam, client):
    recommendation = AddresseeFactory(organization=anam).recommendation
    record(recommendation, what_en="A decree.", effective_on=date(2024, 4, 1), precision="month")

    page = text(client.get("/organizations/anam/"))

    assert "<b>April 2024.</b> <span>A decree.</span>" in page
    assert '<a class="source" href="https://example.org/source" rel="nofollow">A source</a>, A gazette' in page


@pytest.mark.parametrize(
    ("basis", "said"),
    [("public_source", "Public source, not yet verified by staff"), ("verified", "Verified by staff")],
)
def test_the_brief_says_how_what_happened_is_known(anam, client, basis, said):
    record(AddresseeFactory(organization=anam).recommendation, basis=basis)

    assert in_order(text(client.get("/organizations/anam/")), "Something happened.", "A gazette", said, "Response")


def test_the_brief_can_be_read_by_itself(anam, client):
    recommendation = RecommendationFactory(
        summary_en="Make customs digital.", success_test_en="Implemented when no paper is asked for."
    )
    AddresseeFactory(organization=anam, recommendation=recommendation)
    record(recommendation, what_en="A long story. " * 40 + "It ended well.")

    page = text(client.get("/organizations/anam/"))

    assert in_order(page, "Make customs digital.", "Implemented when no paper is asked for.", "It ended well.")


def test_the_brief_explains_our_reading_where_there_is_one(anam, client):
    explained = str(NAMED_RULE)
    AddresseeFactory(organization=anam)
    named = text(client.get("/organizations/anam/"))
    AddresseeFactory(organization=anam, is_named=False)
    read = text(client.get("/organizations/anam/"))

    assert explained not in named
    assert explained in read


def test_the_brief_names_what_mentions_it_without_asking_it(anam, client):
    asked = AddresseeFactory(organization=anam).recommendation
    mentioned = RecommendationFactory(code="2023-SB-9", title_en="A window")
    for recommendation in (asked, mentioned):
        recommendation.mentions.add(anam)

    page = text(client.get("/organizations/anam/"))

    assert in_order(page, "Mentioned in", "2023-SB-9", "A window")
    assert page.count(asked.get_absolute_url()) == 1


# The government as a whole


@pytest.fixture
def government(anam):
    """That of Mexico, which is asked to act on two public recommendations and one that is not; a third names ANAM."""
    RecommendationFactory().mentions.add(anam)
    government = OrganizationFactory(slug="mexico", name_en="Government of Mexico", is_whole_government=True)
    AddresseeFactory.create_batch(2, organization=government)
    hidden = RecommendationFactory(document=DocumentFactory(visibility="staff"))
    AddresseeFactory(organization=government, recommendation=hidden)
    return government


@pytest.mark.parametrize("asks", [0, 1])
def test_the_brief_of_a_body_of_government_points_to_what_all_of_it_is_asked(anam, government, asks, client):
    AddresseeFactory.create_batch(asks, organization=anam)

    assert (
        'The government as a whole is asked to act on 2 recommendations: <a href="/organizations/mexico/">'
        "Government of Mexico</a>." in text(client.get("/organizations/anam/"))
    )


@pytest.mark.parametrize(
    "fields", [{"country": "US"}, {"kind": "association"}], ids=["another country's", "no body of government"]
)
def test_others_are_not_pointed_to_it(government, fields, client):
    RecommendationFactory().mentions.add(OrganizationFactory(slug="other", **fields))

    for slug in ["other", "mexico"]:
        assert "as a whole" not in text(client.get(f"/organizations/{slug}/"))


def test_on_a_past_day_the_brief_counts_what_it_was_asked_by_then(anam, government, client):
    assert "as a whole" not in text(client.get("/organizations/anam/?as_of=2020-01-01"))
    assert 'href="/organizations/mexico/?as_of=2024-01-01"' in text(client.get("/organizations/anam/?as_of=2024-01-01"))


def test_a_country_has_one_government_as_a_whole(government):
    second = OrganizationFactory.build(is_whole_government=True)
    company = OrganizationFactory.build(is_whole_government=True, kind="company", country="US")

    with pytest.raises(ValidationError, match="already has an organization for its government as a whole"):
        second.full_clean()
    with pytest.raises(ValidationError, match="Only a government can be"):
        company.full_clean()


# How to answer


def test_who_speaks_for_an_organization_that_is_asked_is_told_whom_to_write_to(anam, client):
    AddresseeFactory(organization=anam)

    assert '<a href="/about/#contact">' in text(client.get("/organizations/anam/"))
