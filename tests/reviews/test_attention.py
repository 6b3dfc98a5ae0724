"""What of the milestones waits for staff, on the first page of the admin."""

from datetime import date

import pytest

from tests.factories import MilestoneFactory
from tests.reading import text

pytestmark = pytest.mark.django_db


def test_a_milestone_whose_day_is_over_waits_for_its_outcome(manager):
    MilestoneFactory(name_en="HLED 2024", day=date(2024, 1, 1))

    assert "HLED 2024: its date has passed; record the outcome" in text(manager.get("/admin/"))
