"""A recommendation, and who reads of it."""

import pytest
from django.test import Client

from tests.accounts import signed_in
from tests.factories import RecommendationFactory
from tests.reading import text


@pytest.fixture
def read(client):
    """Opens a page that is there, and gives its HTML."""

    def read(address, browser=client):
        response = browser.get(address)
        assert response.status_code == 200, address
        return text(response)

    return read


@pytest.fixture
def as_member(db) -> Client:
    return signed_in(is_staff=False)


@pytest.fixture
def recommendation():
    return RecommendationFactory(code="2023-SB-1a")
