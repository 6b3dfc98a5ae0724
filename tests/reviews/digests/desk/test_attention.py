"""What of the digests waits for staff, on the first page of the admin and above the list of digests."""

import pytest

from reviews.models import Milestone

from ..stages import planned
from .pages import LIST, address_of, dated_in_ten_days, page, pressed, saved

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_held_needs_attention_until_it_is_decided(manager, editor, milestone):
    saved(manager, milestone, **dated_in_ten_days())
    held = milestone.digests.get(lead_days=30)
    matter = f"{held}: Held: its sending date had passed when the date of the milestone became known"
    link = f'<a href="{address_of(held)}">'

    assert f"{link}{matter}" in page(manager, "/admin/")
    assert matter not in page(editor, "/admin/")
    assert f"{link}{held}</a>: Held: its sending date had passed" in page(manager, LIST)

    pressed(manager, held, "cancel")
    assert matter not in page(manager, "/admin/")
    assert "awaiting your decision" not in page(manager, LIST)


def test_what_is_held_of_a_milestone_that_is_over_needs_none(manager, milestone):
    digest = planned(milestone)
    pressed(manager, digest, "hold")
    assert f"{digest}: Held by staff" in page(manager, "/admin/")

    Milestone.objects.filter(pk=milestone.pk).update(starts_on="2024-01-01", ends_on="2024-01-01")

    assert "Held by staff" not in page(manager, "/admin/")
