"""A milestone, with a document that was prepared for it."""

from datetime import date

import pytest

from tests.factories import DocumentFactory, MilestoneFactory, RecommendationFactory


@pytest.fixture
def paper():
    return DocumentFactory(title_en="The paper", title_es="El documento")


@pytest.fixture
def milestone(paper):
    milestone = MilestoneFactory(
        slug="meeting", name_en="Third meeting", name_es="Tercera reunión", day=date(2025, 9, 1), place_en="Washington"
    )
    milestone.documents.add(paper)
    return milestone


@pytest.fixture
def recommendation(paper):
    return RecommendationFactory(document=paper, code="2023-SB-1")
