"""A digest says of itself which message about its milestone it is."""

import pytest

from tests.factories import MilestoneFactory

from ..stages import planned

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_digest_is_named_by_its_milestone_and_by_what_it_is():
    digest = planned(MilestoneFactory(name_en="HLED 2030"), 7)
    assert str(digest) == "HLED 2030, 7 days before"

    digest.edition = 2
    assert str(digest) == "HLED 2030, 7 days before, edition 2"
    digest.kind = "date_changed"
    assert str(digest) == "HLED 2030, Notice of a changed date"
