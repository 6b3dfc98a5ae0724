"""The form of a milestone: whom a change concerns, and the notices of it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from mail.delivery.deliver import deliver
from reviews.digests.models import Digest
from reviews.digests.pipeline.run import prepare
from reviews.models import Milestone
from tests.factories import MilestoneFactory
from tests.reading import text

from ..stages import fanned_out, planned
from .pages import LIST, address_of, page, pressed, readers, set_messages

pytestmark = pytest.mark.django_db(transaction=True)


def milestone_form(milestone, **changes) -> dict:
    milestone.refresh_from_db()
    names = ["kind", "name_en", "name_es", "slug", "starts_on", "ends_on", "precision", "state", "time_zone"]
    return {
        "series": milestone.series_id,
        **{name: getattr(milestone, name) for name in names},
        "confirms_mail": "on",
        "dates-TOTAL_FORMS": 0,
        "dates-INITIAL_FORMS": 0,
        **changes,
    }


def saved(client, milestone, **changes) -> str:
    """The page on which one is after saving the milestone's form."""
    address = reverse("admin:reviews_milestone_change", args=[milestone.pk])
    response = client.post(address, milestone_form(milestone, **changes), follow=True)
    assert response.redirect_chain
    return unescape(text(response))


NEW_DATE = {"starts_on": "2030-07-20", "ends_on": "2030-07-20"}


@pytest.fixture
def half_sent(milestone):
    """The digest 30 days before has reached 2 of 5 readers."""
    readers(milestone, 5)
    digest = fanned_out(milestone)
    set_messages(digest, "accepted", "accepted", "failed", "queued", "queued")
    return digest


def test_the_form_says_beforehand_whom_a_change_concerns(manager, milestone, half_sent):
    html = page(manager, reverse("admin:reviews_milestone_change", args=[milestone.pk]))

    assert "2 planned digests, for 5 people, move with a new date and are dropped with a cancellation." in html
    assert "The digest due 30 days before is being sent and will stop." in html
    assert "another edition follows for those who do not have it yet (3 people)" in html
    assert "2 people already have a digest for it, which is not repeated." in html
    assert "Send these 2 people a short notice of the new date or the cancellation" in html
    assert not re.search(r'<input[^>]*name="sends_notice"[^>]* checked', html)


def test_the_form_offers_no_notice_where_nobody_would_get_it(manager, milestone):
    readers(milestone, 5)
    planned(milestone)

    html = page(manager, reverse("admin:reviews_milestone_change", args=[milestone.pk]))

    assert "3 planned digests, for 5 people, move with a new date" in html
    assert "sends_notice" not in html
    saved(manager, milestone, **NEW_DATE, sends_notice="on")
    assert not Digest.objects.exclude(kind="digest").exists()


def test_the_form_says_when_nobody_is_concerned(manager):
    milestone = MilestoneFactory()

    html = page(manager, reverse("admin:reviews_milestone_change", args=[milestone.pk]))

    assert "No digest is planned, and none has been sent." in html


def test_a_new_date_is_saved_once_staff_know_whom_it_reaches_and_when(manager, milestone):
    readers(milestone, 2)
    address = reverse("admin:reviews_milestone_change", args=[milestone.pk])
    in_ten_days = timezone.localdate() + timedelta(days=10)
    fields = milestone_form(milestone, starts_on=in_ten_days, ends_on=in_ten_days)

    html = unescape(text(manager.post(address, fields | {"confirms_mail": ""})))

    assert re.search(
        "30 days before: its date, .+, has passed. The one closest to the milestone awaits your decision.", html
    )
    assert re.search("7 days before: on .+, to 2 people.", html)
    milestone.refresh_from_db()
    assert milestone.starts_on != in_ten_days
    assert manager.post(address, fields).status_code == 302
    milestone.refresh_from_db()
    assert milestone.starts_on == in_ten_days


def dated_in_ten_days() -> dict:
    """Changes of the form by which its digest of 30 days before comes too late."""
    day = timezone.localdate() + timedelta(days=10)
    return {"starts_on": day, "ends_on": day}


def test_who_has_saved_a_new_date_is_told_what_is_planned_and_what_waits_for_them(manager, milestone):
    html = saved(manager, milestone, **dated_in_ten_days())

    held, planned, _nearest = milestone.digests.order_by("-lead_days")
    assert (
        f'<a href="{address_of(held)}">30 days before</a>: Held: its sending date had passed when the date of the milestone became known'
        in html
    )
    assert re.search(rf'<a href="{address_of(planned)}">7 days before</a>: Planned, due \w+ \d+, ', html)
    assert "Held digests await your decision." in html


def test_who_has_saved_something_else_is_told_nothing_of_digests(manager, milestone):
    planned(milestone)
    assert "Its digests:" not in saved(manager, milestone, name_en="HLED V")


def test_who_has_cancelled_it_is_told_that_nothing_is_planned_any_more(manager, milestone):
    planned(milestone)
    assert "No digest is planned for it." in saved(manager, milestone, state="cancelled")
    assert set(milestone.digests.values_list("state", flat=True)) == {"cancelled"}


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


def test_a_day_that_is_given_needs_to_be_known_to_something(manager):
    milestone = MilestoneFactory(day=None, precision="unknown", state="tentative")
    address = reverse("admin:reviews_milestone_change", args=[milestone.pk])

    response = manager.post(address, milestone_form(milestone, starts_on="2030-07-20", ends_on=""))

    [(name, [error])] = response.context["adminform"].form.errors.items()
    assert (name, "A day is entered: choose how precisely it is known" in error) == ("precision", True)


def test_what_was_written_of_the_old_date_is_to_be_looked_at(manager, milestone):
    Milestone.objects.filter(pk=milestone.pk).update(note_en="No date is known.", checked_on="2026-07-02")
    kept = {"note_en": "No date is known.", "checked_on": "2026-07-02"}
    asked = "The date has changed; check whether these are still correct: note in English, date checked."

    assert asked.lower() in saved(manager, milestone, **NEW_DATE, **kept).lower()
    assert "still correct" not in saved(
        manager, milestone, starts_on="2030-07-22", ends_on="2030-07-22", note_en="Set.", checked_on="2026-07-04"
    )
    assert "still correct" not in saved(manager, milestone, name_en="HLED V", note_en="Set.", checked_on="2026-07-04")


def test_before_it_is_confirmed_too(manager, milestone):
    readers(milestone, 1)
    Milestone.objects.filter(pk=milestone.pk).update(note_en="No date is known.")
    address = reverse("admin:reviews_milestone_change", args=[milestone.pk])
    fields = milestone_form(milestone, **NEW_DATE, note_en="No date is known.", confirms_mail="")

    assert "check whether these are still correct" in text(manager.post(address, fields))


def test_its_history_tells_each_date_once(manager, milestone):
    saved(manager, milestone, **NEW_DATE, date_reason_en="A storm.")

    html = page(manager, reverse("admin:reviews_milestone_change", args=[milestone.pk]))

    history = html[html.index('id="dates-group"') :]
    assert [history.count(day) for day in ("July 1, 2030", "July 20, 2030")] == [1, 1]
    assert "A storm." in history


def test_other_changes_and_those_that_reach_nobody_need_no_second_look(manager, milestone):
    saved(manager, milestone, **NEW_DATE, confirms_mail="")
    readers(milestone, 2)
    saved(manager, milestone, name_en="HLED V", confirms_mail="")


def test_each_change_of_the_date_has_its_own_reason(manager, milestone):
    saved(manager, milestone, **NEW_DATE, date_reason_en="A storm.")
    saved(manager, milestone, name_en="HLED V")
    milestone.refresh_from_db()
    assert milestone.date_reason_en == "A storm."

    assert "A storm." not in page(manager, reverse("admin:reviews_milestone_change", args=[milestone.pk])).replace(
        "<p>A storm.</p>", ""
    )
    saved(manager, milestone, starts_on="2030-08-20", ends_on="2030-08-20")
    assert list(milestone.dates.values_list("reason_en", flat=True)) == ["", "A storm.", ""]


def test_an_editor_reads_whom_a_change_would_concern(editor, milestone, half_sent):
    html = page(editor, reverse("admin:reviews_milestone_change", args=[milestone.pk]))

    assert "2 people already have a digest for it" in html
    assert "sends_notice" not in html


@pytest.mark.parametrize(
    ("changes", "kind", "subject"),
    [
        (NEW_DATE, "date_changed", "New date: HLED 2030, July 20, 2030"),
        ({"state": "cancelled"}, "cancellation", "Canceled: HLED 2030"),
    ],
)
def test_a_notice_goes_to_those_who_have_a_digest(manager, milestone, half_sent, sink, changes, kind, subject):
    had = half_sent.deliveries.filter(message__state="accepted").values_list("subscription__email", flat=True)

    html = saved(manager, milestone, **changes, sends_notice="on")

    assert "The notice goes to 2 people within a minute." in html
    notice = Digest.objects.get(kind=kind)
    milestone.refresh_from_db()
    assert notice.milestone_revision == milestone.revision == 2
    prepare(timezone.now())
    assert deliver() == 2
    assert {mail.recipient for mail in sink.taken} == set(had)
    assert {mail.message["Subject"] for mail in sink.taken} == {subject}


def test_without_the_tick_nobody_is_told(manager, milestone, half_sent):
    saved(manager, milestone, **NEW_DATE)

    assert not Digest.objects.exclude(kind="digest").exists()


@pytest.mark.parametrize("changes", [{"name_en": "HLED V"}, {"state": "held"}, {"state": "tentative"}])
def test_a_notice_of_nothing_is_not_sent_and_the_page_says_so(manager, milestone, half_sent, changes):
    html = saved(manager, milestone, **changes, sends_notice="on")

    assert "No notice is sent: the date is unchanged, and the milestone is not canceled." in html
    assert not Digest.objects.exclude(kind="digest").exists()


def test_who_got_the_notice_of_cancellation_hears_when_it_is_on_again(manager, milestone, half_sent):
    saved(manager, milestone, state="cancelled", sends_notice="on")

    saved(manager, milestone, state="scheduled", sends_notice="on")

    assert Digest.objects.filter(kind="date_changed").count() == 1


def test_who_no_longer_wants_the_series_gets_no_notice_and_is_not_counted(manager, milestone, half_sent):
    half_sent.deliveries.filter(message__state="accepted").first().subscription.series.clear()

    assert "Send 1 person a short notice" in page(
        manager, reverse("admin:reviews_milestone_change", args=[milestone.pk])
    )
