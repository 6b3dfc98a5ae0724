"""The API as a whole: its index, and addresses that lead nowhere."""

import json

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client):
    def ask(address, status=200) -> dict:
        response = client.get(f"/api/v1/{address}", follow=True)
        assert response.status_code == status
        assert response["Content-Type"] == "application/json"
        assert response["Access-Control-Allow-Origin"] == "*"
        return json.loads(response.content)

    return ask


def test_the_index_leads_to_all_there_is(ask, client):
    found = ask("")

    assert list(found) == ["recommendations", "changes", "groups", "milestones", "status-definitions"]
    for address in found.values():
        assert client.get(address.removeprefix("https://tracker.example")).status_code == 200


@pytest.mark.parametrize("address", ["nonsense", "nonsense/", "recommendations/a/b/c/", "groups/borders/", "a%0Ab/"])
def test_an_address_that_leads_nowhere_says_so_in_json(ask, address):
    assert ask(address, 404) == {"error": "There is nothing at this address. /api/v1/ lists what there is."}


def test_an_address_without_its_last_slash_leads_on(ask):
    assert ask("milestones") == {"count": 0, "results": []}
