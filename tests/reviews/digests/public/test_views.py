"""What was sent, as everybody may read it: the web copy, the archive and the feed."""

import re
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest

from mail.delivery.deliver import deliver
from reviews.digests.models import DigestKind
from reviews.digests.pipeline.notices import notify
from reviews.digests.pipeline.run import prepare
from reviews.digests.pipeline.staff import cancel, hold, release
from reviews.models import Milestone
from tests.factories import (
    DocumentFactory,
    MilestoneFactory,
    RecommendationFactory,
    SubscriptionFactory,
    TopicFactory,
    record,
)
from tests.reading import text, texts

from ..stages import LATER, NOW, fanned_out, frozen, planned

pytestmark = pytest.mark.django_db(transaction=True)

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def milestone():
    return MilestoneFactory(name_en="Summit", name_es="Cumbre", series__slug="nals")


def entries(client, address) -> list[ElementTree.Element]:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(response.content).findall(f"{ATOM}entry")


def test_the_web_copy_shows_all_news_and_all_that_is_open(client, milestone):
    told = [record(RecommendationFactory(), what_en=f"Event {n}.") for n in range(8)]
    digest = fanned_out(milestone)

    page = text(client.get(f"/digests/{digest.pk}/"))

    for update in told:
        assert update.what_en in page
        assert page.count(f"/recommendations/{update.recommendation.code}/") == 2  # among the news, and as open


@pytest.mark.parametrize(
    ("lead_days", "now", "subject", "totals"),
    [
        (
            30,
            NOW,
            "Summit in 30 days: 1 update",
            ["1 update", "The first digest of this series: everything on record.", "as of June 1, 2030"],
        ),
        (7, LATER, "Summit in 7 days: no news", ["No updates since June 1, 2030.", "as of June 24, 2030"]),
    ],
)
def test_the_web_copy_has_the_subject_and_the_totals_of_the_message(client, milestone, lead_days, now, subject, totals):
    MilestoneFactory(series=milestone.series, name_en="First summit", day=date(2025, 1, 1), state="held")
    recommendation = RecommendationFactory()
    RecommendationFactory(document=recommendation.document, group=recommendation.group)
    record(recommendation, effective_on=date(2024, 1, 1))
    first = fanned_out(milestone)
    digest = first if lead_days == first.lead_days else fanned_out(milestone, lead_days, now)

    message = digest.renderings.get(language="en", groups=[])
    page = re.sub("</?b>", "", text(client.get(f"/digests/{digest.pk}/")))

    assert message.subject.startswith(subject)
    assert f"<h1>{message.subject}</h1>" in page
    for words in [
        *totals,
        "2 still open, of 2 recommendations",
        "Since First summit (January 1, 2025): nothing changed.",
    ]:
        assert words in page
        assert words in " ".join(message.text.split())


def test_the_web_copy_leads_to_all_digests_of_its_series_and_to_its_milestone(client, milestone):
    page = text(client.get(f"/digests/{fanned_out(milestone).pk}/"))

    assert 'href="/digests/?series=nals"' in page
    assert f'<a href="/milestones/{milestone.slug}/">Summit</a>, July 1, 2030' in page


def test_the_web_copy_has_a_card_for_those_with_whom_it_is_shared(client, milestone):
    page = text(client.get(f"/digests/{fanned_out(milestone).pk}/"))

    assert '<meta property="og:title" content="Summit in 30 days:' in page


def test_the_web_copy_marks_what_the_message_marks(client, milestone):
    unverified = record(RecommendationFactory(), what_en="A hint.", basis="public_source")
    record(RecommendationFactory(), what_en="A fact.", basis="verified")
    corrected = record(RecommendationFactory(), what_en="A slip.")
    digest = fanned_out(milestone)
    page = text(client.get(f"/digests/{digest.pk}/"))
    rows = {what: page.split(f"<p>{what}</p>")[0].split("<li")[-1] for what in ("A hint.", "A fact.", "A slip.")}

    assert unverified.recommendation.code in rows["A hint."]
    assert "not yet verified by staff" in rows["A hint."]
    assert "verified by staff" not in rows["A fact."] + rows["A slip."]
    assert "Correction" not in texts(page, "main .tag")

    record(corrected.recommendation, what_en="As it was.", corrects=corrected, reason_en="A slip.")
    later = fanned_out(milestone, 7, LATER)
    page = text(client.get(f"/digests/{later.pk}/"))
    assert "Correction" in page.split("<p>As it was.</p>")[0].split("<li")[-1]


def test_the_web_copy_says_that_the_message_shows_less(client, milestone):
    page = text(client.get(f"/digests/{fanned_out(milestone).pk}/"))

    assert "The full digest, as of June 1, 2030 and unchanged since." in page


def test_the_web_copy_says_what_is_in_english_only(client, milestone):
    recommendation = RecommendationFactory()
    record(recommendation, status="implemented", what_en="A law.", what_es="Una ley.")
    record(recommendation, status="in_progress", what_en="A step back.", what_es="", reason_en="A ruling.")
    digest = fanned_out(milestone)

    page = text(client.get(f"/es/digests/{digest.pk}/"))

    assert '<p lang="en">A step back.</p>' in page
    assert '<span lang="en">A ruling.</span>' in page
    assert "<p>Una ley.</p>" in page


def test_a_digest_that_has_not_left_yet_cannot_be_read(client, milestone):
    digest = frozen(milestone)

    assert client.get(f"/digests/{digest.pk}/").status_code == 404
    assert entries(client, "/digests/feed.atom") == []


@pytest.mark.parametrize("verb", [hold, cancel])
def test_what_somebody_has_can_be_read_also_when_the_rest_is_stopped(client, milestone, sink, verb):
    for _ in range(2):
        SubscriptionFactory(series=[milestone.series])
    digest = fanned_out(milestone)
    assert deliver(seconds=0) == 1

    verb(digest.pk)

    assert client.get(f"/digests/{digest.pk}/").status_code == 200
    assert f"/digests/{digest.pk}/" in text(client.get("/digests/"))
    assert len(entries(client, "/digests/feed.atom")) == 1


def test_what_was_stopped_before_anybody_had_it_cannot_be_read(client, milestone):
    SubscriptionFactory(series=[milestone.series])
    digest = fanned_out(milestone)

    hold(digest.pk)

    assert client.get(f"/digests/{digest.pk}/").status_code == 404


@pytest.mark.parametrize("nonsense", ["%0b", "%EF%BF%BF"])
def test_a_series_that_cannot_be_is_unknown(client, milestone, nonsense):
    fanned_out(milestone)

    assert client.get(f"/digests/?series={nonsense}").status_code == 404
    assert entries(client, f"/digests/feed.atom?series={nonsense}") == []


def test_the_feed_does_without_what_xml_cannot_say(client):
    milestone = MilestoneFactory(name_en="The\x0bsummit", series__slug="nals", series__name_en="The \x1ftalks")
    fanned_out(milestone)

    [entry] = entries(client, "/digests/feed.atom?series=nals")

    assert entry.findtext(f"{ATOM}title").startswith("The summit")


def test_the_page_of_a_milestone_names_its_notices_by_their_kind(client, milestone):
    SubscriptionFactory(series=[milestone.series])
    fanned_out(milestone)
    Milestone.objects.filter(pk=milestone.pk).update(state="cancelled")
    notice = notify(Milestone.objects.get(pk=milestone.pk), DigestKind.CANCELLATION, NOW)
    prepare(NOW)

    page = text(client.get(f"/milestones/{milestone.slug}/"))

    assert f'<a href="/digests/{notice.pk}/">Notice of cancellation</a>' in page
    assert "0 days before" not in page.replace("30 days before", "")


def test_a_late_digest_is_listed_by_the_days_that_were_left(client, milestone):
    now = datetime(2030, 6, 24, 14, tzinfo=UTC)
    milestone.dates.update(set_on=date(2030, 6, 24))  # a week before
    late = planned(milestone, 30, now)
    assert late.status_label == "Held: its sending date had passed when the date of the milestone became known"
    release(late.pk)
    prepare(now)

    for address in ["/digests/", milestone.get_absolute_url(), "/digests/feed.atom"]:
        page = text(client.get(address))
        assert "7 days before" in page
        assert "30 days before" not in page


def test_the_page_of_a_milestone_says_when_its_next_digest_is_planned(client, milestone):
    frozen(milestone)

    assert "The next digest for it is planned for June 24, 2030." in text(client.get(f"/milestones/{milestone.slug}/"))


@pytest.mark.parametrize(
    ("milestone", "words"),
    [
        ({"state": "held", "day": date(2025, 1, 1)}, "No digest was sent for it."),
        ({"state": "cancelled"}, "No digest was sent for it."),
        ({"state": "scheduled"}, "No digest has been sent for it so far."),
        ({"state": "postponed"}, "Digests will be sent for it once its date is known."),
        (
            {"state": "tentative", "precision": "unknown", "day": None},
            "Digests will be sent for it once its date is known.",
        ),
        (
            {"state": "tentative", "precision": "year", "starts_on": date(2030, 1, 1), "ends_on": date(2030, 12, 31)},
            "Digests will be sent for it once its date is known.",
        ),
    ],
)
def test_the_page_of_a_milestone_says_why_there_is_no_digest(client, milestone, words):
    page = text(client.get(MilestoneFactory(**milestone).get_absolute_url()))

    assert re.search(r"<h2>Digests</h2>\s*<p>([^<]+?)<a", page)[1].strip() == words


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"state": "cancelled"}, DigestKind.CANCELLATION, "It has been canceled."),
        (
            {"state": "postponed", "precision": "unknown", "starts_on": None, "ends_on": None},
            DigestKind.DATE_CHANGED,
            "It has been postponed; the new date is not known yet.",
        ),
    ],
    ids=["cancelled", "postponed"],
)
def test_a_notice_has_a_web_copy_too(client, milestone, change, kind, words):
    SubscriptionFactory(series=[milestone.series])
    fanned_out(milestone)
    Milestone.objects.filter(pk=milestone.pk).update(**change)
    notice = notify(Milestone.objects.get(pk=milestone.pk), kind, NOW)
    prepare(NOW)

    assert words in text(client.get(f"/digests/{notice.pk}/"))
    assert client.get(f"/es/digests/{notice.pk}/").status_code == 200
    assert len(entries(client, "/digests/feed.atom")) == 1  # the digest was stopped before anybody had it


def test_the_web_copy_shows_the_first_five_of_each_list_and_folds_the_others(client, milestone):
    document = DocumentFactory()
    milestone.documents.add(document)
    topic = TopicFactory(document=document)
    for recommendation in RecommendationFactory.create_batch(7, issue__topic=topic):
        record(recommendation, effective_on=date(2026, 1, 1))
    digest = fanned_out(milestone)

    page = text(client.get(f"/digests/{digest.pk}/"))

    assert texts(page, "details summary")[-2:] == ["and 2 more updates", "and 2 more recommendations"]
    assert len(texts(page, "section > .timeline > li")) == 5
    assert len(texts(page, "details > .timeline > li")) == 2


def test_the_archive_names_each_digest_by_its_subject(client, milestone):
    digest = fanned_out(milestone)

    [heading] = texts(text(client.get(f"/digests/{digest.pk}/")), "h1")

    assert texts(text(client.get("/digests/")), ".sent a") == [heading]


def test_the_archive_and_the_feed_can_be_narrowed_to_a_series(client, milestone):
    here, elsewhere = fanned_out(milestone), fanned_out(MilestoneFactory(series__slug="hled"))

    page = text(client.get("/digests/?series=nals"))
    assert f"/digests/{here.pk}/" in page
    assert f"/digests/{elsewhere.pk}/" not in page
    assert 'href="/digests/feed.atom?series=nals"' in page
    assert client.get("/digests/?series=unknown").status_code == 404

    assert len(entries(client, "/digests/feed.atom")) == 2
    [entry] = entries(client, "/es/digests/feed.atom?series=nals")
    assert entry.find(f"{ATOM}link").get("href").endswith(f"/es/digests/{here.pk}/")
    assert "Cumbre" in entry.findtext(f"{ATOM}title")
