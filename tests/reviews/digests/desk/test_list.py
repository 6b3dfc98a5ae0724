"""The list of digests, and the outgoing mail above it."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from mail.delivery.deliver import deliver
from mail.models import MailControl
from mail.watch.heartbeat import JOBS, beat
from reviews.digests.models import Digest
from tests.database import queries_of
from tests.factories import MilestoneFactory, SeriesFactory
from tests.reading import text

from ..stages import fanned_out, planned
from .pages import LIST, address_of, page, pressed, readers, set_messages

pytestmark = pytest.mark.django_db(transaction=True)


# The list


def test_the_list_says_what_is_due_next_and_to_how_many(manager, milestone):
    readers(milestone, 3)
    readers(milestone, 1, state="pending", confirmed_at=None)
    readers(MilestoneFactory(day=date(2031, 1, 1)), 1)  # of another series
    planned(milestone)

    html = page(manager, LIST)

    due = "due on June 1, 2030, 09:00 (America/Mexico_City), to 3 people as of now."
    assert f"HLED 2030, 30 days before</a>: {due}" in html
    assert html.count(">to 3<") == 3  # a row for each lead time


def test_the_list_says_how_far_each_has_come_and_why_it_stands(manager, milestone):
    readers(milestone, 4)
    digest = fanned_out(milestone)
    set_messages(digest, "accepted", "accepted", "failed", "queued")
    pressed(manager, digest, "hold")

    html = page(manager, LIST)

    assert "2 of 4 sent, 1 failed" in html
    assert ">Held by staff<" in html


def test_what_is_held_or_cancelled_says_by_whom_or_why(manager, milestone):
    by_staff, cancelled, waits = (planned(milestone, days) for days in (30, 7, 1))
    pressed(manager, by_staff, "hold")
    pressed(manager, cancelled, "cancel")
    Digest.objects.filter(pk=waits.pk).update(state="held", state_reason="late_date")

    html = page(manager, LIST)

    for said in [
        "Held by staff",
        "Canceled by staff",
        "Held: its sending date had passed when the date of the milestone became known",
    ]:
        assert f">{said}<" in html


def test_what_may_still_leave_stands_first_soonest_first_and_then_the_rest_newest_first(manager, milestone):
    later = MilestoneFactory(name_en="NALS 2031", day=date(2031, 1, 1))
    for each in [milestone, later]:
        planned(each)
    for lead_days in (30, 7):
        pressed(manager, milestone.digests.get(lead_days=lead_days), "cancel")
    pressed(manager, later.digests.get(lead_days=7), "hold")

    assert labels(page(manager, LIST)) == [
        "HLED 2030, 1 day before",
        "NALS 2031, 30 days before",
        "NALS 2031, 7 days before",
        "NALS 2031, 1 day before",
        "HLED 2030, 7 days before",
        "HLED 2030, 30 days before",
    ]
    by_due_date = labels(page(manager, f"{LIST}?o=1"))
    assert by_due_date[:2] == ["HLED 2030, 30 days before", "HLED 2030, 7 days before"]


def labels(html) -> list[str]:
    return re.findall(r'<th class="field-title"><a [^>]*>([^<]*)</a>', html)


def test_the_list_says_when_each_was_sent_and_when_it_is_due_here_and_there(manager):
    milestone = MilestoneFactory(time_zone="Asia/Tokyo")
    digest = planned(milestone)
    moment = datetime(2030, 6, 1, 1, 30, tzinfo=UTC)
    Digest.objects.filter(pk=digest.pk).update(state="frozen", sent_at=moment, frozen_at=moment, content={})
    for state in ("sending", "sent"):
        Digest.objects.filter(pk=digest.pk).update(state=state)

    for address in [LIST, address_of(digest)]:
        html = page(manager, address)

        assert "June 1, 2030, 09:00 (Asia/Tokyo), May 31, 2030, 18:00 (America/Mexico_City)" in html
        assert ">May 31, 2030, 19:30 (America/Mexico_City)<" in html


def test_a_digest_is_named_by_its_milestone_and_by_what_it_is(milestone):
    digest = planned(milestone, 7)
    assert str(digest) == "HLED 2030, 7 days before"

    digest.edition = 2
    assert str(digest) == "HLED 2030, 7 days before, edition 2"
    digest.kind = "date_changed"
    assert str(digest) == "HLED 2030, Notice of a changed date"


def test_the_list_asks_no_more_questions_for_more_digests(manager):
    series = SeriesFactory()
    fanned_out(MilestoneFactory(series=series))
    few = queries_of(page, manager, LIST)
    for month in range(8, 13):
        planned(MilestoneFactory(series=series, day=date(2030, month, 1)))

    assert Digest.objects.count() == 18
    assert queries_of(page, manager, LIST) == few


# Outgoing mail


def test_a_manager_pauses_all_mail_and_resumes_it(manager, milestone, sink):
    readers(milestone, 1)
    fanned_out(milestone)

    html = set_to(manager, "pause")
    assert "Paused</b>: by staff (ana)." in html
    assert "Next" in html  # it is the list again
    assert deliver() == 0

    assert "Mail goes out on schedule." in set_to(manager, "resume")
    assert deliver() == 1


def set_to(client, verb) -> str:
    address = reverse("admin:mail_mailcontrol_set", args=[verb])
    return unescape(text(client.post(address, {"next": LIST}, follow=True)))


def test_the_list_says_until_when_the_mail_backs_off(manager):
    MailControl.objects.create(pk=1, resume_at=timezone.now() + timedelta(hours=1))

    assert "the mail server asked us to try again later" in page(manager, LIST)


def test_the_list_says_that_the_scheduler_does_not_run(manager):
    assert "The scheduler has never run" in page(manager, LIST)

    for job in JOBS:
        beat(job)
    assert "The scheduler has" not in page(manager, LIST)


def test_the_rate_is_set_in_the_one_row_that_there_is(manager):
    add = reverse("admin:mail_mailcontrol_add")
    manager.post(add, {"rate_per_minute": 30})

    assert MailControl.objects.get().pk == 1
    assert "At most 30 messages per minute." in page(manager, LIST)
    assert manager.get(add).status_code == 403
    change = reverse("admin:mail_mailcontrol_change", args=[1])
    manager.post(change, {"rate_per_minute": "", "is_paused": "on"})
    assert MailControl.objects.values_list("rate_per_minute", "is_paused").get() == (None, False)


def test_outgoing_mail_leads_straight_to_its_one_row(manager, editor):
    outgoing = reverse("admin:mail_mailcontrol_changelist")
    assert manager.get(outgoing)["Location"] == reverse("admin:mail_mailcontrol_add")

    MailControl.objects.create(pk=1)
    assert manager.get(outgoing)["Location"] == reverse("admin:mail_mailcontrol_change", args=[1])
    assert editor.get(outgoing).status_code == 403


def test_nobody_deletes_the_row_of_the_outgoing_mail(as_staff):
    MailControl.objects.create(pk=1)

    assert as_staff.post(reverse("admin:mail_mailcontrol_delete", args=[1]), {"post": "yes"}).status_code == 403
