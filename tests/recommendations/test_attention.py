"""What of the ledger waits for staff, on the first page of the admin."""

import re
from datetime import date
from html import unescape

import pytest

from tests.accounts import signed_in
from tests.factories import RecommendationFactory, record
from tests.reading import text

pytestmark = pytest.mark.django_db


def test_what_is_not_verified_is_counted(editor, recommendation):
    record(recommendation, basis="public_source")

    assert "1 update from a public source to verify" in text(editor.get("/admin/"))


@pytest.mark.parametrize("role", ["Editors", "Managers"])
def test_the_first_page_leads_to_what_is_longest_without_an_update_first(role, recommendation):
    record(recommendation, effective_on=date(2024, 2, 1))
    record(RecommendationFactory(code="2023-SB-2"), effective_on=date(2024, 1, 1))
    record(RecommendationFactory(code="2023-SB-3"), effective_on=date(2024, 3, 1))
    client = signed_in(role)

    [address] = re.findall(r'href="([^"]*stale_days[^"]*)">3 open recommendations', text(client.get("/admin/")))

    rows = text(client.get(unescape(address)))
    assert re.findall(r'field-code_shown"><a [^>]*>([^<]*)<', rows) == [
        "2023-SB-2",
        "2023-SB-1a",
        "2023-SB-3",
    ]
