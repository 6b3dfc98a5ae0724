"""How staff confirm and correct rows of the ledger."""

import re
from datetime import date
from html import unescape

import pytest
from django.contrib.auth.models import Group

from recommendations.models import Update
from tests.accounts import signed_in
from tests.database import queries_of
from tests.factories import RecommendationFactory, record
from tests.reading import text

pytestmark = pytest.mark.django_db

ADD = "/admin/recommendations/update/add/"
CHANGELIST = "/admin/recommendations/recommendation/"
LEDGER = "/admin/recommendations/update/"
TO_VERIFY = f"{LEDGER}?to_verify=true"


@pytest.fixture
def sent_as_offered(editor):
    """Opens the form by a link, changes what is given, and sends it with all the rest as it was offered."""

    def sent_as_offered(address, **changes):
        page = text(editor.get(address))
        form = {
            name: unescape(value) for name, value in re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', page)
        }
        form |= {
            name: unescape(value).removeprefix("\n").removeprefix("\r\n")
            for name, value in re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)</textarea>', page)
        }
        for name, attributes, options in re.findall(r'<select name="([^"]+)"([^>]*)>(.*?)</select>', page, re.S):
            chosen = re.findall(r'value="([^"]*)" selected', options)
            form[name] = chosen if "multiple" in attributes else (chosen or [""])[0]
        form = {name: value for name, value in form.items() if "__prefix__" not in name and name != "_next"}
        return editor.post(address, form | changes)

    return sent_as_offered


def link(verb, update) -> str:
    return f"{ADD}?{verb}={update.pk}"


def unverified(recommendation, **fields) -> Update:
    return record(recommendation, **{"basis": "public_source"} | fields)


@pytest.mark.parametrize("basis", ["public_source", "reported"])
def test_a_row_is_confirmed_in_one_save(editor, sent_as_offered, recommendation, basis):
    earlier = unverified(
        recommendation,
        status="implemented",
        basis=basis,
        precision="month",
        what_en="A decree,\nin force.",
        evidence=[
            {"title": "Decree 12", "publisher": "Gazette", "url": "https://dof.example/12"},
            {
                "title": "Report",
                "publisher": "Agency",
                "url": "https://example.org/r",
                "published_on": date(2024, 4, 30),
            },
        ],
    )

    response = sent_as_offered(link("confirms", earlier))

    assert response["Location"] == f"{CHANGELIST}{recommendation.pk}/change/"
    confirmed = Update.objects.get(corrects=earlier)
    same = ["status", "previous_status", "effective_on", "precision", "counts_from", "what_es", "visibility"]
    assert [getattr(confirmed, name) for name in same] == [getattr(earlier, name) for name in same]
    assert (confirmed.basis, confirmed.is_confirmation) == ("verified", True)
    assert confirmed.what_en.split() == earlier.what_en.split()
    assert confirmed.recorded_by == response.wsgi_request.user
    sources = ["title", "publisher", "url", "published_on"]
    assert list(confirmed.evidence.values(*sources)) == list(earlier.evidence.values(*sources))
    recommendation.refresh_from_db()
    assert (recommendation.status, recommendation.last_update) == ("implemented", confirmed)


def test_what_is_confirmed_no_longer_waits(editor, sent_as_offered, recommendation):
    earlier = unverified(recommendation)
    unverified(recommendation, effective_on=date(2024, 6, 1))
    assert "2 updates from public sources to verify" in text(editor.get("/admin/"))
    assert "2 updates" in text(editor.get(TO_VERIFY))

    sent_as_offered(link("confirms", earlier))

    page = text(editor.get("/admin/"))
    assert "1 update from a public source to verify" in page
    assert f'href="{TO_VERIFY}"' in page
    page = text(editor.get(TO_VERIFY))
    assert "1 update" in page
    assert link("confirms", earlier) not in page


def test_confirmations_follow_one_another_down_the_list(sent_as_offered, recommendation):
    last, middle, first = (unverified(recommendation, effective_on=date(2024, month, 1)) for month in (1, 2, 3))

    assert sent_as_offered(link("confirms", middle), _next="Next")["Location"] == link("confirms", last)
    assert sent_as_offered(link("confirms", last), _next="Next")["Location"] == link("confirms", first)
    done = sent_as_offered(link("confirms", first), _next="Next")
    assert done["Location"] == f"{CHANGELIST}{recommendation.pk}/change/"


def test_confirming_what_a_later_row_of_the_same_day_has_overtaken_is_refused(sent_as_offered, recommendation):
    earlier = unverified(recommendation, status="in_progress")
    record(recommendation, status="implemented")

    response = sent_as_offered(link("confirms", earlier))

    assert "A later entry for the same day set a different status" in text(response)
    assert not Update.objects.filter(corrects=earlier).exists()


def test_a_row_is_corrected_from_what_it_says(editor, sent_as_offered, recommendation):
    wrong = unverified(recommendation, status="in_progress", what_en="Work began in May.")
    page = text(editor.get(link("corrects", wrong)))
    assert "Work began in May." in page
    assert f'<option value="{wrong.pk}" selected>' in page
    assert re.search(r'<fieldset class="module aligned "[^>]*>\s*<h2[^>]*>Moving backward, correcting', page)  # open

    refused = text(sent_as_offered(link("corrects", wrong), what_en="Work began in June."))
    assert "This field is required." in refused  # how is it known?
    assert "Explain why" in text(sent_as_offered(link("corrects", wrong), basis="verified"))
    assert not Update.objects.filter(corrects=wrong).exists()

    said = {"what_en": "Work began in June.", "basis": "verified", "reason_en": "Misread."}
    sent_as_offered(link("corrects", wrong), **said)

    correction = Update.objects.get(corrects=wrong)
    assert (correction.what_en, correction.is_confirmation) == ("Work began in June.", False)
    assert correction.evidence.get().url == wrong.evidence.get().url


def test_a_confirmation_of_what_was_superseded_names_the_same_successors(sent_as_offered, recommendation):
    successors = RecommendationFactory.create_batch(2)
    earlier = unverified(recommendation, status="superseded", successors=successors)

    sent_as_offered(link("confirms", earlier))

    confirmation = Update.objects.get(corrects=earlier)
    assert confirmation.is_confirmation
    assert set(confirmation.successors.all()) == set(successors)
    assert list(Update.objects.news()) == [earlier]


def test_other_successors_make_a_correction_of_a_confirmation(sent_as_offered, recommendation):
    first, second = RecommendationFactory.create_batch(2)
    earlier = unverified(recommendation, status="superseded", successors=[first])

    sent_as_offered(link("confirms", earlier), successors=[first.pk, second.pk])

    correction = Update.objects.get(corrects=earlier)
    assert not correction.is_confirmation
    assert list(Update.objects.news()) == [correction]


def test_words_that_are_changed_make_a_correction_of_a_confirmation(sent_as_offered, recommendation):
    earlier = unverified(recommendation)

    sent_as_offered(link("confirms", earlier), what_en="Something else happened.")

    assert not Update.objects.get(corrects=earlier).is_confirmation


def places(editor, update) -> list[str]:
    """Every page of the admin on which a row of the ledger can be confirmed or corrected."""
    addresses = [LEDGER, f"{CHANGELIST}{update.recommendation_id}/change/", f"{LEDGER}{update.pk}/change/"]
    return [text(editor.get(address)) for address in addresses]


def test_each_row_leads_to_what_may_be_done_with_it(editor, recommendation):
    update = unverified(recommendation)
    for page in places(editor, update):
        assert f'href="{link("confirms", update)}"' in page
        assert f'href="{link("corrects", update)}"' in page

    verified = record(recommendation, corrects=update, reason_en="Another date.")
    for page in places(editor, verified):
        assert link("confirms", verified) not in page
        assert f'href="{link("corrects", verified)}"' in page
    for page in places(editor, update):
        assert link("corrects", update) not in page  # another row stands in its place


def test_who_may_not_record_is_offered_nothing(recommendation):
    update = unverified(recommendation)
    editors, readers = Group.objects.get(name="Editors"), Group.objects.create(name="Readers")
    readers.permissions.set(editors.permissions.filter(codename__startswith="view_"))
    reader = signed_in("Readers")

    for page in places(reader, update):
        assert recommendation.code in page
        assert ADD not in page
    assert reader.get(link("confirms", update)).status_code == 403


def test_a_row_whose_place_is_taken_is_not_offered_again(editor, recommendation):
    update = unverified(recommendation)
    record(recommendation, corrects=update, reason_en="Another date.")

    response = editor.get(link("confirms", update), follow=True)

    assert response.redirect_chain[-1][0] == f"{CHANGELIST}{recommendation.pk}/change/"
    assert "That entry has already been replaced by another." in text(response)


def test_readers_see_that_a_row_was_verified_since_and_read_its_words_once(
    editor, sent_as_offered, recommendation, client
):
    sent_as_offered(link("confirms", unverified(recommendation)))

    assert "Something happened. (later verified)" in text(editor.get(f"{CHANGELIST}{recommendation.pk}/change/"))
    page = text(client.get("/recommendations/2023-SB-1a/"))
    assert page.count("Something happened.") == 1
    assert 'class="corrected"' not in page
    assert "Later verified:" in page
    assert "Confirms an earlier entry" in page


def test_the_list_asks_no_more_questions_for_more_rows(editor, recommendation):
    def read():
        editor.get(LEDGER)
        editor.get(f"{CHANGELIST}{recommendation.pk}/change/")

    def correct():
        return record(recommendation, corrects=unverified(recommendation), reason_en="Another date.")

    correct()
    few = queries_of(read)
    for _row in range(5):
        correct()

    assert queries_of(read) == few
