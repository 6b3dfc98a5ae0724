"""What the buttons of a digest do, and for whom they are not."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from mail.delivery.deliver import deliver
from mail.models import Message
from reviews.digests.models import Digest
from reviews.digests.pipeline.fan_out import fan_out
from reviews.digests.pipeline.run import prepare
from reviews.digests.pipeline.staff import release
from reviews.models import Milestone
from tests.factories import MilestoneFactory, SeriesFactory

from ..stages import NOW, fanned_out, frozen, planned
from .pages import LIST, MESSAGES, VERBS, address_of, page, pressed, readers, set_messages, state_of

pytestmark = pytest.mark.django_db(transaction=True)


def buttons(client, digest) -> set[str]:
    return {verb for verb in VERBS if f'action="{address_of(digest, verb)}"' in page(client, address_of(digest))}


def test_a_planned_digest_is_held_released_and_cancelled(manager, milestone):
    digest = planned(milestone)
    assert buttons(manager, digest) == {"hold", "cancel"}

    assert "Held: no more of it is sent until it is released." in pressed(manager, digest, "hold")
    assert state_of(digest) == ("held", "staff")
    assert buttons(manager, digest) == {"release", "cancel"}

    assert "Released." in pressed(manager, digest, "release")
    assert state_of(digest) == ("planned", "")

    assert "Canceled: no more of it is sent." in pressed(manager, digest, "cancel")
    assert state_of(digest) == ("cancelled", "staff")
    assert buttons(manager, digest) == set()


def test_release_says_when_it_leaves(manager, milestone):
    overdue, early = planned(milestone, 30), planned(milestone, 7)
    Digest.objects.filter(pk=overdue.pk).update(due_at=timezone.now())
    for digest in (overdue, early):
        pressed(manager, digest, "hold")

    assert "It is due: it will be sent within a minute, to 0 people" in page(manager, address_of(overdue))
    assert "not before it is due" in page(manager, address_of(early))


@pytest.mark.parametrize(("hours", "is_told"), [(3, True), (23, True), (24 * 7, False)])
def test_release_says_that_the_next_one_follows_within_a_day(manager, milestone, hours, is_told):
    late, nearer = planned(milestone, 30), planned(milestone, 7)
    now = timezone.now()
    Digest.objects.filter(pk=late.pk).update(due_at=now - timedelta(days=20))
    Digest.objects.filter(pk=nearer.pk).update(due_at=now + timedelta(hours=hours))
    pressed(manager, late, "hold")

    said = "Another digest for this milestone, “7 days before”, is due on "
    assert (said in page(manager, address_of(late))) == is_told
    pressed(manager, nearer, "cancel")
    assert said not in page(manager, address_of(late))


def test_nothing_of_a_digest_leaves_while_it_is_held(manager, milestone, sink):
    readers(milestone, 2)
    digest = fanned_out(milestone)

    pressed(manager, digest, "hold")
    assert deliver() == 0

    pressed(manager, digest, "release")
    assert deliver() == 2


def test_what_waits_for_approval_is_approved_with_a_button(manager):
    milestone = MilestoneFactory(series=SeriesFactory(needs_approval=True))
    readers(milestone, 1)
    digest = frozen(milestone)
    assert state_of(digest) == ("held", "approval")
    assert buttons(manager, digest) == {"approve", "cancel"}

    assert "Approved." in pressed(manager, digest, "approve")

    assert state_of(digest) == ("frozen", "")
    assert digest.approved_at
    assert fan_out(digest.pk, NOW) == 1


def test_cancelling_says_whom_it_concerns_and_ends_what_has_not_left(manager, milestone):
    readers(milestone, 3)
    digest = fanned_out(milestone)
    set_messages(digest, "accepted", "queued", "deferred")
    html = page(manager, address_of(digest))
    assert '<summary class="button">Cancel it permanently</summary>' in html
    assert "2 people who do not have it yet will never get it" in html

    pressed(manager, digest, "cancel")

    assert sorted(digest.batch.messages.values_list("state", flat=True)) == ["accepted", "cancelled", "cancelled"]


def test_retrying_says_that_a_second_copy_may_arrive(manager, milestone, sink):
    readers(milestone, 4)
    digest = fanned_out(milestone)
    set_messages(digest, "accepted", "failed", "unknown", "queued")
    html = page(manager, address_of(digest))
    assert (
        "2 will be sent again. For 1 of them, it is not known whether they arrived: those readers may get a second copy."
        in html
    )

    assert "2 queued again." in pressed(manager, digest, "retry")

    assert deliver() == 3
    assert "retry" not in buttons(manager, digest)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"starts_on": date(2030, 7, 2), "ends_on": date(2030, 7, 2)}, "The milestone has changed since"),
        ({"state": "cancelled"}, "The milestone has changed since"),
        ({"time_zone": "Pacific/Kiritimati"}, "its date has passed"),
    ],
    ids=["moved", "off", "past"],
)
def test_what_is_no_longer_so_is_not_sent_again(manager, change, message):
    day = timezone.localdate(timezone=ZoneInfo("Etc/GMT+12"))  # over in Kiritimati, wherever the hour is now
    milestone = MilestoneFactory(day=day, time_zone="Etc/GMT+12")
    readers(milestone, 1)
    prepare(timezone.now())
    release(milestone.digests.get(state="held").pk)
    [pk] = prepare(timezone.now())
    digest = Digest.objects.get(pk=pk)
    set_messages(digest, "failed")
    assert "retry" in buttons(manager, digest)
    Milestone.objects.filter(pk=milestone.pk).update(**change)

    assert "retry" not in buttons(manager, digest)
    # Who had the page open before presses it still.
    assert message in pressed(manager, digest, "retry")
    assert digest.deliveries.get().message.state == "failed"


def test_a_button_pressed_too_late_changes_nothing_and_says_so(manager, milestone):
    digest = planned(milestone)
    pressed(manager, digest, "cancel")

    html = pressed(manager, digest, "hold")

    assert '<li class="error">It is too late for that: the digest is “Canceled”.</li>' in html
    assert state_of(digest) == ("cancelled", "staff")


def test_the_history_says_who_pressed_what(manager, milestone):
    digest = planned(milestone)

    pressed(manager, digest, "hold")

    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_id) == ("ana", str(digest.pk))
    assert "Held" in entry.get_change_message()


@pytest.mark.parametrize("verb", [*VERBS, "test"])
def test_nothing_changes_by_following_a_link(manager, milestone, verb):
    digest = planned(milestone)

    assert manager.get(address_of(digest, verb)).status_code == 405
    assert state_of(digest) == ("planned", "")


@pytest.mark.parametrize("verb", [*VERBS, "test"])
def test_a_post_from_another_site_is_refused(manager, milestone, verb):
    digest = planned(milestone)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = manager.cookies

    assert strict.post(address_of(digest, verb)).status_code == 403


# Editors


def test_an_editor_sees_digests_and_their_preview_and_has_no_buttons(editor, milestone, news):
    digest = planned(milestone)

    html = page(editor, LIST) + page(editor, address_of(digest)) + page(editor, address_of(digest, "preview"))

    assert "News of amiti." in html
    assert re.findall(r'<form[^>]* action="([^"]*)"', html) == ["/admin/logout/"] * 3
    assert MESSAGES not in html


def test_an_editor_changes_nothing(editor, milestone, mail):
    digest = planned(milestone)

    refused = [editor.post(address_of(digest, verb), {"language": "en"}).status_code for verb in [*VERBS, "test"]]

    assert set(refused) == {403}
    assert state_of(digest) == ("planned", "")
    assert not mail.tried
    assert not Message.objects.exists()


@pytest.mark.parametrize("tail", ["change", "progress", "preview", "document"])
def test_who_is_not_staff_sees_nothing(client, milestone, tail):
    digest = planned(milestone)

    assert client.get(address_of(digest, tail)).status_code == 302
