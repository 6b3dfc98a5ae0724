"""The API of recommendations: the list's filters, both languages, and only what is public."""

import json
from datetime import date, datetime
from unittest.mock import ANY

import pytest

from recommendations import api
from recommendations.models.status import Status
from tests.factories import (
    SOURCE,
    AddresseeFactory,
    AssessmentFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    IssueFactory,
    RecommendationFactory,
    TopicFactory,
    WorkingGroupFactory,
    record,
    record_answer,
)
from tests.reading import codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client):
    """Asks the API, and gives what it answers."""

    def ask(address, status=200, client=client) -> dict:
        response = client.get(f"/api/v1/{address}")
        assert response.status_code == status
        assert response["Content-Type"] == "application/json"
        assert response["Access-Control-Allow-Origin"] == "*"
        return json.loads(response.content)

    return ask


@pytest.fixture
def recommendation():
    recommendation = RecommendationFactory(
        code="2023-SB-3a",
        title_en="Digital customs",
        title_es="Aduanas digitales",
        priority=True,
        issue=IssueFactory(
            code="2023-SB-3",
            title_en="Paper",
            title_es="Papel",
            topic=TopicFactory(
                slug="customs",
                title_en="Customs",
                title_es="Aduanas",
                group=WorkingGroupFactory(slug="borders", name_en="Borders", name_es="Fronteras"),
                document=DocumentFactory(slug="paper", title_en="The paper", title_es="El documento"),
            ),
        ),
    )
    AddresseeFactory(
        recommendation=recommendation,
        organization__slug="anam",
        organization__acronym="ANAM",
        organization__name_en="Customs",
        organization__name_es="Aduanas",
        answer="accepted",
        answer__effective_on=date(2024, 1, 2),
        answer__source_title="A letter",
        answer__source_url="https://example.org/letter",
    )
    ChapterLinkFactory(
        recommendation=recommendation,
        chapter=ChapterFactory(number=7, title_en="Customs", title_es="Aduanas"),
        articles=["7.8"],
        reason_en="It fits.",
        reason_es="Cabe.",
    )
    return recommendation


UNSAID = {"kind": "", "quotation": "", "quotation_language": ""}  # what a source of evidence left open
ANSWER = {
    "id": ANY,
    "kind": "accepted",
    "effective_on": "2024-01-02",
    "precision": "day",
    "counts_from": "2024-01-02",
    "said_en": "We agree.",
    "said_es": "Estamos de acuerdo.",
    "reason_en": "",
    "reason_es": "",
    "source": {
        "title": "A letter",
        "publisher": "The agency",
        "url": "https://example.org/letter",
        "published_on": None,
    },
    "corrects": None,
    "recorded_at": ANY,
}
IN_LIST = {
    "code": "2023-SB-3a",
    "title_en": "Digital customs",
    "title_es": "Aduanas digitales",
    "summary_en": "Do something.",
    "summary_es": "Hacer algo.",
    "status": "issued",
    "is_open": True,
    "last_update_on": None,
    "priority": True,
    "group": {"slug": "borders", "name_en": "Borders", "name_es": "Fronteras"},
    "topic": {"slug": "customs", "title_en": "Customs", "title_es": "Aduanas"},
    "issue": {
        "code": "2023-SB-3",
        "title_en": "Paper",
        "title_es": "Papel",
        "summary_en": "Something is wrong.",
        "summary_es": "Algo anda mal.",
    },
    "document": {
        "slug": "paper",
        "title_en": "The paper",
        "title_es": "El documento",
        "published_on": "2023-09-18",
        "published_precision": "day",
    },
    "addressees": [
        {
            "slug": "anam",
            "acronym": "ANAM",
            "name_en": "Customs",
            "name_es": "Aduanas",
            "is_named": True,
            "response": "accepted",
            "responded_on": "2024-01-02",
            "response_title": "A letter",
            "response_url": "https://example.org/letter",
            "answer": ANSWER,
        }
    ],
    "chapters": [
        {
            "number": 7,
            "title_en": "Customs",
            "title_es": "Aduanas",
            "articles": ["7.8"],
            "articles_seen": [],
            "is_loose": False,
            "reason_en": "It fits.",
            "reason_es": "Cabe.",
        }
    ],
    "confidence": None,
    "last_heard_on": None,
    "assessment": None,
    "url_en": "https://tracker.example/recommendations/2023-SB-3a/",
    "url_es": "https://tracker.example/es/recommendations/2023-SB-3a/",
    "api_url": "https://tracker.example/api/v1/recommendations/2023-SB-3a/",
}


def test_the_list_gives_each_recommendation_in_both_languages(ask, recommendation):
    assert ask("recommendations/?as_of=2026-01-01") == {
        "count": 1,
        "as_of": "2026-01-01",
        "next": None,
        "previous": None,
        "results": [IN_LIST],
    }


@pytest.mark.parametrize(
    "query",
    [
        "",
        "group=borders&group=digital&status=in_progress",
        "open=false",
        "as_of=2024-06-15",
        "q=needle",
        "sort=newest",
        "chapter=7&priority=true",
        "updated_after=2024-06-10",
    ],
)
def test_it_is_narrowed_and_sorted_as_the_page_is(client, ask, query):
    groups = [WorkingGroupFactory(slug=slug) for slug in ["borders", "digital", "other"]]
    for number in range(12):
        each = RecommendationFactory(
            group=groups[number % 3], title_en="Needle" if number % 4 else "Thread", priority=number % 2 == 0
        )
        if number % 3:
            ChapterLinkFactory(recommendation=each, chapter=ChapterFactory(number=7))
        if number % 5:
            status = "implemented" if number > 8 else "in_progress"
            record(each, status=status, effective_on=date(2024, 6, 2 * number + 1))

    found = [row["code"] for row in ask(f"recommendations/?{query}")["results"]]

    assert found == codes(client.get(f"/recommendations/?{query}"))
    assert found


def test_the_past_is_given_as_it_stood(ask, recommendation):
    record(recommendation, status="implemented", effective_on=date(2024, 5, 1))

    [then] = ask("recommendations/?as_of=2024-04-30")["results"]
    [now] = ask("recommendations/")["results"]

    assert (then["status"], then["is_open"], then["last_update_on"]) == ("issued", True, None)
    assert (now["status"], now["is_open"], now["last_update_on"]) == ("implemented", False, "2024-05-01")


def test_pages_lead_to_each_other_and_keep_the_query(ask, monkeypatch):
    monkeypatch.setattr(api, "PAGE_SIZE", 2)
    made = {each.code for each in RecommendationFactory.create_batch(5)}

    found, pages, address = [], 0, "recommendations/?open=true&page=1"
    while address:
        answer = ask(address)
        found += [row["code"] for row in answer["results"]]
        pages += 1
        address = answer["next"] and answer["next"].removeprefix("https://tracker.example/api/v1/")

    assert (len(found), set(found), pages) == (5, made, 3)
    assert answer["count"] == 5
    assert answer["previous"] == "https://tracker.example/api/v1/recommendations/?open=true&page=2"


def test_a_page_has_a_hundred():
    assert api.PAGE_SIZE == 100


@pytest.mark.parametrize("page", ["x", "1.5", ""])
def test_a_page_is_a_number(ask, page):
    assert ask(f"recommendations/?page={page}", 400) == {"error": "The page is a number, from 1 on."}


@pytest.mark.parametrize("page", [0, -1, 2, 10**20])
def test_a_page_that_is_not_there_is_not_found(ask, page):
    assert ask(f"recommendations/?page={page}", 404) == {"error": "There is no such page: the last one is 1."}


def test_a_filter_that_cannot_be_read_is_an_error_that_names_it(ask, recommendation):
    answer = ask("recommendations/?group=nowhere&as_of=soon&sort=best", 400)

    assert answer["error"] == "The query has parameters that cannot be read."
    assert answer["parameters"].keys() == {"group", "as_of", "sort"}
    assert answer["parameters"]["as_of"] == ["Enter the date in the format 2025-04-29."]


def test_more_parameters_than_are_read_are_an_error(ask):
    query = "&".join(["group=nowhere"] * 1001)

    assert ask(f"recommendations/?{query}", 400) == {"error": "The query has too many parameters."}


def test_an_address_that_cannot_be_read_is_an_error_like_others(ask):
    assert ask("recommendations/?q=%00", 400) == {"error": "This address or form cannot be read."}


# One of them


def test_one_has_what_the_list_gives_and_more(ask, recommendation):
    found = ask("recommendations/2023-SB-3a/")

    assert found == IN_LIST | {
        "confidence": "low",
        "last_heard_on": "2024-01-02",
        "success_test_en": "Implemented when it is done.",
        "success_test_es": "Cumplida cuando esté hecho.",
        "official_wording": "",
        "ledger": [],
        "answers": [{"organization": "anam"} | ANSWER | {"corrected_by": None}],
    }


def test_its_ledger_is_told_newest_first_with_evidence(ask, recommendation):
    first = record(
        recommendation,
        status="in_progress",
        effective_on=date(2024, 5, 1),
        precision="month",
        evidence=[
            {"title": "A", "publisher": "B", "url": "https://example.org/a", "published_on": date(2024, 5, 2)},
            {"title": "C", "publisher": "D", "url": "https://example.org/c"},
        ],
    )
    second = record(
        recommendation,
        status="issued",
        effective_on=date(2024, 6, 1),
        reason_en="Not so.",
        reason_es="No es así.",
        corrects=first,
        basis="verified",
    )

    newest, oldest = ask("recommendations/2023-SB-3a/")["ledger"]

    assert oldest | {"recorded_at": None} == {
        "id": first.pk,
        "status": "in_progress",
        "previous_status": "issued",
        "effective_on": "2024-05-01",
        "precision": "month",
        "dated_by_report": False,
        "counts_from": "2024-05-31",
        "what_en": "Something happened.",
        "what_es": "Algo pasó.",
        "reason_en": "",
        "reason_es": "",
        "basis": "verified",
        "corrects": None,
        "corrected_by": second.pk,
        "successor": None,
        "successors": [],
        "recorded_at": None,
        "evidence": [
            {"title": "A", "publisher": "B", "url": "https://example.org/a", "published_on": "2024-05-02"} | UNSAID,
            {"title": "C", "publisher": "D", "url": "https://example.org/c", "published_on": None} | UNSAID,
        ],
    }
    assert datetime.fromisoformat(oldest["recorded_at"]).utcoffset() is not None
    assert (newest["corrects"], newest["corrected_by"]) == (first.pk, None)
    assert (newest["reason_en"], newest["reason_es"]) == ("Not so.", "No es así.")


def test_a_code_that_is_not_known_is_not_found(ask):
    assert ask("recommendations/2023-SB-99/", 404) == {"error": "No recommendation has the code 2023-SB-99."}


# Only what is public


@pytest.mark.parametrize("visibility", ["members", "staff"])
def test_nobody_is_given_what_is_not_published(ask, as_staff, recommendation, visibility):
    RecommendationFactory(
        code="2025-XX-1", group=recommendation.group, issue__topic__document=DocumentFactory(visibility=visibility)
    )

    answer = ask("recommendations/", client=as_staff)
    assert [row["code"] for row in answer["results"]] == ["2023-SB-3a"]
    assert answer["count"] == 1
    ask("recommendations/2025-XX-1/", 404, client=as_staff)
    [group] = [each for each in ask("groups/", client=as_staff)["results"] if each["slug"] == "borders"]
    assert sum(group["counts"].values()) == 1


@pytest.mark.parametrize("visibility", ["members", "staff"])
def test_nobody_is_given_a_row_of_the_ledger_that_is_not_public(ask, as_staff, recommendation, visibility):
    record(recommendation, visibility=visibility, what_en="A secret.")

    assert ask("recommendations/2023-SB-3a/", client=as_staff)["ledger"] == []


def test_a_successor_is_named_only_when_it_is_public(ask, as_staff, recommendation):
    hidden = RecommendationFactory(code="2025-XX-1", document=DocumentFactory(visibility="staff"))
    record(recommendation, status="superseded", successors=[hidden])
    other = RecommendationFactory(code="2023-SB-4")
    record(other, status="superseded", successors=[recommendation])

    assert ask("recommendations/2023-SB-3a/", client=as_staff)["ledger"][0]["successor"] is None
    assert ask("recommendations/2023-SB-4/")["ledger"][0]["successor"] == "2023-SB-3a"


def test_all_successors_are_given(ask, recommendation):
    record(recommendation, status="superseded", successors=[RecommendationFactory(code=f"2026-SB-{n}") for n in (2, 3)])

    [row] = ask("recommendations/2023-SB-3a/")["ledger"]

    assert set(row["successors"]) == {"2026-SB-2", "2026-SB-3"}


def test_an_answer_of_march_that_changed_in_june_is_that_of_march_in_april(ask, recommendation):
    addressee = recommendation.addressees.get()
    record_answer(addressee, "noted", effective_on=date(2024, 3, 10))
    record_answer(addressee, "not_accepted", effective_on=date(2024, 6, 1))

    def response(day) -> str:
        [found] = ask(f"recommendations/?as_of={day}")["results"]
        return found["addressees"][0]["response"]

    assert [response(day) for day in ["2024-01-01", "2024-01-02", "2024-04-01", "2024-06-01"]] == [
        "awaiting",
        "accepted",
        "noted",
        "not_accepted",
    ]


@pytest.mark.parametrize("visibility", ["members", "staff"])
def test_nobody_is_given_an_answer_that_is_not_public(ask, as_staff, recommendation, visibility):
    record_answer(recommendation.addressees.get(), "not_accepted", effective_on=date(2024, 6, 1), visibility=visibility)

    found = ask("recommendations/2023-SB-3a/", client=as_staff)

    assert found["addressees"][0]["response"] == "accepted"
    assert [row["kind"] for row in found["answers"]] == ["accepted"]


def test_it_names_nobody_who_recorded(client, recommendation, as_staff):
    record(recommendation, recorded_by=as_staff.get("/admin/").wsgi_request.user)

    assert "user" not in client.get("/api/v1/recommendations/2023-SB-3a/").content.decode()


# Groups and statuses


def test_the_groups_come_with_their_state_of_play(ask, recommendation):
    record(recommendation, status="in_progress")

    [group] = ask("groups/")["results"]

    assert (group["slug"], group["name_en"], group["name_es"]) == ("borders", "Borders", "Fronteras")
    assert group["counts"] == dict.fromkeys(Status.values, 0) | {"in_progress": 1}
    assert group["url_es"] == "https://tracker.example/es/groups/borders/"


def test_the_statuses_are_defined_in_both_languages(ask):
    found = {row["status"]: row for row in ask("status-definitions/")["results"]}

    assert list(found) == Status.values
    assert found["in_progress"]["label_en"] == "In progress"
    assert found["in_progress"]["label_es"] == "En proceso"
    assert (found["implemented"]["is_open"], found["implemented"]["needs_evidence"]) == (False, True)
    assert all(row["definition_en"] and row["definition_es"] != row["definition_en"] for row in found.values())


# Manners


def test_any_cache_may_keep_an_answer_for_a_while(client, recommendation):
    response = client.get("/api/v1/recommendations/")

    assert response["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in response["Vary"]
    assert not response.cookies


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client, method):
    assert getattr(client, method)("/api/v1/recommendations/").status_code == 405


def test_it_says_why_a_recommendation_stands_where_it_does(ask, recommendation):
    AssessmentFactory(recommendation=recommendation)
    record(recommendation, basis="reported", effective_on=date(2026, 1, 1), evidence=[SOURCE | {"kind": "official"}])

    [listed], found = ask("recommendations/")["results"], ask("recommendations/2023-SB-3a/")

    for answer in (listed, found):
        assert answer["confidence"] == "medium"
        assert answer["last_heard_on"] == "2026-01-01"
        assert answer["assessment"]["because_es"] == "La obra empezó el 1 de mayo de 2024."
        assert answer["assessment"]["testability"] == "measurable"
        assert answer["assessment"]["reviewed_on"] is None
    assert found["ledger"][0]["evidence"][0]["kind"] == "official"
    assert ask("recommendations/?q=customs")["results"][0]["confidence"] == "medium"


def test_what_is_of_now_is_not_said_of_a_past_day(ask, recommendation):
    AssessmentFactory(recommendation=recommendation)

    [found] = ask("recommendations/?as_of=2025-01-01")["results"]

    assert (found["confidence"], found["last_heard_on"], found["assessment"]) == (None, None, None)
