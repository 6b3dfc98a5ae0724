"""Subscribers from a file of staff: each line is imported, or named with the reason; nobody's own word is undone."""

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from mail.models import Message, Suppression
from reviews.digests.models import Subscription
from reviews.digests.subscribers.importing import import_subscriptions
from tests.accounts import signed_in
from tests.factories import SeriesFactory, SubscriptionFactory, WorkingGroupFactory
from tests.reading import text

from ..readers import body, letters

pytestmark = pytest.mark.django_db

HEADER = "email,language,series,groups,consent_on,consent_proof"
NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
ADDRESS = "/admin/digests/subscription/import/"


@pytest.fixture(autouse=True)
def series():
    return [SeriesFactory(slug="hled"), SeriesFactory(slug="nals")]


@pytest.fixture(autouse=True)
def groups():
    return [WorkingGroupFactory(slug="smart-borders"), WorkingGroupFactory(slug="amiti")]


def imported(*lines, header=HEADER, encoding="utf-8", end="\n"):
    return import_subscriptions(end.join([header, *lines]).encode(encoding), NOW)


def refused(*lines, **options) -> dict[int, str]:
    """Why each line was refused, by its number."""
    return {refusal.line: " ".join(refusal.reasons) for refusal in imported(*lines, **options).refused}


# Good lines


def test_whose_consent_is_proved_is_confirmed_as_of_that_day(series, groups):
    result = imported("ana@example.org,es,hled;nals,smart-borders,2026-01-31,Sheet 7 in the blue folder")

    ana = Subscription.objects.get()
    assert (result.confirmed, result.asked, result.refused) == ([ana], [], [])
    assert (ana.email, ana.language, ana.state) == ("ana@example.org", "es", "confirmed")
    assert (list(ana.series.all()), list(ana.groups.all())) == (series, groups[:1])
    assert (ana.consent_origin, ana.consent_proof) == ("import", "Sheet 7 in the blue folder")
    assert timezone.localtime(ana.confirmed_at).isoformat() == "2026-01-31T00:00:00-06:00"
    assert not ana.emails.exists()
    assert Subscription.objects.active().get() == ana


def test_the_others_are_asked_by_letter_and_not_told_that_they_asked(sink):
    result = imported("ana@example.org,en,hled,,,")

    ana = Subscription.objects.get()
    assert (result.confirmed, result.asked) == ([], [ana])
    assert (ana.state, ana.consent_origin, ana.confirmed_at) == ("pending", "import", None)
    assert not Subscription.objects.active().exists()
    [letter] = letters(sink, "ana@example.org")
    assert "/confirm/" in body(letter)
    assert "if you want them" in body(letter)


@pytest.mark.parametrize(
    "options",
    [
        {"encoding": "utf-8-sig"},
        {"end": "\r\n"},
        {"header": HEADER.upper()},
        {"header": " Email , Language,Series,Groups,Consent_On,Consent_Proof"},
        {"header": '"email","language","series","groups","consent_on","consent_proof"'},
    ],
)
def test_the_file_is_read_as_programs_write_it(options):
    assert len(imported("ana@example.org,EN, HLED ; nals,,2026-01-31,“José”", **options).confirmed) == 1

    assert Subscription.objects.get().series.count() == 2
    assert Subscription.objects.get().consent_proof == "“José”"


def test_the_cells_may_stand_between_semicolons():
    result = imported('ana@example.org;en;"hled;nals";;2026-01-31;"Yes, by phone"', header=HEADER.replace(",", ";"))

    [ana] = result.confirmed
    assert (ana.series.count(), ana.consent_proof) == (2, "Yes, by phone")


def test_the_columns_may_stand_in_any_order_and_those_that_are_not_needed_may_lack():
    assert len(imported("hled,ana@example.org,en", header="series,email,language").asked) == 1


def test_blank_lines_are_no_lines_and_short_ones_have_empty_cells():
    result = imported("", ",,,,,", "ana@example.org,en,hled", "")

    assert (len(result.asked), result.refused) == (1, [])


# Bad lines


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",en,hled,,,", "The e-mail address is missing or invalid."),
        ("ana,en,hled,,,", "The e-mail address is missing or invalid."),
        ("ana@méxico.example,en,hled,,,", "This address has characters that not every mail server accepts"),
        ("=?utf-8?q?ana?=@example.org,en,hled,,,", "This address has characters that not every mail server accepts"),
        ("ana@example.org,,hled,,,", "The language must be en or es."),
        ("ana@example.org,fr,hled,,,", "The language must be en or es."),
        ("ana@example.org,en,,,,", "No series is named."),
        ("ana@example.org,en,hled;usmca,,,", "“usmca” is not one of: hled, nals."),
        ("ana@example.org,en,hled,borders,,", "“borders” is not one of: amiti, smart-borders."),
        ("ana@example.org,en,hled,,2026-01-31,", "Give both consent_on and consent_proof, or neither"),
        ("ana@example.org,en,hled,,,Sheet 7", "Give both consent_on and consent_proof, or neither"),
        ("ana@example.org,en,hled,,31/01/2026,Sheet 7", "consent_on must be a date such as 2026-03-31."),
        ("ana@example.org,en,hled,,2026-11-23,Sheet 7", "consent_on is in the future."),
        (f"ana@example.org,en,hled,,2026-01-31,{'x' * 301}", "The proof of consent is too long."),
        ("ana@example.org,en,hled,,2026-01-31,Sheet 7,Box 2", "There are more cells than columns."),
    ],
)
def test_a_bad_line_is_named_with_its_reason_and_the_good_ones_are_imported(line, reason):
    reasons = refused("eva@example.org,en,hled,,,", line, "eli@example.org,en,hled,,,")

    assert list(reasons) == [3]
    assert reason in reasons[3]
    assert set(Subscription.objects.values_list("email", flat=True)) == {"eva@example.org", "eli@example.org"}


def test_all_that_is_wrong_in_a_line_is_said_at_once():
    [refusal] = imported("ana,fr,,,,").refused

    assert len(refusal.reasons) == 3


def test_lines_are_counted_as_an_editor_counts_them():
    reasons = refused("", 'ana@example.org,en,hled,,2026-01-31,"two\nlines"', "eva,en,hled,,,")

    assert list(reasons) == [5]


def test_an_address_that_is_there_twice_is_imported_once():
    reasons = refused("ana@example.org,en,hled,,,", "ANA@Example.org,es,nals,,,")

    assert reasons == {3: "This address already appears on line 2."}
    assert Subscription.objects.get().language == "en"


# Who is known


@pytest.mark.parametrize("state", ["pending", "confirmed"])
def test_who_has_a_subscription_keeps_it_as_it_is(state, series):
    when = timezone.now()
    before = SubscriptionFactory(email="Ana@example.org", state=state, confirmed_at=when, series=series[:1])

    reasons = refused("ana@Example.org,es,nals,,2026-01-31,Sheet 7")

    assert reasons == {2: "This address already has a subscription."}
    after = Subscription.objects.get()
    assert (after.state, after.language, after.confirmed_at) == (state, "en", when)
    assert not after.emails.exists()
    assert list(after.series.all()) == list(before.series.all()) == series[:1]


def test_who_has_stopped_them_is_not_brought_back():
    SubscriptionFactory(email="ana@example.org", state="unsubscribed", unsubscribed_at=timezone.now())

    reasons = refused("ana@example.org,en,hled,,2026-01-31,Sheet 7")

    assert reasons == {2: "This person has unsubscribed. Only they can subscribe again."}
    assert Subscription.objects.get().state == "unsubscribed"
    assert not Message.objects.exists()


def test_a_suppressed_address_is_refused():
    Suppression.objects.create(address="Ana@Example.org", reason="complaint")

    reasons = refused("ana@example.org,en,hled,,2026-01-31,Sheet 7")

    assert reasons == {2: "No mail may be sent to this address: it is suppressed."}
    assert not Subscription.objects.exists()


def test_the_same_file_imported_again_changes_nothing():
    lines = ["ana@example.org,en,hled,,2026-01-31,Sheet 7", "eva@example.org,en,hled,,,"]
    imported(*lines)
    before = list(Subscription.objects.values())

    assert list(refused(*lines)) == [2, 3]
    assert list(Subscription.objects.values()) == before


# Files that are no such table


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Missing: email, language, series."),
        (b"ana@example.org,en,hled", "Missing: email, language, series."),
        (b"email,language\nana@example.org,en", "Missing: series."),
        (b"email,language,series,consent_0n\n", "Unknown columns: consent_0n."),
        (b"email,language,series,email\n", "A column appears twice."),
        ("email,language,series\nañá@example.org,en,hled".encode("latin-1"), "The file is not in UTF-8."),
        ("email,language,series\n".encode("utf-16"), "The file is not in UTF-8."),
        (b"email,language,series\nana\0@example.org,en,hled", "The file is not a text file."),
        (b'email,language,series\nana@example.org,en,"' + b"x" * 200_000, "Line 2 cannot be read"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(content, reason):
    with pytest.raises(ValidationError) as refusal:
        import_subscriptions(content, NOW)

    assert reason in refusal.value.messages[0]
    assert not Subscription.objects.exists()


def test_the_number_of_queries_does_not_depend_on_the_number_of_lines(django_assert_max_num_queries):
    lines = [f"reader{n}@example.org,en,hled;nals,amiti,2026-01-31,Sheet {n}" for n in range(500)]

    with django_assert_max_num_queries(12):
        assert len(imported(*lines).confirmed) == 500


# The page


def upload(client, content, name="subscribers.csv"):
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, content.encode(), "text/csv")})


def test_staff_upload_a_file_and_read_what_came_of_it(as_staff):
    assert f'href="{ADDRESS}"' in text(as_staff.get("/admin/digests/subscription/"))
    assert "consent_proof" in text(as_staff.get(ADDRESS))

    lines = ["ana@example.org,en,hled,,2026-01-31,Sheet 7", "eva@example.org,en,hled,,,", "<b>,en,hled,,,"]
    page = text(upload(as_staff, "\n".join([HEADER, *lines])))

    assert "1 subscriber will get the digests." in page
    assert "1 will be asked by e-mail to confirm." in page
    assert "1 line was not imported." in page
    assert "<td>4</td><td>&lt;b&gt;</td><td>The e-mail address is missing or invalid." in page


def test_who_imported_them_stands_in_the_history_of_each(as_staff):
    upload(as_staff, f"{HEADER}\nana@example.org,en,hled,,2026-01-31,Sheet 7\neva@example.org,en,hled,,,")

    entries = LogEntry.objects.filter(change_message="Imported.", user_id=as_staff.session["_auth_user_id"])
    assert {entry.object_id for entry in entries} == {
        str(pk) for pk in Subscription.objects.values_list("pk", flat=True)
    }
    assert not [entry for entry in entries if "@" in entry.object_repr]


def test_a_file_that_cannot_be_read_is_refused_on_the_page(as_staff):
    assert "Missing: email, language, series." in text(upload(as_staff, "Some text"))
    assert "This field is required." in text(as_staff.post(ADDRESS))


def test_a_file_that_is_too_large_is_refused(as_staff):
    content = f"{HEADER}\nana@example.org,en,hled,,,\n"

    assert "larger than 2 MB" in text(upload(as_staff, content + "\n" * (2 * 1024 * 1024)))
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("Editors", 403), ("Managers", 200)])
def test_only_who_may_add_subscriptions_may_import(role, status):
    client = signed_in(role)

    assert client.get(ADDRESS).status_code == status
    assert upload(client, f"{HEADER}\nana@example.org,en,hled,,,").status_code == status
    assert Subscription.objects.exists() == (status == 200)


def test_strangers_are_sent_to_sign_in(client):
    assert upload(client, f"{HEADER}\nana@example.org,en,hled,,,")["Location"].startswith("/admin/login/")
    assert not Subscription.objects.exists()
