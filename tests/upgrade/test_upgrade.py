"""A database that commit 53c8c87 made and filled is migrated by the code of today, and serves as before.

README.md says what is in it. What is tied to the names of tables and columns is in facts.py.
"""

import re
from base64 import urlsafe_b64encode
from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.core.signing import Signer
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from recommendations.models import Recommendation, Update
from reviews.models import Milestone, Series
from tests.factories import record
from tests.reading import codes, text
from working_groups.models import Organization, User

from .databases import rows
from .facts import AFTER, BEFORE, SCHEMA

# The digests in the dump.
FROZEN, SENT, NOTICE, STOPPED, HELD, INTERRUPTED, WAITING_NOTICE = 3, 6, 7, 10, 11, 12, 13
FROZEN_IS_DUE_ON = date(2036, 6, 1)
# In their bodies, and in messages.
PLACE_OF_TOKEN, TOKEN = "@@TOKEN@@", re.compile(r"[\w-]{22}\.[\w-]{43}")


# Nothing is lost


@pytest.mark.parametrize("fact", BEFORE)
def test_what_was_there_is_there_as_it_was(restored, upgraded, fact):
    before = rows(restored, BEFORE[fact])

    assert before
    assert rows(upgraded, AFTER[fact]) == before


@pytest.mark.django_db
@pytest.mark.parametrize("part", SCHEMA)
def test_the_schema_is_that_of_a_new_database(upgraded, part):
    new = connection.settings_dict["NAME"]  # that of the tests: all migrations were applied to it when it was empty

    assert _without_casts(rows(upgraded, SCHEMA[part])) == _without_casts(rows(new, SCHEMA[part]))


def _without_casts(definitions) -> list[tuple]:
    """The same with no type casts and parentheses, which PostgreSQL writes in another way after a dump."""
    noise = re.compile(r"::(text|character varying|bpchar)(\(\d+\))?(\[\])?|[()\s]")
    return [tuple(noise.sub("", str(value)) for value in row) for row in definitions]


@pytest.mark.usefixtures("reading")
def test_nothing_is_left_to_migrate():
    call_command("migrate", check_unapplied=True)
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# The ledger


@pytest.mark.usefixtures("reading")
def test_every_status_is_the_one_that_the_ledger_gives():
    recommendations = Recommendation.objects.all()

    assert len(recommendations) > 30
    for recommendation in recommendations:
        in_force = recommendation.updates.filter(visibility="public", correction=None)
        last = in_force.order_by("-counts_from", "-pk").first()
        assert recommendation.last_update == last, recommendation.code
        assert recommendation.status == (last.status if last else "issued"), recommendation.code


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE recommendations_update SET what_en = 'Something else.'",
        "DELETE FROM recommendations_evidence",
        "TRUNCATE recommendations_update CASCADE",
    ],
)
def test_the_ledger_still_refuses_to_be_changed(change):
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="never"):
        cursor.execute(change)


@pytest.mark.usefixtures("writing")
def test_what_is_recorded_after_the_upgrade_shows_at_once():
    address = "/recommendations/?q=aqueduct&status=implemented"
    assert codes(Client().get(address)) == []

    recommendation = Recommendation.objects.get(code="2023-SB-1")
    record(recommendation, status="implemented", effective_on=date(2026, 7, 15), what_en="An aqueduct was opened.")

    assert codes(Client().get(address)) == ["2023-SB-1"]


@pytest.mark.usefixtures("writing")
def test_a_load_corrects_what_was_put_right_since_and_leaves_what_staff_have_done():
    by_staff = list(Update.objects.exclude(recorded_by=None).order_by("pk").values())
    of_the_release = list(Update.objects.exclude(import_key=None).order_by("pk").values())

    told = _load_data()

    rows_now = list(Update.objects.order_by("pk").values())
    assert [row for row in rows_now if row in of_the_release] == of_the_release
    assert [row for row in rows_now if row["recorded_by_id"]] == by_staff
    corrections = Update.objects.filter(import_key__contains="@").exclude(corrects=None)
    assert corrections.count() > 50
    assert not corrections.filter(reason_en="") | corrections.filter(reason_es="")
    # Found again although titles have changed: none of these counts as added by staff.
    assert "added by staff" not in told

    count = Update.objects.count()
    again = _load_data()
    assert Update.objects.count() == count
    for word in ["created", "updated", "corrected", "removed"]:
        assert word not in again


def _load_data() -> str:
    told = StringIO()
    call_command("load_data", stdout=told)
    return told.getvalue()


# The pages


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize("language", ["", "/es"])
def test_pages_open(language):
    addresses = [
        "/",
        "/recommendations/",
        "/recommendations/?group=digital-economy&open=true&as_of=2025-06-30",
        "/recommendations/?q=customs",
        "/recommendations/export.csv",
        "/recommendations/feed.atom",
        "/recommendations/2023-IE-4a/",
        "/recommendations/2023-SB-3c/",
        "/issues/2023-SB-3/",
        "/groups/smart-borders/",
        "/chapters/7/",
        "/documents/c26-2023/",
        "/milestones/",
        "/milestones/hled-4/",
        "/milestones.ics",
        "/changes/?since=2026-01-01&until=2026-06-30",
        "/digests/",
        f"/digests/{SENT}/",
        f"/digests/{NOTICE}/",
        f"/digests/{INTERRUPTED}/",
        "/subscribe/",
    ]

    answers = {address: Client().get(language + address).status_code for address in addresses}

    assert answers == dict.fromkeys(addresses, 200)


@pytest.mark.usefixtures("reading")
def test_texts_of_the_release_are_found_by_the_rules_of_today():
    assert len(codes(Client().get("/recommendations/?q=U.S."))) > 10  # which 53c8c87 did not find


@pytest.mark.usefixtures("reading")
def test_the_web_copy_of_a_sent_digest_has_all_its_news(restored):
    [[content]] = rows(restored, f"SELECT content FROM digests_digest WHERE id = {SENT}")
    page = text(Client().get(f"/digests/{SENT}/"))

    assert len(content["news"]) > 100
    for news in content["news"]:
        assert news["url"] in page
        assert all(source["url"].replace("&", "&amp;") in page for source in news["evidence"])


@pytest.mark.usefixtures("reading")
def test_a_correction_and_the_history_of_a_date_are_shown():
    assert "The source speaks of one part only." in text(Client().get("/recommendations/2023-IE-4a/"))
    milestone_page = text(Client().get("/milestones/hled-4/"))
    for reason in ("A month was announced.", "The day was announced.", "The meeting was put off."):
        assert reason in milestone_page


@pytest.mark.usefixtures("reading")
def test_each_sees_what_is_meant_for_them():
    for_members, for_staff = "Rehearsal: members were heard.", "Rehearsal: a call of the staff."
    seen = {}
    for username in (None, "mia", "ed"):
        reader = signed_in(username)
        page = text(reader.get("/recommendations/2023-DE-1/"))
        draft = reader.get("/recommendations/2026-DE-1/")
        seen[username] = (for_members in page, for_staff in page, draft.status_code)

    assert seen == {None: (False, False, 404), "mia": (True, False, 404), "ed": (True, True, 200)}


@pytest.mark.usefixtures("reading")
def test_the_admin_opens_with_what_was_there():
    client = signed_in("root")
    addresses = [reverse("admin:index")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses.append(reverse(f"{name}_changelist"))
        if existing := model.objects.order_by("-pk").first():
            addresses += [reverse(f"{name}_{page}", args=[existing.pk]) for page in ("change", "history")]
    for digest in (FROZEN, SENT, NOTICE, STOPPED, HELD, INTERRUPTED, WAITING_NOTICE):
        addresses.append(reverse("admin:digests_digest_change", args=[digest]))

    answers = {address: client.get(address, follow=True).status_code for address in addresses}

    assert answers == dict.fromkeys(addresses, 200)


@pytest.mark.usefixtures("reading")
def test_roles_are_what_they_were():
    assert signed_in("ed").get(reverse("admin:recommendations_update_add")).status_code == 200
    assert signed_in("ed").get(reverse("admin:digests_subscription_changelist")).status_code == 403
    assert signed_in("ana").get(reverse("admin:digests_subscription_changelist")).status_code == 200
    assert signed_in("mia").get(reverse("admin:index")).status_code == 302


def signed_in(username: str | None) -> Client:
    """A browser in which the account of this name is signed in, if one is given."""
    client = Client()
    if username:
        user = User.objects.get(username=username)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# The fixtures


def test_load_data_leaves_the_edits_of_staff_and_the_ledger_alone(restored, writing):
    call_command("load_data", stdout=StringIO())

    edited = Recommendation.objects.get(code="2023-SB-4a")
    assert edited.title_en == "A title that staff have edited"
    assert edited.summary_es == "Un resumen que el personal editó."
    assert edited.priority
    assert Organization.objects.filter(website="https://example.org/edited").count() == 1
    assert Milestone.objects.get(slug="usmca-joint-review-2026").note_en == "A note that staff have edited."
    assert Milestone.objects.get(slug="hled-4").starts_on == date(2036, 9, 15)
    assert Series.objects.get(slug="usmca-joint-review").needs_approval
    assert chapters_of("2023-SB-5", writing, AFTER) == chapters_of("2023-SB-5", restored, BEFORE)  # one is deleted
    for fact in ("updates", "evidence", "answers of addressees", "dates that milestones had"):
        found = rows(writing, AFTER[fact])
        assert [row for row in rows(restored, BEFORE[fact]) if row not in found] == []


def chapters_of(code, database, facts) -> list[int]:
    return [row[1] for row in rows(database, facts["links to chapters"]) if row[0] == code]


# The mail


def test_the_next_tick_sends_what_waited_and_nothing_again(restored, writing, sink, pass_a_minute):
    messages = rows(restored, BEFORE["messages of digests"])
    # One of them was under way when its worker was killed: it goes out once more, with the same Message-ID.
    waited = {(row[2], row[0]) for row in messages if row[5] in ("queued", "deferred", "sending")}
    to_be_notified = [row[2] for row in messages if row[1] == STOPPED and row[5] == "accepted"]
    about_subscriptions = [row[0] for row in rows(restored, BEFORE["messages about subscriptions that wait"])]

    pass_a_minute()

    sent = Counter((mail.recipient, mail.message_id) for mail in sink.taken)
    assert set(sent.values()) == {1}
    assert waited <= sent.keys()
    others = sent.keys() - waited
    assert not {message_id for _email, message_id in others} & {row[0] for row in messages}
    assert sorted(email for email, _message_id in others) == sorted(to_be_notified + about_subscriptions)


def test_the_next_tick_plans_nothing_twice_and_moves_only_what_was_under_way(restored, writing, sink, pass_a_minute):
    pass_a_minute()

    before = {row[0]: row for row in rows(restored, BEFORE["digests"])}
    after = {row[0]: row for row in rows(writing, AFTER["digests"])}
    changed = {pk for pk in before.keys() | after.keys() if before.get(pk) != after.get(pk)}
    assert changed == {INTERRUPTED, WAITING_NOTICE}
    assert {after[pk][7] for pk in changed} == {"sent"}
    assert rows(writing, AFTER["news of digests"]) == rows(restored, BEFORE["news of digests"])


def test_a_further_tick_does_nothing(writing, sink, pass_a_minute):
    pass_a_minute()
    facts = ["digests", "news of digests", "messages of digests", "subscriptions", "suppressed addresses"]
    before = [rows(writing, AFTER[fact]) for fact in facts]
    sink.taken.clear()

    pass_a_minute()

    assert sink.taken == []
    assert [rows(writing, AFTER[fact]) for fact in facts] == before


def test_what_was_frozen_leaves_as_it_was_frozen_to_each_reader_once(restored, writing, sink):
    bodies = {(row[1], *row[2]): row for row in rows(restored, BEFORE["bodies of digests"]) if row[0] == FROZEN}
    suppressed = {row[0] for row in rows(restored, BEFORE["suppressed addresses"])}
    readers = [
        row[2]
        for row in rows(restored, BEFORE["subscriptions"])
        if row[4] == "confirmed" and "usmca-joint-review" in row[11] and row[2].lower() not in suppressed
    ]

    for _evening in range(2):
        call_command("send_digests", on=FROZEN_IS_DUE_ON, stdout=StringIO())

    messages = [row for row in rows(writing, AFTER["messages of digests"]) if row[1] == FROZEN]
    assert sorted(row[2] for row in messages) == sorted(readers)
    sent = {mail.message_id: mail for mail in sink.taken}
    assert len(sent) == len(sink.taken)
    for message_id, _digest, email, language, groups, *_rest in messages:
        *_audience, subject, body, _html = bodies[language, *groups]
        mail = sent[message_id]
        assert (mail.recipient, mail.message["Subject"]) == (email, subject)
        words = mail.message.get_body(["plain"]).get_content().replace("\r\n", "\n")
        assert TOKEN.sub(PLACE_OF_TOKEN, words) == body


def test_the_links_in_old_messages_still_stop_the_mail(restored, writing):
    subscriptions = rows(restored, BEFORE["subscriptions"])
    key, email = next((row[1], row[2]) for row in subscriptions if row[4] == "confirmed")
    # As 53c8c87 signed it.
    token = Signer(salt="digests.subscription", sep=".").sign(urlsafe_b64encode(key.bytes).decode().rstrip("="))
    assert Client().get(f"/subscriptions/{token}/").status_code == 200

    Client(enforce_csrf_checks=True).post(f"/subscriptions/{token}/unsubscribe/", {"List-Unsubscribe": "One-Click"})

    states = {row[2]: row[4] for row in rows(writing, AFTER["subscriptions"])}
    assert states[email] == "unsubscribed"
