"""Codes take what documents print, sort as people count, and a refusal says which part is wrong."""

import pytest
from django.core.exceptions import ValidationError

from recommendations.codes import validate_code
from recommendations.models import Issue, Recommendation
from tests.factories import IssueFactory, RecommendationFactory
from tests.reading import codes


@pytest.mark.parametrize(
    "code",
    [
        "2023-SB-3a",
        "2023-IE-2bis-a",
        "2025-AMITI-2",
        "2023-DE-8",
        "2026-SB-IV",
        "2026-SB-3.2",
        "2026-SB-4-ii",
        "2026-SB-4-a-ii",
        "2026-SB-4-1",
        "2026-SB-3aa",
        "2026-SB-iv",
        "2026-ÑU-1",
        "2026-GT2-1",
        "2026-GT-2-1",
        "2026-GT-NORTE-1",
    ],
)
def test_what_documents_print_is_a_code(code):
    validate_code(code)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("SB-3a", "“SB” is not a four-digit year"),
        ("26-SB-3", "“26” is not a four-digit year"),
        ("2023-sb-3", "“sb” is not a group"),
        ("2023", "“” is not a group"),
        ("2023-SB", "missing after “SB”"),
        ("2023-SB-3a\n", "“3a\n” is not a number"),
        ("2023-SB-3/a", "“3/a” is not a number"),
        ("2023-SB-3-", "“” is not a number"),
        ("2023-SB-4-A-x", "“A” is not a number"),
        ("2023-SB-3.", "“3.” is not a number"),
    ],
)
def test_a_refusal_says_which_part_is_wrong(code, reason):
    with pytest.raises(ValidationError) as refusal:
        validate_code(code)

    assert reason in refusal.value.messages[0]
    assert "2023-SB-3a" in refusal.value.messages[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "in_order",
    [
        ["2026-SB-2", "2026-SB-3", "2026-SB-10"],
        ["2026-SB-I", "2026-SB-II", "2026-SB-IV", "2026-SB-V", "2026-SB-IX", "2026-SB-X", "2026-SB-XL"],
        ["2026-SB-3", "2026-SB-3.2", "2026-SB-3.10", "2026-SB-3.10.1", "2026-SB-4", "2026-SB-32"],
        ["2026-SB-3a", "2026-SB-3i", "2026-SB-3j", "2026-SB-3z", "2026-SB-3aa", "2026-SB-4"],
        [
            "2026-SB-4",
            "2026-SB-4-a",
            "2026-SB-4-a-i",
            "2026-SB-4-a-ii",
            "2026-SB-4-a-v",
            "2026-SB-4-a-ix",
            "2026-SB-4-b",
        ],
        ["2023-IE-2", "2023-IE-2bis-a", "2023-IE-2bis-b", "2023-IE-3"],
        ["2023-SB-9", "2023-SBX-1", "2025-DE-1"],
    ],
    ids=["numbers", "Roman", "dotted", "letters", "nested", "between", "groups and years"],
)
def test_codes_sort_as_people_count(in_order):
    for code in reversed(in_order):
        RecommendationFactory(code=code, issue__code=code)

    assert list(Recommendation.objects.values_list("code", flat=True)) == in_order
    assert list(Issue.objects.order_by("code_order").values_list("code", flat=True)) == in_order


@pytest.mark.django_db
def test_one_issue_shows_its_recommendations_in_the_order_of_their_codes(client):
    issue = IssueFactory(code="2026-SB-4")
    for letter in ["x", "i", "ix", "ii"]:
        RecommendationFactory(code=f"2026-SB-4-{letter}", issue=issue, letter=letter)

    for address in ["/issues/2026-SB-4/", "/recommendations/"]:
        assert codes(client.get(address)) == ["2026-SB-4-i", "2026-SB-4-ii", "2026-SB-4-ix", "2026-SB-4-x"]


@pytest.mark.django_db
def test_the_admin_lists_codes_as_people_count(as_staff):
    for number in [10, 2, 3]:
        RecommendationFactory(code=f"2026-SB-{number}", issue__code=f"2026-SB-{number}")

    for model, column in [("recommendation", 0), ("issue", 1)]:  # here the first one is for ticking
        for order in ["", f"?o={column}"]:
            found = as_staff.get(f"/admin/recommendations/{model}/{order}").context["cl"].result_list
            assert [record.code for record in found] == ["2026-SB-2", "2026-SB-3", "2026-SB-10"]


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["2026-SB-3.2", "2026-ÑU-1", "2026-SB-4-a-ii"])
def test_every_code_is_an_address(client, code):
    recommendation = RecommendationFactory(code=code, issue__code=code)

    for address in [
        recommendation.get_absolute_url(),
        recommendation.issue.get_absolute_url(),
        f"/recommendations/{code}/cite.bib",
        f"/recommendations/{code}/badge.svg",
        f"/api/v1/recommendations/{code}/",
    ]:
        assert client.get(address).status_code == 200, address


@pytest.mark.django_db
def test_the_number_of_an_issue_is_text_as_printed():
    issue = IssueFactory(number="Recommendation 12, paragraph 3")

    issue.full_clean()
