"""What waits for staff is shown to those who can do something about it."""

from datetime import date

import pytest

from tests.accounts import signed_in
from tests.factories import MilestoneFactory, RecommendationFactory, record
from tests.reading import text

pytestmark = pytest.mark.django_db


def test_each_role_is_told_what_it_can_do_something_about(editor, manager):
    record(RecommendationFactory(), basis="public_source")
    MilestoneFactory(name_en="HLED 2024", day=date(2024, 1, 1))

    page = text(editor.get("/admin/"))
    assert "1 update from a public source to verify" in page
    assert "record the outcome" not in page
    assert "HLED 2024: its date has passed; record the outcome" in text(manager.get("/admin/"))
    assert "What needs attention</h2>" not in text(signed_in().get("/admin/"))
