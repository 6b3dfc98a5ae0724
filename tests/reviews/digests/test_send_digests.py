"""The command: what the scheduler does each minute, by hand; and what it would do."""

from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from reviews.digests.models import Digest
from reviews.models import Milestone
from tests.factories import MilestoneFactory, RecommendationFactory, SubscriptionFactory, record

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def milestone(sink):
    """In July 2030, with one reader and one update to tell."""
    milestone = MilestoneFactory(name_en="Joint review")
    SubscriptionFactory(series=[milestone.series], email="ada@example.org")
    record(RecommendationFactory(), what_en="A bridge opened.")
    return milestone


def send_digests(*arguments) -> str:
    out = StringIO()
    call_command("send_digests", *arguments, stdout=out)
    return out.getvalue()


def all_rows() -> dict:
    return {
        model: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.app_label != "pghistory"  # whose tables we do not use
    }


def test_it_sends_what_is_due_on_a_day_and_says_so(milestone, sink):
    out = send_digests("--on", "2030-06-01")

    assert "Joint review" in out
    assert "1 accepted" in out
    assert [mail.recipient for mail in sink.taken] == ["ada@example.org"]
    assert "A bridge opened." in sink.taken[0].message.get_body(["plain"]).get_content()
    assert milestone.digests.get(lead_days=30).state == "sent"


def test_on_a_day_it_is_that_day_where_the_milestone_is(sink):
    milestone = MilestoneFactory(time_zone="America/New_York", day=date(2030, 7, 1))
    SubscriptionFactory(series=[milestone.series])

    send_digests("--on", "2030-06-30")

    assert {mail.message["Subject"].split(":")[0] for mail in sink.taken} == {f"{milestone.name} in 1 day"}


def test_again_on_the_same_day_there_is_nothing_to_do(milestone, sink):
    send_digests("--on", "2030-06-01")

    assert "Nothing is due" in send_digests("--on", "2030-06-01")

    assert len(sink.taken) == 1


def test_the_day_before_nothing_is_due(milestone, sink):
    assert "Nothing is due" in send_digests("--on", "2030-05-31")

    assert sink.taken == []


def test_without_a_day_it_is_today(milestone, sink):
    assert "Nothing is due" in send_digests()

    assert Digest.objects.count() == 3
    assert sink.taken == []


def test_what_the_mail_server_puts_off_is_said(milestone, sink):
    sink.script["ada@example.org"] = ["450 4.2.1 Busy"]

    out = StringIO()

    with pytest.raises(CommandError, match="took nothing"):
        call_command("send_digests", "--on", "2030-06-01", stdout=out)

    assert "0 accepted" in out.getvalue()
    assert "1 left" in out.getvalue()


def test_a_dry_run_says_who_would_get_what_and_leaves_no_trace(milestone, sink):
    before = all_rows()

    out = send_digests("--dry-run", "--on", "2030-06-01")

    assert "Joint review" in out
    assert "1 subscriber" in out
    assert all_rows() == before
    assert sink.tried == []


def test_a_dry_run_foretells_what_then_happens(milestone, sink):
    foretold = send_digests("--dry-run", "--on", "2030-06-24").splitlines()
    send_digests("--on", "2030-06-24")

    assert milestone.digests.get(lead_days=7).state == "sent"
    assert milestone.digests.get(lead_days=30).state == "skipped"
    assert [line for line in foretold if "Joint review, 7 days before: " in line and "would go" in line]
    assert [line for line in foretold if "Joint review, 30 days before: " in line and "skipped" in line]


def test_a_dry_run_foretells_that_what_is_too_late_is_skipped(milestone, sink):
    send_digests("--on", "2030-06-24")

    out = send_digests("--dry-run", "--on", "2030-07-02")

    assert "would go" not in out
    assert "skipped" in out


def test_a_dry_run_counts_those_who_have_not_got_an_earlier_edition(milestone, sink):
    SubscriptionFactory(series=[milestone.series], email="bea@example.org")
    sink.script["bea@example.org"] = ["450 4.2.1 Busy"]
    send_digests("--on", "2030-06-01")
    Milestone.objects.filter(pk=milestone.pk).update(starts_on=date(2030, 7, 2), ends_on=date(2030, 7, 2))

    assert "edition 2: would go to 1 subscriber" in send_digests("--dry-run", "--on", "2030-06-02")


def test_in_production_readers_cannot_be_given_a_false_date(milestone, sink, settings):
    settings.PRODUCTION = True
    before = all_rows()

    with pytest.raises(CommandError, match="production"):
        send_digests("--on", "2030-06-01")

    assert all_rows() == before
    assert sink.tried == []


def test_in_production_a_dry_run_may_look_ahead(milestone, sink, settings):
    settings.PRODUCTION = True

    assert "1 subscriber" in send_digests("--dry-run", "--on", "2030-06-01")


def test_a_date_that_is_none_is_refused(milestone):
    with pytest.raises(CommandError):
        send_digests("--on", "1 June")


def test_dates_are_those_of_the_foundation(milestone, sink):
    """At the end of 1 June in Mexico City it is 2 June in Greenwich."""
    send_digests("--on", "2030-06-01")

    assert milestone.digests.get(lead_days=30).content["as_of"] == date(2030, 6, 1).isoformat()
