"""The page of what changed between two days, and its files."""

import csv
import json
import re
from datetime import date, timedelta
from html import unescape
from io import StringIO

import pytest
from django.utils import timezone

from reviews.changes import compare
from reviews.changes import views as page_of_changes
from tests.factories import (
    SOURCE,
    AddresseeFactory,
    DocumentFactory,
    MilestoneFactory,
    PublicGroupFactory,
    RecommendationFactory,
    SeriesFactory,
    WorkingGroupFactory,
    record,
    record_answer,
)
from tests.reading import in_order, text, texts, title

from .moves import AFTER, BEFORE, BETWEEN, SINCE, UNTIL, move

pytestmark = pytest.mark.django_db


# The page


@pytest.fixture
def read(client):
    """Opens the page with a query, and gives its HTML."""

    def read(query="", prefix="", browser=client):
        response = browser.get(f"{prefix}/changes/?{query}")
        assert response.status_code == 200, query
        return unescape(text(response))

    return read


WINDOW = f"since={SINCE}&until={UNTIL}"


def numbers(page) -> dict[str, int]:
    """How many there are of each kind, as the page says it."""
    return {kind: int(count) for count, kind in re.findall(r"<li><b>(\d+)</b> ([^<]+)</li>", page)}


def shown(page) -> list[str]:
    return re.findall(r'<li class="row change" id="([^"]+)"', page)


def days_of(page) -> tuple[str, str]:
    return re.search(r'<p class="small soft">After ([^<]+), through ([^<]+)\.</p>', page).groups()


def test_the_page_counts_by_kind_and_shows_by_group_and_kind(read):
    borders = WorkingGroupFactory(slug="borders", position=2)
    digital = WorkingGroupFactory(slug="digital", position=1)
    move(RecommendationFactory(code="2023-B-1", group=borders), "implemented")
    move(RecommendationFactory(code="2023-B-2", group=borders), "in_progress")
    move(RecommendationFactory(code="2023-D-1", group=digital), "in_progress")
    RecommendationFactory(group=digital)

    page = read(WINDOW)

    assert "3 of 4 recommendations changed" in page
    assert numbers(page) == {"moved forward": 2, "closed": 1}
    assert shown(page) == ["2023-D-1", "2023-B-2", "2023-B-1"]
    assert all(f'id="{place}"' in page for place in ("digital-forward", "borders-forward", "borders-closed"))


def test_an_answer_between_is_shown_with_its_words_and_in_the_file(read, client):
    addressee = AddresseeFactory(organization__acronym="ANAM")
    record_answer(addressee, "not_accepted", effective_on=BETWEEN, said_en="There is no budget.")
    days = f"since={SINCE}&until={UNTIL}"

    page = read(days)

    assert "There is no budget." in page
    assert "No updates were recorded through" not in page
    [row] = json.loads(text(client.get(f"/changes/export.json?{days}")))
    assert (row["change"], row["answers"]) == (
        "Answered, same status",
        ["ANAM: Not accepted (December 1, 2024)"],
    )


def test_a_change_shows_where_it_stood_and_what_happened_with_its_evidence(read):
    recommendation = RecommendationFactory(code="2023-A-1")
    update = move(recommendation, "implemented", what_en="A decree came.", evidence=[SOURCE])

    page = read(WINDOW)

    assert texts(page, ".row .status") == ["Issued", "Implemented"]  # once, with the update that says why
    assert "A decree came." in page
    assert "December 1, 2024" in page
    assert f'<a href="{SOURCE["url"]}" rel="nofollow">{SOURCE["title"]}</a>' in page
    assert f'id="update-{update.pk}"' in page


def test_the_lead_gives_the_period_and_what_came_of_it(read):
    recommendation = RecommendationFactory(code="2023-A-1")
    assert texts(read(WINDOW), ".lead")[0].endswith(": nothing changed.")

    move(recommendation, "implemented", evidence=[SOURCE])
    RecommendationFactory()

    [lead] = texts(read(WINDOW), ".lead")
    assert lead.endswith(": 1 of 2 closed.")
    assert in_order(read(WINDOW), 'id="count"', "Choose other days or groups", 'class="rows"')


def test_a_change_in_several_steps_says_first_where_it_came_from_and_to(read):
    recommendation = RecommendationFactory(code="2023-A-1")
    move(recommendation, "under_consideration")
    move(recommendation, "in_progress")

    assert texts(read(WINDOW), ".row > .move .status") == ["Issued", "In progress"]


def test_what_is_new_says_when_it_was_published(read):
    RecommendationFactory(code="2024-A-1", document=DocumentFactory(published_on=BETWEEN))

    assert "Published December 1, 2024" in read(WINDOW)


def test_days_can_be_milestones_and_mixed(read):
    MilestoneFactory(slug="spring", name_en="Spring talks", day=SINCE, state="held")
    MilestoneFactory(slug="summer", name_en="Summer talks", day=UNTIL)
    move(RecommendationFactory(code="2023-A-1"), "in_progress")

    spring, summer = "Spring talks (June 1, 2024)", "Summer talks (June 1, 2025)"
    for query, days in {
        "since=spring&until=summer": (spring, summer),
        "since=spring&until=2025-06-01": (spring, "June 1, 2025"),
        "since=2024-06-01&until=summer": ("June 1, 2024", summer),
    }.items():
        assert days_of(read(query)) == days
        assert shown(read(query)) == ["2023-A-1"]


def test_a_milestone_stands_for_its_last_day(read):
    MilestoneFactory(slug="round", name_en="Round", starts_on=date(2024, 5, 1), ends_on=date(2024, 5, 3), state="held")
    move(RecommendationFactory(), "in_progress", date(2024, 5, 3))
    move(RecommendationFactory(code="2023-A-2"), "in_progress", date(2024, 5, 4))

    assert shown(read("since=round&until=2024-06-01")) == ["2023-A-2"]


def test_of_a_milestone_and_a_date_by_the_same_name_one_is_given(read):
    MilestoneFactory(slug="spring", name_en="Spring talks", day=SINCE, state="held")

    for since in ("since=spring&since=", "since=spring&since=spring"):
        assert days_of(read(f"{since}&until=&until=2025-06-01")) == ("Spring talks (June 1, 2024)", "June 1, 2025")


def filled_in(page) -> list[str]:
    """What the form of the page would send of the two ends, if only its button were pressed."""
    form = page.split('<form class="between"')[1].split("<fieldset><legend>Groups")[0]
    return re.findall(r'<option value="([^"]*)" selected', form) + re.findall(r'type="date"[^>]* value="([^"]+)"', form)


def test_the_form_is_filled_in_with_what_was_asked_for_and_nothing_else(read):
    MilestoneFactory(slug="spring", day=SINCE, state="held")

    assert filled_in(read()) == []
    assert filled_in(read("since=&until=&until=")) == []
    assert filled_in(read("since=spring")) == ["spring"]
    assert filled_in(read("since=spring&until=2025-06-01")) == ["spring", "2025-06-01"]
    assert filled_in(read("since=spring&until=never")) == ["spring"]


def test_without_days_it_is_since_the_last_milestone_until_today(read):
    series = SeriesFactory()
    today = timezone.localdate()
    for name, days_ago, state in [
        ("Long ago", 90, "held"),
        ("Last", 60, "held"),
        ("Not held", 30, "cancelled"),
        ("Put off", 20, "postponed"),
        ("Coming", -30, "scheduled"),
    ]:
        MilestoneFactory(series=series, name_en=name, day=today - timedelta(days=days_ago), state=state)

    since, until = days_of(read())

    assert since.startswith("Last (")
    assert until == f"{today:%B} {today.day}, {today.year}"


BEGINS = "Since the last milestone after which a status changed or a document was published."


@pytest.fixture
def talks():
    """Three talks, after the last of which nothing changes."""
    for name, day in {"Spring": BEFORE, "Summer": SINCE, "Winter": UNTIL}.items():
        MilestoneFactory(slug=name.lower(), name_en=f"{name} talks", day=day, state="held")


def test_without_days_it_begins_at_the_last_milestone_before_a_status_changed_and_says_so(read, client, talks):
    recommendation = RecommendationFactory(code="2023-A-1", document=DocumentFactory(published_on=date(2023, 9, 18)))
    move(recommendation, "in_progress", BETWEEN)
    record(recommendation, status="in_progress", effective_on=AFTER)  # is new, but changes nothing

    page = read()

    assert days_of(page)[0] == "Summer talks (June 1, 2024)"
    assert BEGINS in page
    assert shown(page) == ["2023-A-1"]
    assert "2023-A-1" in text(client.get("/changes/export.csv"))
    assert BEGINS not in read("since=summer")


def test_without_days_it_begins_at_the_last_milestone_before_a_publication(read, talks):
    RecommendationFactory(code="2024-A-1", document=DocumentFactory(published_on=date(2024, 5, 1)))

    page = read()

    assert days_of(page)[0] == "Spring talks (March 1, 2024)"
    assert shown(page) == ["2024-A-1"]


def test_where_it_begins_does_not_tell_of_what_is_not_public(read, as_staff, talks):
    RecommendationFactory(document=DocumentFactory(published_on=date(2023, 9, 18)))
    move(RecommendationFactory(document=DocumentFactory(visibility="members")), "in_progress", AFTER)
    MilestoneFactory(name_en="First talks", day=date(2023, 9, 1), state="held")

    for page in (read(), read(browser=as_staff)):
        assert days_of(page)[0] == "First talks (September 1, 2023)"


def test_without_a_milestone_it_is_the_last_90_days(read):
    assert days_of(read("until=2025-06-30")) == ("April 1, 2025", "June 30, 2025")


def test_the_groups_asked_for_are_shown(read):
    groups = [WorkingGroupFactory(slug=slug) for slug in ("one", "two", "three")]
    for number, group in enumerate(groups):
        move(RecommendationFactory(code=f"2023-A-{number}", group=group), "in_progress")

    page = read(f"{WINDOW}&group=one&group=three&group=")

    assert shown(page) == ["2023-A-0", "2023-A-2"]
    assert "2 of 2 recommendations" in page
    assert re.findall(r'name="group" value="(\w+)" checked', page) == ["one", "three"]


def test_the_title_says_what_is_compared(client):
    PublicGroupFactory(slug="one", name_en="Borders")
    MilestoneFactory(slug="spring", name_en="Spring talks", day=SINCE, state="held")

    for query, said in {
        "": "What changed",
        "?since=spring&until=2025-06-01": "What changed: Spring talks (June 1, 2024) – June 1, 2025",
        f"?{WINDOW}&group=one": "What changed: June 1, 2024 – June 1, 2025 · Borders",
        "?since=yesterday": "What changed",
    }.items():
        assert title(client.get(f"/changes/{query}")) == said


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("since=yesterday", "“yesterday” is neither a date"),
        ("until=2025-02-30", "“2025-02-30” is neither a date"),
        ("since=29/04/2025", "neither a date"),
        ("since=" + "x" * 500, "since"),
        ("since=undated", "The date of “Some day” is not known."),
        ("since=2024-06-01&until=undated&until=2025-06-01", "Enter only one milestone or date"),
        ("since=undated&since=2024-06-01", "Enter only one milestone or date"),
        ("since=2025-06-01&until=2024-06-01", "The first day is after the last one"),
        ("since=2999-01-01", "That day is in the future."),
        ("group=nowhere", "“nowhere” is not a valid choice."),
    ],
)
@pytest.mark.parametrize("prefix", ["", "/es"])
def test_what_cannot_be_compared_is_said_beside_the_form(read, client, query, says, prefix):
    MilestoneFactory(
        slug="undated", name_en="Some day", precision="unknown", starts_on=None, ends_on=None, state="tentative"
    )
    move(RecommendationFactory(), "in_progress")

    page = read(query, prefix)

    assert 'role="alert"' in page
    assert prefix or says in page
    assert '<form class="between"' in page
    assert shown(page) == []
    assert client.get(f"{prefix}/changes/export.csv?{query}").status_code == 400


@pytest.mark.parametrize("query", ["until=0001-01-01", "since=0001-01-01&until=9999-12-31", "since=&until=&group="])
def test_days_at_the_end_of_time_and_empty_ones_are_taken(read, query):
    move(RecommendationFactory(), "in_progress")

    assert 'role="alert"' not in read(query)


def test_an_error_names_the_part_of_the_form_and_of_the_address(read):
    assert "<b>Up to</b> (<code>until</code>): “never” is neither" in read("until=never")


def test_a_last_day_that_is_still_to_come_is_said(read):
    move(RecommendationFactory(code="2023-A-1"), "in_progress")

    page = read("since=2024-06-01&until=2999-01-01")

    assert "January 1, 2999 is in the future" in page
    assert shown(page) == ["2023-A-1"]


def test_when_nothing_changed_it_says_so_and_offers_to_look_further_back(read):
    MilestoneFactory(slug="earlier", name_en="Earlier talks", day=date(2023, 9, 1), state="held")
    RecommendationFactory.create_batch(2, document=DocumentFactory(published_on=date(2023, 9, 18)))

    page = read(f"{WINDOW}&group=")

    assert "Nothing changed" in page
    assert "The statuses of 2 recommendations are unchanged" in page
    assert re.search(r'<a href="\?since=earlier&until=2025-06-01[^"]*">Look further back, from Earlier talks', page)


def test_one_day_holds_no_change(read):
    assert "The two days are the same" in read("since=2025-06-01&until=2025-06-01")


def test_what_is_not_public_is_neither_shown_nor_counted(read, as_staff):
    record(RecommendationFactory(), visibility="staff", what_en="HIDDEN", effective_on=BETWEEN)
    hidden = DocumentFactory(visibility="members", published_on=BETWEEN)
    move(RecommendationFactory(title_en="HIDDEN", document=hidden), "in_progress")
    successor = RecommendationFactory(title_en="HIDDEN", document=hidden)
    record(RecommendationFactory(), status="superseded", successors=[successor], effective_on=BETWEEN)

    page = read(WINDOW)

    assert "HIDDEN" not in page
    assert "1 of 2 recommendations changed" in page
    assert "4 of 4 recommendations changed" in read(WINDOW, browser=as_staff)


def test_the_page_is_reached_from_every_page_and_from_a_milestone_that_is_over(client):
    MilestoneFactory(slug="over", day=SINCE, state="held")
    MilestoneFactory(slug="coming")

    assert 'href="/changes/"' in text(client.get("/groups/"))
    assert 'href="/changes/?since=over"' in text(client.get("/milestones/over/"))
    assert 'href="/changes/?since=over&amp;until=2025-01-01"' in text(client.get("/milestones/over/?as_of=2025-01-01"))
    assert "/changes/?since" not in text(client.get("/milestones/coming/"))
    assert "/changes/?since" not in text(client.get("/milestones/over/?as_of=2024-01-01"))


def test_a_long_time_is_counted_whole_and_its_first_changes_are_shown(read, client, monkeypatch):
    monkeypatch.setattr(page_of_changes, "MAX_ROWS_ON_PAGE", 2)
    monkeypatch.setattr(compare, "AT_A_TIME", 2)
    first, second = (WorkingGroupFactory(slug=slug, position=place) for place, slug in enumerate(["first", "second"]))
    for number, (group, status) in enumerate(
        [(second, "in_progress"), (first, "implemented"), (first, "in_progress"), (first, "implemented")]
    ):
        move(RecommendationFactory(code=f"2023-A-{number}", group=group), status)

    page = read(WINDOW)

    assert "4 of 4 recommendations changed" in page
    assert numbers(page) == {"moved forward": 2, "closed": 2}
    assert shown(page) == ["2023-A-2", "2023-A-1"]
    assert "The first 2 are shown on this page; the files have all 4." in page
    assert re.findall(r">(\d) (closed|moved forward)</h3>", page) == [
        ("1", "moved forward"),
        ("2", "closed"),
        ("1", "moved forward"),
    ]
    assert re.findall(r"(\d) of these (?:is|are) shown here", page) == ["1", "0"]
    assert len(json.loads(text(client.get(f"/changes/export.json?{WINDOW}")))) == 4
    assert "are shown on this page" not in read(f"{WINDOW}&group=second")


# As a file


def test_the_file_has_the_rows_of_the_page(client):
    recommendation = RecommendationFactory(code="2023-A-1", title_en="Digital customs", group=WorkingGroupFactory())
    move(recommendation, "in_progress", what_en="Begun.", evidence=[SOURCE])
    move(recommendation, "implemented", UNTIL, what_en="Done.", evidence=[SOURCE])
    RecommendationFactory(code="2024-A-1", document=DocumentFactory(published_on=BETWEEN))

    found = json.loads(text(client.get(f"/changes/export.json?{WINDOW}")))
    heads, *rows = csv.reader(StringIO(client.get(f"/changes/export.csv?{WINDOW}").getvalue().decode("utf-8-sig")))

    assert [row["code"] for row in found] == ["2024-A-1", "2023-A-1"]
    assert (found[0]["change"], found[0]["status_before"], found[0]["what_happened"]) == ("New", None, [])
    assert found[1] == {
        "code": "2023-A-1",
        "title": "Digital customs",
        "change": "Closed",
        "status_before": "Issued",
        "status_after": "Implemented",
        "working_group": recommendation.group.name,
        "document": recommendation.document.title,
        "what_happened": ["June 1, 2025: Done.", "December 1, 2024: Begun."],
        "last_update_on": "2025-06-01",
        "evidence": [SOURCE["url"]] * 2,
        "url": f"https://tracker.example{recommendation.get_absolute_url()}",
        "answers": [],
    }
    assert heads == list(found[0])
    assert rows[1][7] == "June 1, 2025: Done.; December 1, 2024: Begun."


def test_the_file_is_named_by_its_days(client):
    response = client.get(f"/changes/export.xlsx?{WINDOW}")

    assert response["Content-Disposition"] == 'attachment; filename="changes-2024-06-01-2025-06-01.xlsx"'
