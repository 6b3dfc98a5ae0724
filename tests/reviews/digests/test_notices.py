"""Notices of what became of a milestone's date, to those who have a digest with the old one."""

import pytest

from mail.delivery.deliver import deliver
from reviews.digests.models import Digest
from reviews.digests.pipeline.notices import notice_for, notify
from reviews.digests.pipeline.run import prepare
from reviews.models import Milestone
from tests.factories import MilestoneFactory, SubscriptionFactory

from .stages import NOW, fanned_out

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def milestone(sink):
    """With a digest that its one reader has."""
    milestone = MilestoneFactory()
    SubscriptionFactory(series=[milestone.series], email="ada@example.org", language="en")
    fanned_out(milestone)
    assert deliver() == 1
    sink.taken.clear()
    return milestone


def change(milestone, **fields) -> Digest:
    """Change a milestone, and tell of it; the notice."""
    before = Milestone.objects.get(pk=milestone.pk)
    Milestone.objects.filter(pk=milestone.pk).update(**fields)
    after = Milestone.objects.get(pk=milestone.pk)
    return notify(after, notice_for(before, after), NOW)


def test_a_postponement_without_a_new_date_says_so(milestone, sink):
    change(milestone, state="postponed", precision="unknown", starts_on=None, ends_on=None)

    prepare(NOW)
    assert deliver() == 1
    [message] = sink.messages_to("ada@example.org")
    assert message["Subject"] == f"Postponed: {milestone}"
    for subtype in ("plain", "html"):
        body = message.get_body([subtype]).get_content()
        assert "It has been postponed; the new date is not known yet." in body
        assert "date not known" not in body


def test_a_notice_goes_no_further_when_the_milestone_changes_again(milestone, sink):
    first = change(milestone, state="cancelled")
    prepare(NOW)  # ready to be sent, and not sent yet
    change(milestone, state="scheduled")
    assert deliver() == 0  # also before the next tick

    prepare(NOW)
    assert deliver() == 1
    first.refresh_from_db()
    assert (first.state, first.state_reason) == ("cancelled", "changed_again")
    assert set(first.batch.messages.values_list("state", flat=True)) == {"cancelled"}
