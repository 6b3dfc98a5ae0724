"""The page of a recommendation."""

import re
from datetime import date

import pytest

from recommendations.models import NAMED_RULE
from tests.accounts import signed_in
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
from tests.reading import in_order, link, texts

pytestmark = pytest.mark.django_db

RECORD = "/recommendations/2023-SB-1a/"


def test_the_record_tells_what_is_asked_and_how_it_is_tested(read):
    RecommendationFactory(
        code="2023-SB-1a",
        title_en="Digital customs",
        summary_en="Make customs digital.",
        success_test_en="Implemented when no paper is asked for.",
        official_wording="We recommend that …",
        priority=True,
        issue__summary_en="Paper is slow.",
        issue__topic__title_en="Borders",
        issue__topic__document__language="es",
    )

    page = read(RECORD)

    for each in ["Make customs digital.", "Implemented when no paper is asked for.", "Paper is slow.", "Borders"]:
        assert each in page
    assert re.search(r'<blockquote lang="es".*?We recommend that …', page)
    assert 'class="priority"' in page
    assert "No updates have been recorded yet." in page


@pytest.mark.parametrize(
    ("wording", "said"),
    [("", "the official wording is in"), ("We recommend that …", "the document’s own words are below")],
)
def test_the_record_says_whose_words_the_summary_is_in(read, wording, said):
    RecommendationFactory(
        code="2023-SB-1a",
        official_wording=wording,
        document=DocumentFactory(title_en="The paper", url="https://paper.example/"),
    )

    page = read(RECORD)

    assert f"This summary is ours; {said}" in page
    assert '<a href="https://paper.example/" hreflang="en">The paper</a>' in page


def test_on_a_phone_whom_it_asks_comes_before_what_is_asked_and_the_other_facts_before_how_to_cite_it(
    recommendation, read
):
    headings = texts(read(RECORD), "main h2, main .facts > dl > dt")

    assert in_order(headings, "Asked to act", "What is asked", "What happened", "USMCA chapters", "Cite and share")


@pytest.mark.parametrize(("basis", "said"), [("public_source", 1), ("verified", 0)])
def test_that_nothing_is_verified_yet_is_said_once(recommendation, read, basis, said):
    record(recommendation, basis="public_source")
    record(recommendation, basis=basis)

    notes = texts(read(RECORD), "main section > p.small")

    assert sum("None of these entries has been verified" in note for note in notes) == said
    entries = texts(read(RECORD), ".timeline > li")
    assert sum("not yet verified by staff" in entry for entry in entries) == 1 - said


def test_those_who_may_record_an_update_are_led_to_its_form(recommendation, read, editor, as_member, client):
    form = f'href="/admin/recommendations/update/add/?recommendation={recommendation.pk}"'

    assert form in read(RECORD, editor)
    for browser in [client, as_member, signed_in()]:
        assert form not in read(RECORD, browser)


def test_the_timeline_is_newest_first(recommendation, read):
    record(recommendation, what_en="In the middle.", effective_on=date(2024, 5, 1))
    record(recommendation, what_en="The last.", effective_on=date(2025, 1, 1))
    record(recommendation, what_en="The first.", effective_on=date(2023, 10, 1))

    assert in_order(read(RECORD), "The last.", "In the middle.", "The first.")


def test_an_update_shows_its_date_no_finer_than_it_is_known(recommendation, read):
    record(recommendation, effective_on=date(2024, 4, 1), precision="quarter")

    assert "second quarter of 2024" in read(RECORD)
    assert "April 1, 2024" not in read(RECORD)


def test_an_update_shows_its_evidence_with_links(recommendation, read):
    record(
        recommendation,
        status="implemented",
        evidence=[
            {
                "title": "Decree 12",
                "publisher": "Official gazette",
                "url": "https://dof.example/12",
                "published_on": date(2024, 4, 30),
            },
            {"title": "Press note", "publisher": "Ministry", "url": "https://gob.example/note"},
        ],
    )

    page = read(RECORD)

    assert '<a href="https://dof.example/12" rel="nofollow">Decree 12</a>, Official gazette, April 30, 2024' in page
    assert '<a href="https://gob.example/note" rel="nofollow">Press note</a>, Ministry</li>' in page


def test_a_status_that_went_back_shows_its_reason(recommendation, read):
    record(recommendation, status="implemented")
    record(recommendation, status="in_progress", reason_en="The decree was repealed.")

    assert "The decree was repealed." in read(RECORD)


def test_a_corrected_row_stays_readable_and_points_to_its_correction(recommendation, read):
    wrong = record(recommendation, status="implemented", what_en="All done.")
    right = record(recommendation, what_en="Half done.", corrects=wrong, reason_en="We had misread.")

    page = read(RECORD)

    assert '<p class="corrected">All done.</p>' in page
    assert f'<a href="#update-{right.pk}">see the correction</a>' in page
    assert f'<a href="#update-{wrong.pk}">Corrects an earlier entry</a>' in page
    assert "We had misread." in page
    assert '<p class="corrected">Half done.</p>' not in page


def test_a_superseded_recommendation_leads_to_its_successor(recommendation, read):
    successor = RecommendationFactory(code="2025-AMITI-1", title_en="A better one")
    record(recommendation, status="superseded", successors=[successor])

    assert '<a href="/recommendations/2025-AMITI-1/">2025-AMITI-1 A better one</a>' in read(RECORD)


def test_the_record_names_those_who_are_asked_and_what_they_answered(recommendation, read):
    AddresseeFactory(recommendation=recommendation, organization__name_en="Silent agency")
    AddresseeFactory(
        recommendation=recommendation,
        organization__slug="anam",
        organization__acronym="ANAM",
        is_named=False,
        answer="accepted",
    )

    page = read(RECORD)

    facts = page[page.index('class="facts asked"') :]
    assert in_order(
        facts, "Silent agency", "Awaiting response", "(ANAM)", "our reading", "Accepted", "February 1, 2024"
    )
    assert '<a class="source" href="https://anam.example/letter" rel="nofollow">Letter</a>' in page
    assert 'href="/organizations/anam/"' in page


def test_the_record_names_the_chapters_with_the_reason(recommendation, read):
    ChapterLinkFactory(
        recommendation=recommendation,
        chapter=ChapterFactory(number=7, title_en="Customs administration"),
        articles=["7.8", "7.9"],
        articles_seen=["7.8"],
        is_loose=True,
        reason_en="Express shipments.",
    )

    page = read(RECORD)

    assert '<a href="/chapters/7/">7. Customs administration</a>' in page
    assert in_order(page, "loose link", "7.8, 7.9 (not checked)", "Express shipments.")
    assert "the documents seldom tie a recommendation to a chapter" in page


def test_the_record_says_by_which_rule_an_addressee_is_our_reading(recommendation, read):
    AddresseeFactory(recommendation=recommendation)
    assert str(NAMED_RULE) not in read(RECORD)

    AddresseeFactory(recommendation=recommendation, is_named=False)

    assert str(NAMED_RULE) in read(RECORD)


def test_the_record_says_what_is_expected_next_and_what_was_not_found(recommendation, read):
    document = recommendation.document
    document.sources_read_on = date(2026, 7, 2)
    document.save()
    for slug, year in [("opening", 2040), ("bill", 2024)]:
        recommendation.expected_steps.create(
            slug=slug,
            what_en=f"The {slug}.",
            what_es=f"{slug}.",
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
            precision="year",
            source_url="https://example.org/next",
            checked_on=date(2024, 1, 2),
        )
    recommendation.source_checks.create(checked_on=date(2026, 11, 26), note_en="A scorecard.", note_es="Un tablero.")

    page = read(RECORD)

    assert "Public sources were read through July 2, 2026." in page
    over = "This period is over; no outcome was found."
    assert in_order(page, "What is expected next", "2024", "The bill.", over, "as of January 2, 2024", "The opening.")
    assert page.count(over) == 1
    assert in_order(page, "Looked for but not found", "A scorecard.", "Searched on November 26, 2026.")


def test_a_record_of_the_past_says_nothing_of_what_is_expected_now(recommendation, read):
    recommendation.source_checks.create(checked_on=date(2026, 11, 26), note_en="A scorecard.", note_es="Un tablero.")

    assert "A scorecard." not in read(f"{RECORD}?as_of=2025-01-01")


def test_the_record_names_whom_it_mentions_without_asking(recommendation, read):
    recommendation.mentions.add(OrganizationFactory(slug="unesco", name_en="UNESCO"))

    assert in_order(read(RECORD), "Mentioned, not asked", '<a href="/organizations/unesco/">UNESCO</a>')


def test_the_day_of_a_report_is_said_to_be_one(recommendation, read):
    record(recommendation, effective_on=date(2024, 5, 1), dated_by_report=True)

    assert '<span class="when">reported May 1, 2024</span>' in read(RECORD)
    assert '<span class="when">nota del 1 de mayo de 2024</span>' in read(f"/es{RECORD}")


@pytest.mark.parametrize(
    ("kind", "english", "spanish"),
    [("working_group", "Working group", "Grupo de trabajo"), ("stakeholder", "Stakeholder", "Parte interesada")],
)
def test_the_record_calls_a_group_what_it_is(read, kind, english, spanish):
    organization = OrganizationFactory() if kind == "stakeholder" else None
    group = WorkingGroupFactory(slug="amiti", kind=kind, organization=organization)
    RecommendationFactory(code="2023-SB-1a", group=group)

    assert f'<dt>{english}</dt><dd><a href="/groups/amiti/">' in read(RECORD)
    assert f'<dt>{spanish}</dt><dd><a href="/es/groups/amiti/">' in read(f"/es{RECORD}")


def test_the_record_names_the_milestones_its_document_was_prepared_for(recommendation, read):
    MilestoneFactory(slug="hled-2023", name_en="The dialogue").documents.add(recommendation.document)

    assert '<a href="/milestones/hled-2023/">The dialogue</a>' in read(RECORD)


def test_neighbors_follow_the_order_of_the_document(client):
    document = DocumentFactory()
    topics = [TopicFactory(document=document, group__position=place) for place in (1, 2)]
    first = IssueFactory(topic=topics[0], position=1)
    second = IssueFactory(topic=topics[0], position=2)
    last = IssueFactory(topic=topics[1], position=1)
    for code, issue, letter in [
        ("2023-C-1", last, ""),
        ("2023-B-1", second, ""),
        ("2023-A-1b", first, "b"),
        ("2023-A-1a", first, "a"),
    ]:
        RecommendationFactory(code=code, issue=issue, letter=letter)
    RecommendationFactory(code="2025-X-1")  # of another document

    walked, address = [], "/recommendations/2023-A-1a/"
    while address:
        walked.append(address.split("/")[2])
        address = link(client.get(address), "next")

    assert walked == ["2023-A-1a", "2023-A-1b", "2023-B-1", "2023-C-1"]
    assert link(client.get("/recommendations/2023-B-1/"), "prev") == "/recommendations/2023-A-1b/"
    assert link(client.get("/recommendations/2023-A-1a/"), "prev") is None


def test_the_record_names_what_else_the_issue_asks(recommendation, read):
    RecommendationFactory(code="2023-SB-1b", issue=recommendation.issue, letter="b", status="in_progress")

    page = read(RECORD)

    assert in_order(page, "The same issue also asks for:", "2023-SB-1b", "In progress")


def test_the_spanish_record_is_in_spanish_and_in_english_where_spanish_is_missing(recommendation, read):
    record(recommendation, what_en="Done in 2024.", what_es="")
    record(recommendation, what_en="Read in 2024.", what_es="Se leyó en 2024.")

    page = read("/es" + RECORD)

    assert recommendation.title_es in page
    assert "Se leyó en 2024." in page
    assert "Done in 2024." in page
    assert "Read in 2024." not in page
