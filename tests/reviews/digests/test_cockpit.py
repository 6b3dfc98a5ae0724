"""What staff see of the digests in the admin, and what their buttons do; and what Editors may not."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reviews.digests.deliver import deliver
from reviews.digests.expand import expand
from reviews.digests.freeze import freeze
from reviews.digests.life import hold, release
from reviews.digests.message import build_message
from reviews.digests.models import Delivery, Digest, DigestNews, Outbox, Rendering
from reviews.digests.preview import INERT
from reviews.digests.render import TOKEN, render
from reviews.digests.run import prepare
from reviews.digests.tokens import subscription_for
from reviews.models import Milestone
from tests.factories import (
    MilestoneFactory,
    RecommendationFactory,
    SeriesFactory,
    SubscriptionFactory,
    UserFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import text

from .stages import NOW, expanded, frozen, planned

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/digests/digest/"
DELIVERIES = "/admin/digests/delivery/"
VERBS = ["hold", "release", "cancel", "retry"]


def sign_in(role, **fields) -> Client:
    user = UserFactory(is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def manager():
    return sign_in("Managers", username="ana", email="ana@example.org")


@pytest.fixture
def editor():
    return sign_in("Editors", email="ed@example.org")


@pytest.fixture
def milestone():
    return MilestoneFactory(name_en="HLED 2030")


def readers(milestone, count, **fields) -> list:
    return [SubscriptionFactory(series=[milestone.series], **fields) for _reader in range(count)]


def address_of(digest, tail="change") -> str:
    return reverse(f"admin:digests_digest_{tail}", args=[digest.pk])


def page(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return unescape(text(response))


def pressed(client, digest, verb) -> str:
    """The page on which one is after pressing a button."""
    return unescape(text(client.post(address_of(digest, verb), follow=True)))


def buttons(client, digest) -> set[str]:
    return {verb for verb in VERBS if f'action="{address_of(digest, verb)}"' in page(client, address_of(digest))}


def state_of(digest) -> tuple[str, str]:
    digest.refresh_from_db()
    return digest.state, digest.state_reason


def set_deliveries(digest, *states):
    """Bring the deliveries of a digest, in order, into these states."""
    now = timezone.now()
    values = {
        "accepted": {"smtp_code": 250, "finished_at": now},
        "failed": {"smtp_code": 550, "finished_at": now, "note": "address refused 5.1.1"},
        "unknown": {"unknowns": 2, "note": "SMTPServerDisconnected after DATA"},
        "deferred": {"smtp_code": 450, "note": "deferred 4.2.1"},
    }
    for pk, state in zip(digest.deliveries.order_by("pk").values_list("pk", flat=True), states, strict=True):
        Delivery.objects.filter(pk=pk).update(state=state, **values.get(state, {}))


def counted(html) -> dict[str, int]:
    """The numbers of deliveries by state that the page of a digest shows."""
    return {state: int(count) for state, count in re.findall(r'data-count="(\w+)">(\d+)<', html)}


# The list


def test_the_list_says_what_is_due_next_and_to_how_many(manager, milestone):
    readers(milestone, 3)
    readers(milestone, 1, state="pending", confirmed_at=None)
    readers(MilestoneFactory(day=date(2031, 1, 1)), 1)  # of another series
    planned(milestone)

    html = page(manager, LIST)

    due = "due on 1 June 2030, 09:00 (America/Mexico_City), to 3 people as of now."
    assert f"HLED 2030, 30 days before</a>: {due}" in html
    assert html.count(">to 3<") == 3  # a row for each lead time


def test_the_list_says_how_far_each_has_come_and_why_it_stands(manager, milestone):
    readers(milestone, 4)
    digest = expanded(milestone)
    set_deliveries(digest, "accepted", "accepted", "failed", "queued")
    pressed(manager, digest, "hold")

    html = page(manager, LIST)

    assert "2 of 4 sent, 1 failed" in html
    assert ">Held by staff<" in html


def test_what_is_held_or_cancelled_says_by_whom_or_why(manager, milestone):
    by_staff, cancelled, waits = (planned(milestone, days) for days in (30, 7, 1))
    pressed(manager, by_staff, "hold")
    pressed(manager, cancelled, "cancel")
    Digest.objects.filter(pk=waits.pk).update(state="held", state_reason="approval")

    html = page(manager, LIST)

    for said in ["Held by staff", "Cancelled by staff", "Held: waits for approval"]:
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
    return re.findall(r'<th class="field-label"><a [^>]*>([^<]*)</a>', html)


def test_the_list_says_when_each_was_sent_and_when_it_is_due_here_and_there(manager):
    milestone = MilestoneFactory(time_zone="Asia/Tokyo")
    digest = planned(milestone)
    moment = datetime(2030, 6, 1, 1, 30, tzinfo=UTC)
    Digest.objects.filter(pk=digest.pk).update(state="sent", sent_at=moment, frozen_at=moment, content={})

    for address in [LIST, address_of(digest)]:
        html = page(manager, address)

        assert "1 June 2030, 09:00 (Asia/Tokyo), 31 May 2030, 18:00 (America/Mexico_City)" in html
        assert ">31 May 2030, 19:30 (America/Mexico_City)<" in html


def test_a_digest_is_named_by_its_milestone_and_by_what_it_is(milestone):
    digest = planned(milestone, 7)
    assert str(digest) == "HLED 2030, 7 days before"

    digest.edition = 2
    assert str(digest) == "HLED 2030, 7 days before, edition 2"
    digest.kind = "date_changed"
    assert str(digest) == "HLED 2030, Notice of a changed date"


def test_the_list_asks_no_more_questions_for_more_digests(manager, django_assert_max_num_queries):
    def ask():
        with django_assert_max_num_queries(100) as asked:
            page(manager, LIST)
        return len(asked)

    series = SeriesFactory()
    expanded(MilestoneFactory(series=series))
    few = ask()
    for month in range(8, 13):
        planned(MilestoneFactory(series=series, day=date(2030, month, 1)))

    assert Digest.objects.count() == 18
    assert ask() == few


# Outgoing mail


def test_a_manager_pauses_all_mail_and_resumes_it(manager, milestone, sink):
    readers(milestone, 1)
    digest = expanded(milestone)

    html = unescape(text(manager.post(reverse("admin:digests_digest_outbox", args=["pause"]), follow=True)))
    assert "Paused</b>: by ana." in html
    assert deliver(digest.pk) == 0

    html = unescape(text(manager.post(reverse("admin:digests_digest_outbox", args=["resume"]), follow=True)))
    assert "Mail leaves as it is due." in html
    assert deliver(digest.pk) == 1


def test_the_list_says_until_when_the_mail_rests(manager):
    Outbox.objects.create(pk=1, resume_at=timezone.now() + timedelta(hours=1))

    assert "the mail server asked us to come back later" in page(manager, LIST)


def test_the_list_says_that_the_scheduler_does_not_run(manager):
    assert "The scheduler has never run" in page(manager, LIST)

    Outbox.objects.create(pk=1, ticked_at=timezone.now())
    assert "The scheduler has" not in page(manager, LIST)


def test_the_rate_is_set_in_the_one_row_that_there_is(manager):
    add = reverse("admin:digests_outbox_add")
    manager.post(add, {"rate_per_minute": 30})

    assert Outbox.objects.get().pk == 1
    assert "At most 30 messages a minute." in page(manager, LIST)
    assert manager.get(add).status_code == 403
    change = reverse("admin:digests_outbox_change", args=[1])
    manager.post(change, {"rate_per_minute": "", "is_paused": "on"})
    assert Outbox.objects.values_list("rate_per_minute", "is_paused").get() == (None, False)


def test_outgoing_mail_leads_straight_to_its_one_row(manager, editor):
    outgoing = reverse("admin:digests_outbox_changelist")
    assert manager.get(outgoing)["Location"] == reverse("admin:digests_outbox_add")

    Outbox.load()
    assert manager.get(outgoing)["Location"] == reverse("admin:digests_outbox_change", args=[1])
    assert editor.get(outgoing).status_code == 403


def test_nobody_deletes_the_row_of_the_outgoing_mail(as_staff):
    Outbox.load()

    assert as_staff.post(reverse("admin:digests_outbox_delete", args=[1]), {"post": "yes"}).status_code == 403


# The page of a digest


def test_the_page_of_a_digest_counts_its_deliveries_and_says_what_was_in_the_way(manager, milestone):
    readers(milestone, 6)
    digest = expanded(milestone)
    set_deliveries(digest, "accepted", "failed", "failed", "unknown", "deferred", "queued")

    html = page(manager, address_of(digest))

    assert counted(html) == {
        "queued": 1,
        "sending": 0,
        "accepted": 1,
        "deferred": 1,
        "failed": 2,
        "unknown": 1,
        "cancelled": 0,
    }
    assert '<progress value="3" max="6"' in html
    assert re.search(r"<td>address refused 5.1.1</td><td>550</td><td>2</td>", html)


def test_the_page_follows_while_a_digest_is_being_sent_and_no_longer(manager, milestone):
    readers(milestone, 2)
    digest = expanded(milestone)
    set_deliveries(digest, "accepted", "queued")
    address = address_of(digest, "progress")

    assert f'data-progress="{address}"' in page(manager, address_of(digest))
    answer = manager.get(address).json()
    assert (answer["state"], answer["finished"], answer["total"]) == ("sending", 1, 2)
    assert answer["counts"] == counted(page(manager, address_of(digest)))

    pressed(manager, digest, "hold")
    assert "data-progress" not in page(manager, address_of(digest))


def test_a_new_edition_names_those_that_it_replaces_and_whom_it_is_for(manager, milestone):
    readers(milestone, 3)
    first = expanded(milestone)
    set_deliveries(first, "accepted", "queued", "queued")
    type(milestone).objects.filter(pk=milestone.pk).update(starts_on=date(2030, 7, 20), ends_on=date(2030, 7, 20))
    prepare(NOW)
    second = Digest.objects.get(replaces=first)

    html = page(manager, address_of(second))

    assert f'<a href="{address_of(first)}">1</a> (Cancelled: the milestone has moved; a new edition follows)' in html
    assert "2 as of now" in html


def test_the_page_leads_to_the_site_only_where_there_is_a_page(manager, milestone):
    digest = planned(milestone)
    assert "View on site" not in page(manager, address_of(digest))

    readers(milestone, 2)
    prepare(NOW)
    assert "View on site" in page(manager, address_of(digest))

    set_deliveries(digest, "accepted", "queued")
    hold(digest.pk)
    assert "View on site" in page(manager, address_of(digest))


# Buttons


def test_a_planned_digest_is_held_released_and_cancelled(manager, milestone):
    digest = planned(milestone)
    assert buttons(manager, digest) == {"hold", "cancel"}

    assert "Held: nothing more of it leaves until it is released." in pressed(manager, digest, "hold")
    assert state_of(digest) == ("held", "staff")
    assert buttons(manager, digest) == {"release", "cancel"}

    assert "Released." in pressed(manager, digest, "release")
    assert state_of(digest) == ("planned", "")

    assert "Cancelled: nothing more of it leaves." in pressed(manager, digest, "cancel")
    assert state_of(digest) == ("cancelled", "staff")
    assert buttons(manager, digest) == set()


def test_nothing_of_a_digest_leaves_while_it_is_held(manager, milestone, sink):
    readers(milestone, 2)
    digest = expanded(milestone)

    pressed(manager, digest, "hold")
    assert deliver(digest.pk) == 0

    pressed(manager, digest, "release")
    assert deliver(digest.pk) == 2


def test_what_waits_for_approval_is_approved_with_a_button(manager):
    milestone = MilestoneFactory(series=SeriesFactory(needs_approval=True))
    readers(milestone, 1)
    digest = frozen(milestone)
    assert state_of(digest) == ("held", "approval")
    assert '<input type="submit" value="Approve">' in page(manager, address_of(digest))

    pressed(manager, digest, "release")

    assert state_of(digest) == ("frozen", "")
    assert digest.approved_at
    assert expand(digest.pk, "tracker.example", NOW) == 1


def test_cancelling_says_whom_it_concerns_and_ends_what_has_not_left(manager, milestone):
    readers(milestone, 3)
    digest = expanded(milestone)
    set_deliveries(digest, "accepted", "queued", "deferred")
    html = page(manager, address_of(digest))
    assert '<summary class="button">Cancel it for good</summary>' in html
    assert "2 people who have not got it yet never get it" in html

    pressed(manager, digest, "cancel")

    assert sorted(digest.deliveries.values_list("state", flat=True)) == ["accepted", "cancelled", "cancelled"]


def test_retrying_says_that_a_second_copy_may_arrive(manager, milestone, sink):
    readers(milestone, 4)
    digest = expanded(milestone)
    set_deliveries(digest, "accepted", "failed", "unknown", "queued")
    html = page(manager, address_of(digest))
    assert "2 are sent again. Of 1 it is unknown whether they arrived: their readers may get a second copy." in html

    assert "2 are queued again." in pressed(manager, digest, "retry")

    assert deliver(digest.pk) == 3
    assert "retry" not in buttons(manager, digest)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"starts_on": date(2030, 7, 2), "ends_on": date(2030, 7, 2)}, "The milestone has changed since"),
        ({"state": "cancelled"}, "The milestone has changed since"),
        ({"time_zone": "Pacific/Kiritimati"}, "its day is over"),
    ],
    ids=["moved", "off", "past"],
)
def test_what_is_no_longer_so_is_not_sent_again(manager, change, message):
    day = timezone.localdate(timezone=ZoneInfo("Etc/GMT+12"))  # over in Kiritimati, wherever the hour is now
    milestone = MilestoneFactory(day=day, time_zone="Etc/GMT+12")
    readers(milestone, 1)
    prepare(timezone.now())
    release(milestone.digests.get(state="held").pk, timezone.now())
    [pk] = prepare(timezone.now())
    digest = Digest.objects.get(pk=pk)
    set_deliveries(digest, "failed")
    Milestone.objects.filter(pk=milestone.pk).update(**change)

    assert message in pressed(manager, digest, "retry")
    assert digest.deliveries.get().state == "failed"


def test_a_button_pressed_too_late_changes_nothing_and_says_so(manager, milestone):
    digest = planned(milestone)
    pressed(manager, digest, "cancel")

    html = pressed(manager, digest, "hold")

    assert '<li class="error">It is too late for that: the digest is “Cancelled”.</li>' in html
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
    assert manager.get(reverse("admin:digests_digest_outbox", args=["pause"])).status_code == 405
    assert state_of(digest) == ("planned", "")


@pytest.mark.parametrize("verb", [*VERBS, "test"])
def test_a_post_from_another_site_is_refused(manager, milestone, verb):
    digest = planned(milestone)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = manager.cookies

    assert strict.post(address_of(digest, verb)).status_code == 403


# Preview


@pytest.fixture
def groups():
    return [WorkingGroupFactory(slug=slug) for slug in ("amiti", "smart-borders")]


@pytest.fixture
def news(groups):
    for group in groups:
        record(RecommendationFactory(group=group), what_en=f"News of {group.slug}.", what_es=f"Nota de {group.slug}.")


AUDIENCES = [
    ("en", []),
    ("es", ["smart-borders"]),
    ("es", ["smart-borders", "amiti"]),
]


@pytest.mark.parametrize(("language", "slugs"), AUDIENCES)
@pytest.mark.parametrize("is_rendered_before", [True, False])
def test_the_preview_is_what_is_sent(manager, milestone, news, language, slugs, is_rendered_before):
    digest = frozen(milestone)
    query = {"language": language, "groups": slugs}
    if is_rendered_before:
        render(digest, language, tuple(sorted(slugs)))
    html = page(manager, address_of(digest, "preview") + "?" + "&".join(f"{k}={v}" for k, v in pairs(query)))
    document = text(manager.get(address_of(digest, "document"), query))

    sent = render(digest, language, tuple(sorted(slugs)))
    assert document == sent.html.replace(TOKEN, INERT)
    assert sent.subject in html
    assert sent.text.replace(TOKEN, INERT) in html


def pairs(query):
    yield "language", query["language"]
    for slug in query["groups"]:
        yield "groups", slug


@pytest.mark.parametrize(("language", "slugs"), AUDIENCES)
def test_the_preview_of_a_planned_digest_is_what_freezing_now_would_make(manager, news, language, slugs):
    now = timezone.now()
    digest = planned(MilestoneFactory(day=timezone.localdate(now) + timedelta(days=40)), 30, now)

    document = text(manager.get(address_of(digest, "document"), {"language": language, "groups": slugs}))

    assert state_of(digest) == ("planned", "")
    assert digest.content is None
    assert not Rendering.objects.exists()
    assert not DigestNews.objects.exists()
    assert freeze(digest.pk, now)
    digest.refresh_from_db()
    assert document == render(digest, language, tuple(sorted(slugs))).html.replace(TOKEN, INERT)
    assert f"{'News of' if language == 'en' else 'Nota de'} smart-borders." in document


def test_the_preview_begins_with_all_groups_in_the_language_of_the_page(manager, milestone, news):
    digest = planned(milestone)

    document = f"/es{address_of(digest, 'document')}?language=es"

    html = page(manager, f"/es{address_of(digest, 'preview')}")

    assert "Nota de amiti." in html
    assert f'src="{document}"' in html


def test_the_preview_is_framed_by_our_own_page_and_runs_nothing(manager, milestone):
    digest = planned(milestone)
    preview = manager.get(address_of(digest, "preview"))
    document = manager.get(address_of(digest, "document"), {"language": "en"})

    assert "<iframe sandbox src=" in text(preview)
    assert "frame-src 'self'" in preview["Content-Security-Policy"]
    policy = dict(each.strip().split(" ", 1) for each in document["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
    }
    assert document["X-Frame-Options"] == "SAMEORIGIN"
    assert manager.get(address_of(digest))["X-Frame-Options"] == "DENY"


def test_what_was_never_made_and_will_not_be_has_no_preview(manager, milestone):
    digest = planned(milestone)
    pressed(manager, digest, "cancel")

    assert "There is nothing to show" in page(manager, address_of(digest, "preview"))
    assert manager.get(address_of(digest, "document"), {"language": "en"}).status_code == 404


@pytest.mark.parametrize("query", [{}, {"language": "fr"}, {"language": "en", "groups": "no-such-group"}])
def test_a_preview_for_nobody_is_not_found(manager, milestone, query):
    digest = planned(milestone)

    assert manager.get(address_of(digest, "document"), query).status_code == 404
    assert manager.get(address_of(digest, "preview"), query).status_code == 200


# Test to oneself


@pytest.fixture
def mail(sink, settings):
    """Django's own mail goes to the sink too."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return sink


def test_a_test_reaches_only_who_asks_for_it_and_is_recorded_nowhere(manager, milestone, news, mail):
    [reader] = readers(milestone, 1, language="es")
    digest = expanded(milestone)
    delivery = digest.deliveries.get()

    html = unescape(
        text(manager.post(address_of(digest, "test"), {"language": "es", "email": reader.email}, follow=True))
    )

    assert "The test went to ana@example.org." in html
    [sent] = mail.taken
    assert sent.recipient == sent.message["To"] == "ana@example.org"
    rendering = digest.renderings.get(language="es", groups=[])
    assert sent.message["Subject"].strip() == f"[Test] {rendering.subject}"  # a long one is folded at its start
    assert content_of(sent.message, "html") == rendering.html.replace(TOKEN, INERT).strip()
    assert content_of(sent.message, "plain") == rendering.text.replace(TOKEN, INERT).strip()
    assert digest.deliveries.get().attempts == delivery.attempts == 0


def content_of(message, subtype) -> str:
    return message.get_body([subtype]).get_content().replace("\r\n", "\n").strip()


def test_the_links_of_a_test_stop_nobodys_digests(manager, milestone, mail, client):
    readers(milestone, 1)
    digest = expanded(milestone)

    manager.post(address_of(digest, "test"), {"language": "en"})

    body = mail.taken[0].message.get_body(["plain"]).get_content()
    [token] = set(re.findall(r"/subscriptions/([^/]+)/", body))
    assert subscription_for(token) is None
    assert client.post(f"/subscriptions/{token}/unsubscribe/").status_code == 404
    assert TOKEN not in mail.taken[0].raw.decode()
    assert "List-Unsubscribe" not in mail.taken[0].message
    assert "List-Unsubscribe" in build_message(digest.deliveries.get()).decode()  # what the reader gets


def test_a_test_of_a_planned_digest_stores_nothing(manager, milestone, news, mail):
    digest = planned(milestone)

    manager.post(address_of(digest, "test"), {"language": "en", "groups": ["amiti"]})

    body = content_of(mail.taken[0].message, "plain")
    assert "News of amiti." in body
    assert "News of smart-borders." not in body
    assert not Rendering.objects.exists()


def test_an_account_without_an_address_gets_an_error(milestone, mail):
    client = sign_in("Managers")
    digest = planned(milestone)

    html = unescape(text(client.post(address_of(digest, "test"), {"language": "en"}, follow=True)))

    assert '<li class="error">Your account has no e-mail address.</li>' in html
    assert not mail.tried


def test_the_preview_leads_to_where_an_account_gets_its_address(milestone, manager):
    digest = planned(milestone)
    client = sign_in("Managers")
    account = reverse("admin:working_groups_user_change", args=[client.session["_auth_user_id"]])
    assert f'<a href="{account}">Give it one</a>' in page(client, address_of(digest, "preview"))

    Group.objects.get(name="Managers").permissions.remove(permission("change_user"))
    html = page(client, address_of(digest, "preview"))
    assert "Give it one" not in html
    assert "Whoever keeps the accounts can give it one." in html
    assert "to send a test to" not in page(manager, address_of(digest, "preview"))


def test_a_test_goes_only_where_mail_may_go_from_here(manager, milestone, mail, settings):
    settings.EMAIL_HOST, settings.MAIL_ALLOWLIST = "mail.example.org", ["*@example.com"]
    digest = planned(milestone)

    html = unescape(text(manager.post(address_of(digest, "test"), {"language": "en"}, follow=True)))

    assert "Your address is not on the list of those that may be mailed from here." in html
    assert not mail.tried


def test_the_page_says_that_the_mail_server_refused_a_test(manager, milestone, mail):
    mail.script["ana@example.org"] = ["550 5.1.1 No such user"]
    digest = planned(milestone)

    html = unescape(text(manager.post(address_of(digest, "test"), {"language": "en"}, follow=True)))

    assert "The mail server did not take it: SMTPRecipientsRefused." in html


# Failures


def test_the_page_leads_to_the_deliveries_that_failed(manager, milestone):
    readers(milestone, 3)
    digest = expanded(milestone)
    set_deliveries(digest, "failed", "accepted", "failed")
    address = f"{DELIVERIES}?digest={digest.pk}&state__exact=failed"
    assert f'href="{address}"' in page(manager, address_of(digest))

    html = page(manager, address)

    assert "2 deliveries" in html
    assert html.count("address refused 5.1.1") == 2
    assert html.count("@example.org") == 2


def test_what_stopped_a_digest_is_said_in_words(manager, milestone):
    readers(milestone, 1)
    digest = expanded(milestone)
    type(milestone).objects.filter(pk=milestone.pk).update(state="cancelled")
    prepare(NOW)

    for address in [address_of(digest), f"{DELIVERIES}?digest={digest.pk}"]:
        assert "the milestone is off, or has no date" in page(manager, address)


def test_addresses_are_for_those_who_may_see_subscriptions(editor, milestone):
    [reader] = readers(milestone, 1)
    expanded(milestone)
    Group.objects.get(name="Editors").permissions.add(permission("view_delivery"))
    delivery = Delivery.objects.get()

    assert "1 delivery" in page(editor, DELIVERIES)
    for address in [DELIVERIES, f"{DELIVERIES}{delivery.pk}/change/"]:
        assert reader.email not in page(editor, address)
    assert "0 deliveries" in page(editor, f"{DELIVERIES}?q={reader.email}")

    Group.objects.get(name="Editors").permissions.add(permission("view_subscription"))
    assert reader.email in page(editor, DELIVERIES)
    assert "1 delivery" in page(editor, f"{DELIVERIES}?q={reader.email}")


def permission(codename):
    return Group.objects.get(name="Managers").permissions.get(codename=codename)


# Editors


def test_an_editor_sees_digests_and_their_preview_and_has_no_buttons(editor, milestone, news):
    digest = planned(milestone)

    html = page(editor, LIST) + page(editor, address_of(digest)) + page(editor, address_of(digest, "preview"))

    assert "News of amiti." in html
    assert re.findall(r'<form[^>]* action="([^"]*)"', html) == ["/admin/logout/"] * 3
    assert DELIVERIES not in html


def test_an_editor_changes_nothing(editor, milestone, mail):
    digest = planned(milestone)

    refused = [editor.post(address_of(digest, verb), {"language": "en"}).status_code for verb in [*VERBS, "test"]]
    refused.append(editor.post(reverse("admin:digests_digest_outbox", args=["pause"])).status_code)
    refused.append(editor.get(reverse("admin:digests_outbox_add")).status_code)

    assert set(refused) == {403}
    assert state_of(digest) == ("planned", "")
    assert not mail.tried
    assert not Outbox.objects.exists()


@pytest.mark.parametrize("tail", ["change", "progress", "preview", "document"])
def test_who_is_not_staff_sees_nothing(client, milestone, tail):
    digest = planned(milestone)

    assert client.get(address_of(digest, tail)).status_code == 302


# A milestone that changes


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
    digest = expanded(milestone)
    set_deliveries(digest, "accepted", "accepted", "failed", "queued", "queued")
    return digest


def test_the_form_says_beforehand_whom_a_change_concerns(manager, milestone, half_sent):
    html = page(manager, reverse("admin:reviews_milestone_change", args=[milestone.pk]))

    assert "2 planned digests, for 5 people, follow a new date and end with a cancellation." in html
    assert "The digest of 30 days before is under way and stops." in html
    assert "another edition follows for those who have not got it yet (3 people)" in html
    assert "2 people have a digest of it already, which is not repeated." in html
    assert "Send these 2 people a short notice of the new date, or of the cancellation" in html
    assert not re.search(r'<input[^>]*name="sends_notice"[^>]* checked', html)


def test_the_form_offers_no_notice_where_nobody_would_get_it(manager, milestone):
    readers(milestone, 5)
    planned(milestone)

    html = page(manager, reverse("admin:reviews_milestone_change", args=[milestone.pk]))

    assert "3 planned digests, for 5 people, follow a new date" in html
    assert "sends_notice" not in html
    saved(manager, milestone, **NEW_DATE, sends_notice="on")
    assert not Digest.objects.exclude(kind="digest").exists()


def test_the_form_says_when_nobody_is_concerned(manager):
    milestone = MilestoneFactory()

    html = page(manager, reverse("admin:reviews_milestone_change", args=[milestone.pk]))

    assert "No digest is planned, and nobody has been sent one." in html


def test_a_new_date_is_saved_once_staff_know_whom_it_reaches_and_when(manager, milestone):
    readers(milestone, 2)
    address = reverse("admin:reviews_milestone_change", args=[milestone.pk])
    in_ten_days = timezone.localdate() + timedelta(days=10)
    fields = milestone_form(milestone, starts_on=in_ten_days, ends_on=in_ten_days)

    html = unescape(text(manager.post(address, fields | {"confirms_mail": ""})))

    assert re.search("30 days before: its day, .+, is past. The nearest such digest waits for your decision.", html)
    assert re.search("7 days before: on .+, to 2 people.", html)
    milestone.refresh_from_db()
    assert milestone.starts_on != in_ten_days
    assert manager.post(address, fields).status_code == 302
    milestone.refresh_from_db()
    assert milestone.starts_on == in_ten_days


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

    assert "2 people have a digest of it already" in html
    assert "sends_notice" not in html


@pytest.mark.parametrize(
    ("changes", "kind", "subject"),
    [
        (NEW_DATE, "date_changed", "New date: HLED 2030, 20 July 2030"),
        ({"state": "cancelled"}, "cancellation", "HLED 2030 is cancelled"),
    ],
)
def test_a_notice_goes_to_those_who_have_a_digest(manager, milestone, half_sent, sink, changes, kind, subject):
    had = half_sent.deliveries.filter(state="accepted").values_list("subscription__email", flat=True)

    html = saved(manager, milestone, **changes, sends_notice="on")

    assert "The notice goes to 2 people with the next minute." in html
    notice = Digest.objects.get(kind=kind)
    milestone.refresh_from_db()
    assert notice.milestone_revision == milestone.revision == 2
    prepare(timezone.now())
    assert deliver(notice.pk) == 2
    assert {mail.recipient for mail in sink.taken} == set(had)
    assert {mail.message["Subject"] for mail in sink.taken} == {subject}


def test_without_the_tick_nobody_is_told(manager, milestone, half_sent):
    saved(manager, milestone, **NEW_DATE)

    assert not Digest.objects.exclude(kind="digest").exists()


@pytest.mark.parametrize("changes", [{"name_en": "HLED V"}, {"state": "held"}, {"state": "tentative"}])
def test_a_notice_of_nothing_is_not_sent_and_the_page_says_so(manager, milestone, half_sent, changes):
    html = saved(manager, milestone, **changes, sends_notice="on")

    assert "No notice is sent: the date is the same, and the milestone is not cancelled." in html
    assert not Digest.objects.exclude(kind="digest").exists()


def test_who_got_the_notice_of_cancellation_hears_when_it_is_on_again(manager, milestone, half_sent):
    saved(manager, milestone, state="cancelled", sends_notice="on")

    saved(manager, milestone, state="scheduled", sends_notice="on")

    assert Digest.objects.filter(kind="date_changed").count() == 1


def test_who_no_longer_wants_the_series_gets_no_notice_and_is_not_counted(manager, milestone, half_sent):
    half_sent.deliveries.filter(state="accepted").first().subscription.series.clear()

    assert "Send this 1 person a short notice" in page(
        manager, reverse("admin:reviews_milestone_change", args=[milestone.pk])
    )
