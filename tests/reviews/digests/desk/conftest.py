"""A milestone, its news, and where tests of its digests go."""

import pytest

from tests.factories import MilestoneFactory, RecommendationFactory, WorkingGroupFactory, record


@pytest.fixture
def milestone():
    return MilestoneFactory(name_en="HLED 2030")


@pytest.fixture
def groups():
    return [WorkingGroupFactory(slug=slug) for slug in ("amiti", "smart-borders")]


@pytest.fixture
def news(groups):
    for group in groups:
        record(RecommendationFactory(group=group), what_en=f"News of {group.slug}.", what_es=f"Nota de {group.slug}.")


@pytest.fixture
def mail(sink):
    """The mail server, by another name."""
    return sink
