"""The list as an Atom feed: the public rows of the ledger about what the list shows, the newest first."""

from datetime import date, datetime
from xml.etree import ElementTree as ET

import pytest

from recommendations.models import Update
from tests.database import as_if_recorded
from tests.factories import DocumentFactory, RecommendationFactory, WorkingGroupFactory, record
from tests.reading import text, texts

pytestmark = pytest.mark.django_db

FEED = "/recommendations/feed.atom"
ATOM = {"atom": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def read(client):
    """Reads the feed of a list; gives its root."""

    def read(query="", prefix=""):
        response = client.get(f"{prefix}{FEED}?{query}")
        assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
        return ET.fromstring(response.content)

    return read


@pytest.fixture
def recommendation():
    return RecommendationFactory(
        code="2023-SB-1",
        title_en="Modern customs",
        title_es="Aduanas modernas",
        issue__topic__group=WorkingGroupFactory(slug="smart-borders", name_en="Smart Borders"),
    )


def entries(feed) -> list[ET.Element]:
    return feed.findall("atom:entry", ATOM)


def said(element, name) -> str:
    return element.findtext(f"atom:{name}", namespaces=ATOM)


def ids(feed) -> list[int]:
    """The primary keys of the updates that a feed tells of."""
    return [int(said(entry, "id").rpartition("-")[2]) for entry in entries(feed)]


def links(element) -> dict[str, str]:
    return {each.get("rel"): each.get("href") for each in element.findall("atom:link", ATOM)}


def test_an_entry_says_what_happened_with_its_source(recommendation, read):
    update = record(
        recommendation,
        status="in_progress",
        effective_on=date(2024, 5, 1),
        what_en="Work has <begun>.",
        basis="verified",
    )
    [entry] = entries(read())

    assert said(entry, "title") == "2023-SB-1 Modern customs: In progress"
    assert said(entry, "id") == f"https://tracker.example/recommendations/2023-SB-1/#update-{update.pk}"
    assert links(entry) == {"alternate": said(entry, "id")}
    update.refresh_from_db()
    assert datetime.fromisoformat(said(entry, "updated")) == update.recorded_at
    summary = said(entry, "summary")
    assert texts(summary, "p, li") == [
        "May 1, 2024: Issued → In progress",
        "Work has <begun>.",
        "A source, A gazette",
        "Verified by staff",
    ]
    assert '<a href="https://example.org/source">' in summary


def test_the_spanish_feed_is_in_spanish(recommendation, read):
    record(recommendation, status="in_progress", what_es="La obra empezó.")
    feed = read(prefix="/es")
    [entry] = entries(feed)

    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "es"
    assert said(entry, "title").startswith("2023-SB-1 Aduanas modernas")
    assert "La obra empezó." in said(entry, "summary")
    assert said(entry, "id").startswith("https://tracker.example/es/recommendations/2023-SB-1/")


def test_what_was_recorded_last_comes_first_whenever_it_happened(recommendation, read):
    recorded = [record(recommendation, effective_on=date(year, 1, 1)).pk for year in (2025, 2024, 2026)]

    assert ids(read()) == recorded[::-1]


def test_a_feed_has_pages_of_fifty_each_with_the_address_of_the_next(recommendation, read):
    recorded = [record(recommendation).pk for _update in range(52)]
    for update in Update.objects.all():
        as_if_recorded(update, days_ago=8)
    first = read("group=smart-borders&sort=newest")
    address = links(first)["next"]
    second = read(address.partition("?")[2])

    assert address == f"https://tracker.example{FEED}?group=smart-borders&before={recorded[2]}"
    assert (ids(first), ids(second)) == (recorded[:1:-1], recorded[1::-1])
    assert "next" not in links(second)
    assert said(first, "id") == said(second, "id")
    assert links(second)["self"] == address


def test_a_feed_holds_all_of_the_last_seven_days(recommendation, read):
    recorded = [record(recommendation).pk for _update in range(52)]

    assert ids(read()) == recorded[::-1]


def test_a_page_that_is_none_is_said(client):
    assert client.get(f"{FEED}?before=yesterday").status_code == 400


@pytest.mark.parametrize("query", ["status=in_progress", "open=true", "open=true&group=smart-borders"])
def test_who_follows_what_is_open_hears_how_it_closed(recommendation, read, query):
    begun = record(recommendation, status="in_progress", effective_on=date(2024, 1, 1))
    done = record(recommendation, status="implemented", effective_on=date(2024, 2, 1))
    record(recommendation, effective_on=date(2024, 3, 1))

    assert ids(read(query)) == [done.pk, begun.pk]


def test_who_follows_what_is_closed_hears_of_that_alone(recommendation, read):
    record(recommendation, status="in_progress", effective_on=date(2024, 1, 1))
    done = record(recommendation, status="implemented", effective_on=date(2024, 2, 1))

    assert ids(read("open=false")) == [done.pk]


def test_a_late_entry_is_in_the_feed(recommendation, read):
    record(recommendation, status="in_progress", effective_on=date(2025, 1, 1))
    late = record(recommendation, effective_on=date(2024, 1, 1))

    assert ids(read())[0] == late.pk


def test_ids_and_times_stay_when_more_is_recorded(recommendation, read):
    record(recommendation)
    [before] = entries(read())
    record(recommendation)
    after = entries(read())[1]

    assert [said(before, name) for name in ["id", "updated"]] == [said(after, name) for name in ["id", "updated"]]


def test_a_feed_follows_the_filters_of_its_list(recommendation, read):
    mine = record(recommendation)
    record(RecommendationFactory(title_en="Another"))

    for query in ["group=smart-borders", "q=customs", "group=smart-borders&status=issued&q=modern"]:
        assert ids(read(query)) == [mine.pk]
    assert ids(read("group=smart-borders&open=false")) == []


def test_a_feed_has_one_address_whatever_its_list_was_sorted_by(recommendation, read):
    feed = read("sort=newest&group=smart-borders&page=2&rows=compact&utm_source=mail")

    assert links(feed) == {
        "alternate": "https://tracker.example/recommendations/?group=smart-borders",
        "self": "https://tracker.example/recommendations/feed.atom?group=smart-borders",
    }
    assert said(feed, "id") == links(feed)["alternate"]
    assert said(feed, "subtitle") == "Group: Smart Borders"
    assert feed.findtext("atom:author/atom:name", namespaces=ATOM)


def test_the_feed_of_a_past_day_has_what_had_happened(recommendation, read):
    early = record(recommendation, effective_on=date(2024, 1, 1))
    record(recommendation, effective_on=date(2025, 1, 1))

    assert ids(read("as_of=2024-06-01")) == [early.pk]


def test_a_correction_is_an_entry_and_takes_the_place_of_what_it_corrects(recommendation, read):
    first = record(recommendation, what_en="It was done.")
    second = record(recommendation, what_en="It was begun.", corrects=first, reason_en="A mistake.")
    [correction] = entries(read())

    assert ids(read()) == [second.pk]
    assert "Corrects an earlier entry" in said(correction, "summary")
    assert "Reason: <span>A mistake.</span>" in said(correction, "summary")


def test_a_confirmation_is_no_second_entry(recommendation, read):
    first = record(recommendation, basis="public_source")
    record(recommendation, corrects=first, reason_en="Checked.")

    assert ids(read()) == [first.pk]


def test_a_correction_of_what_was_confirmed_is_the_only_entry(recommendation, read):
    first = record(recommendation, basis="public_source")
    confirmation = record(recommendation, corrects=first, reason_en="Checked.")
    correction = record(recommendation, corrects=confirmation, reason_en="Not so.", what_en="Nothing happened.")

    assert ids(read()) == [correction.pk]


@pytest.mark.parametrize("visibility", ["members", "staff"])
def test_what_is_not_public_is_in_no_feed_whoever_asks(recommendation, client, as_staff, visibility):
    record(recommendation, what_en="A secret note.", visibility=visibility)
    hidden = RecommendationFactory(
        document=DocumentFactory(slug="draft", visibility=visibility), title_en="A secret draft"
    )
    record(hidden)

    for reader in [client, as_staff]:
        assert "secret" not in text(reader.get(FEED))
        assert reader.get(f"{FEED}?document=draft").status_code == 400
    assert Update.objects.count() == 2


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_a_wrong_filter_is_an_error_in_plain_text(client, prefix):
    response = client.get(f"{prefix}{FEED}?group=nowhere&as_of=soon")

    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert [line.split(":")[0] for line in text(response).splitlines()] == ["group", "as_of"]


def test_control_characters_that_were_pasted_break_no_feed(recommendation, read):
    record(recommendation, what_en="One\x0btwo\x1f\ufffe")
    RecommendationFactory(code="2023-SB-2", title_en="Three\x0bfour")

    assert "One two" in said(entries(read())[0], "summary")
    assert said(read("q=%01customs%02"), "subtitle")


def test_the_list_leads_to_its_feed(recommendation, client):
    page = text(client.get("/es/recommendations/?group=smart-borders&sort=newest"))

    address = "/es/recommendations/feed.atom?group=smart-borders&amp;sort=newest"
    assert f'<a rel="alternate" type="application/atom+xml" href="{address}">' in page
    assert page.index('<link rel="alternate" type="application/atom+xml"') < page.index(address) < page.index("</head>")
