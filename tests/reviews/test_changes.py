"""What changed between two days: by definition, on the page, and as a file."""

import csv
import json
import re
from datetime import date, timedelta
from html import unescape
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations.models import Recommendation
from recommendations.status import NEEDS_EVIDENCE, Status
from reviews.changes import Kind, changes
from tests.factories import (
    SOURCE,
    DocumentFactory,
    IssueFactory,
    MilestoneFactory,
    RecommendationFactory,
    SeriesFactory,
    UserFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import text

pytestmark = pytest.mark.django_db

SINCE, UNTIL = date(2024, 6, 1), date(2025, 6, 1)
BEFORE, BETWEEN, AFTER = date(2024, 3, 1), date(2024, 12, 1), date(2025, 9, 1)


def move(recommendation, status, day=BETWEEN, **fields):
    """Record that it stands at `status` from `day` on, with all that this may need."""
    successor = RecommendationFactory() if status == "superseded" else None
    return record(recommendation, status=status, effective_on=day, successor=successor, reason_en="A reason.", **fields)


def changed(since=SINCE, until=UNTIL, user=None):
    return changes(Recommendation.objects.visible_to(user or AnonymousUser()), since, until, user)


def kinds(**days) -> dict[str, str]:
    """{code: kind}, in document order."""
    return {change.recommendation.code: change.kind.value for change in changed(**days)}


# The kinds


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("issued", "under_consideration", "forward"),
        ("issued", "partially_implemented", "forward"),
        ("partially_implemented", "in_progress", "backward"),
        ("in_progress", "issued", "backward"),
        ("issued", "implemented", "closed"),
        ("in_progress", "not_implemented", "closed"),
        ("partially_implemented", "superseded", "closed"),
        ("implemented", "in_progress", "reopened"),
        ("withdrawn", "issued", "reopened"),
        ("overtaken", "implemented", "forward"),
        ("implemented", "not_implemented", "backward"),
        ("not_implemented", "withdrawn", "backward"),
        ("in_progress", "in_progress", "updated"),
        ("withdrawn", "withdrawn", "updated"),
    ],
)
def test_the_kind_is_by_the_status_before_and_after(before, after, kind):
    recommendation = RecommendationFactory()
    move(recommendation, before, BEFORE)
    move(recommendation, after)

    [change] = [each for each in changed() if each.recommendation == recommendation]

    assert (change.kind, change.before, change.after) == (kind, before, after)
    assert change.changes_status == (before != after)


@pytest.mark.parametrize("before", Status.values)
@pytest.mark.parametrize("after", Status.values)
def test_every_way_from_one_status_to_another_has_one_kind(before, after):
    recommendation = RecommendationFactory()
    move(recommendation, before, BEFORE)
    move(recommendation, after)

    [change] = [each for each in changed() if each.recommendation == recommendation]

    opening = (Status(before).is_open, Status(after).is_open)
    expected = {
        (True, False): {Kind.CLOSED},
        (False, True): {Kind.REOPENED},
    }.get(opening, {Kind.UPDATED} if before == after else {Kind.FORWARD, Kind.BACKWARD})
    assert change.kind in expected


def test_what_was_published_between_is_new_wherever_it_stands():
    document = DocumentFactory(published_on=BETWEEN)
    RecommendationFactory(code="2024-A-1", document=document)
    move(RecommendationFactory(code="2024-A-2", document=document), "implemented", UNTIL)

    assert [(change.kind, change.before, change.after) for change in changed()] == [
        ("new", None, "issued"),
        ("new", None, "implemented"),
    ]


def test_what_is_published_on_the_first_day_was_there_before_and_on_the_last_day_is_new():
    RecommendationFactory(code="2024-A-1", document=DocumentFactory(published_on=SINCE))
    RecommendationFactory(code="2024-A-2", document=DocumentFactory(published_on=UNTIL))
    RecommendationFactory(code="2024-A-3", document=DocumentFactory(published_on=UNTIL + timedelta(days=1)))

    assert kinds() == {"2024-A-2": "new"}


def test_what_moved_and_came_back_has_updates_and_the_same_status():
    recommendation = RecommendationFactory()
    there, back = move(recommendation, "in_progress"), move(recommendation, "issued", UNTIL)

    [change] = changed()

    assert (change.kind, change.before, change.after) == ("updated", "issued", "issued")
    assert change.updates == [back, there]


def test_of_what_nothing_is_recorded_nothing_is_said():
    move(RecommendationFactory(), "in_progress", BEFORE)
    move(RecommendationFactory(), "in_progress", AFTER)

    assert changed() == []


# The updates


def test_updates_count_after_the_first_day_and_up_to_the_last_newest_first():
    recommendation = RecommendationFactory()
    _first_day, day_after, last_day, _later = (
        record(recommendation, effective_on=day)
        for day in (SINCE, SINCE + timedelta(days=1), UNTIL, UNTIL + timedelta(days=1))
    )

    [change] = changed()

    assert change.updates == [last_day, day_after]


def test_what_is_known_to_the_month_counts_from_its_last_day():
    move(RecommendationFactory(code="2023-A-1"), "in_progress", date(2024, 5, 1), precision="month")
    move(RecommendationFactory(code="2023-A-2"), "in_progress", date(2024, 6, 1), precision="month")
    move(RecommendationFactory(code="2023-A-3"), "in_progress", date(2025, 6, 1), precision="month")

    assert kinds() == {"2023-A-2": "forward"}


def test_a_late_entry_counts_by_when_it_happened():
    recommendation = RecommendationFactory(code="2023-A-1")
    move(recommendation, "implemented", AFTER)
    move(recommendation, "in_progress", BETWEEN)

    assert kinds() == {"2023-A-1": "forward"}
    assert kinds(since=UNTIL, until=AFTER) == {"2023-A-1": "closed"}


def test_what_was_corrected_is_as_if_it_had_never_been():
    recommendation = RecommendationFactory()
    wrong = move(recommendation, "implemented")
    right = move(recommendation, "in_progress", corrects=wrong)

    [change] = changed()

    assert (change.kind, change.updates) == ("forward", [right])


def test_a_correction_dated_later_takes_the_row_out_of_its_own_time():
    recommendation = RecommendationFactory(code="2023-A-1")
    wrong = move(recommendation, "implemented")
    move(recommendation, "in_progress", AFTER, corrects=wrong)

    assert kinds() == {}
    assert kinds(until=AFTER) == {"2023-A-1": "forward"}


def test_updates_are_those_that_the_reader_may_read():
    recommendation = RecommendationFactory()
    notes = {name: record(recommendation, visibility=name, effective_on=BETWEEN) for name in ("members", "staff")}
    member, staff = UserFactory(), UserFactory(is_staff=True)

    assert changed() == []
    assert [change.updates for change in changed(user=member)] == [[notes["members"]]]
    assert [change.updates for change in changed(user=staff)] == [[notes["staff"], notes["members"]]]


def test_the_turning_points_are_what_moved_the_status_or_else_the_newest():
    moved, stayed = RecommendationFactory(code="2023-A-1"), RecommendationFactory(code="2023-A-2")
    turn = move(moved, "in_progress")
    rest = record(moved, effective_on=UNTIL)
    earlier, newest = record(stayed, effective_on=BETWEEN), record(stayed, effective_on=UNTIL)

    told = {change.recommendation: (change.turning_points, change.other_updates) for change in changed()}

    assert told == {moved: ([turn], [rest]), stayed: ([newest], [earlier])}


def test_changes_stand_in_document_order():
    issue = IssueFactory()
    for letter in "cab":
        move(RecommendationFactory(code=f"2023-A-1{letter}", issue=issue, letter=letter), "in_progress")

    assert list(kinds()) == ["2023-A-1a", "2023-A-1b", "2023-A-1c"]


def test_days_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="comes after"):
        changed(since=UNTIL, until=SINCE)


def test_the_number_of_queries_is_fixed(django_assert_num_queries):
    def read():
        for change in changed():
            assert change.recommendation.group.name
            assert [list(update.evidence.all()) for update in change.updates]
            assert [update.successor for update in change.updates]

    for _ in range(2):
        move(RecommendationFactory(), "superseded")
        with django_assert_num_queries(8):
            read()
        for recommendation in RecommendationFactory.create_batch(5):
            move(recommendation, "in_progress")


# What always holds

DAYS = st.dates(date(2023, 9, 18), date(2025, 12, 31))
STATUSES = st.sampled_from([status for status in Status.values if status != Status.SUPERSEDED])


@st.composite
def ledgers(draw):
    """For each of some recommendations: the day of its publication, and updates, some of them corrections."""
    return draw(
        st.lists(
            st.tuples(DAYS, st.lists(st.tuples(STATUSES, DAYS, st.booleans()), max_size=5)), min_size=1, max_size=4
        )
    )


def write(ledger) -> list[int]:
    """Store it; give the primary keys of the recommendations."""
    written = []
    for published_on, rows in ledger:
        recommendation = RecommendationFactory(document=DocumentFactory(published_on=published_on))
        last = None
        for status, day, corrects in rows:
            last = record(
                recommendation,
                status=status,
                effective_on=max(day, published_on),
                reason_en="A reason.",
                corrects=last if corrects else None,
                evidence=[SOURCE] if status in NEEDS_EVIDENCE else [],
            )
        written.append(recommendation.pk)
    return written


@settings(deadline=None, max_examples=30)
@given(ledger=ledgers(), days=st.lists(DAYS, min_size=3, max_size=3).map(sorted))
def test_the_changes_lead_from_the_state_on_one_day_to_that_on_another(ledger, days):
    ours = Recommendation.objects.filter(pk__in=write(ledger))
    first, middle, last = days

    def state(day) -> dict[int, str]:
        return dict(ours.as_of(day).values_list("pk", "shown_status"))

    def told(since, until) -> set:
        return {update for change in changes(ours, since, until) for update in change.updates}

    found = changes(ours, first, last)
    by_recommendation = {change.recommendation.pk: change for change in found}
    assert len(by_recommendation) == len(found)
    assert {pk: change.before for pk, change in by_recommendation.items()} == {
        pk: state(first).get(pk) for pk in by_recommendation
    }
    assert state(first) | {pk: change.after for pk, change in by_recommendation.items()} == state(last)
    # Each update is told in one part of a time and in no other.
    assert told(first, last) == told(first, middle) | told(middle, last)
    assert not told(first, middle) & told(middle, last)


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
    return re.search(r'<p class="lead">After (.+) and up to (.+)\.</p>', page).groups()


def test_the_page_counts_by_kind_and_shows_by_group_and_kind(read):
    borders = WorkingGroupFactory(slug="borders", position=2)
    digital = WorkingGroupFactory(slug="digital", position=1)
    move(RecommendationFactory(code="2023-B-1", group=borders), "implemented")
    move(RecommendationFactory(code="2023-B-2", group=borders), "in_progress")
    move(RecommendationFactory(code="2023-D-1", group=digital), "in_progress")
    RecommendationFactory(group=digital)

    page = read(WINDOW)

    assert "3 of 4 recommendations changed" in page
    assert numbers(page) == {"Moved forward": 2, "Closed": 1}
    assert shown(page) == ["2023-D-1", "2023-B-2", "2023-B-1"]
    assert all(f'id="{place}"' in page for place in ("digital-forward", "borders-forward", "borders-closed"))


def test_a_change_shows_where_it_stood_and_what_happened_with_its_evidence(read):
    recommendation = RecommendationFactory(code="2023-A-1")
    update = move(recommendation, "implemented", what_en="A decree came.", evidence=[SOURCE])

    page = read(WINDOW)

    row = page.split('id="2023-A-1"')[1].split('<ol class="timeline">')[0]
    assert re.findall(r'class="status (\w+)"', row) == ["issued", "implemented"]
    assert "A decree came." in page
    assert "1 December 2024" in page
    assert f'<a href="{SOURCE["url"]}" rel="nofollow">{SOURCE["title"]}</a>' in page
    assert f'id="update-{update.pk}"' in page


def test_what_is_new_says_when_it_was_published(read):
    RecommendationFactory(code="2024-A-1", document=DocumentFactory(published_on=BETWEEN))

    assert "Published 1 December 2024" in read(WINDOW)


def test_days_can_be_milestones_and_mixed(read):
    MilestoneFactory(slug="spring", name_en="Spring talks", day=SINCE, state="held")
    MilestoneFactory(slug="summer", name_en="Summer talks", day=UNTIL)
    move(RecommendationFactory(code="2023-A-1"), "in_progress")

    spring, summer = "Spring talks (1 June 2024)", "Summer talks (1 June 2025)"
    for query, days in {
        "since=spring&until=summer": (spring, summer),
        "since=spring&until=2025-06-01": (spring, "1 June 2025"),
        "since=2024-06-01&until=summer": ("1 June 2024", summer),
    }.items():
        assert days_of(read(query)) == days
        assert shown(read(query)) == ["2023-A-1"]


def test_a_milestone_stands_for_its_last_day(read):
    MilestoneFactory(slug="round", name_en="Round", starts_on=date(2024, 5, 1), ends_on=date(2024, 5, 3), state="held")
    move(RecommendationFactory(), "in_progress", date(2024, 5, 3))
    move(RecommendationFactory(code="2023-A-2"), "in_progress", date(2024, 5, 4))

    assert shown(read("since=round&until=2024-06-01")) == ["2023-A-2"]


def test_of_a_milestone_and_a_date_by_the_same_name_the_last_that_is_given_counts(read):
    MilestoneFactory(slug="spring", name_en="Spring talks", day=SINCE, state="held")

    assert days_of(read("since=spring&since=&until=&until=2025-06-01")) == ("Spring talks (1 June 2024)", "1 June 2025")
    assert days_of(read("since=spring&since=2024-07-01&until=2025-06-01")) == ("1 July 2024", "1 June 2025")


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
    assert f"{until}" == f"{today.day} {today:%B %Y}"


def test_without_a_milestone_it_is_the_last_90_days(read):
    assert days_of(read("until=2025-06-30")) == ("1 April 2025", "30 June 2025")


def test_the_groups_asked_for_are_shown(read):
    groups = [WorkingGroupFactory(slug=slug) for slug in ("one", "two", "three")]
    for number, group in enumerate(groups):
        move(RecommendationFactory(code=f"2023-A-{number}", group=group), "in_progress")

    page = read(f"{WINDOW}&group=one&group=three&group=")

    assert shown(page) == ["2023-A-0", "2023-A-2"]
    assert "2 of 2 recommendations" in page
    assert re.findall(r'name="group" value="(\w+)" checked', page) == ["one", "three"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("since=yesterday", "“yesterday” is neither a date"),
        ("until=2025-02-30", "“2025-02-30” is neither a date"),
        ("since=29/04/2025", "neither a date"),
        ("since=%00", "since"),
        ("since=" + "x" * 500, "since"),
        ("since=undated", "The date of “Some day” is not known."),
        ("since=2025-06-01&until=2024-06-01", "The first day comes after the last one"),
        ("since=2999-01-01", "That day is still to come."),
        ("group=nowhere", "“nowhere” is not known here."),
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


def test_a_last_day_that_is_still_to_come_is_said(read):
    move(RecommendationFactory(code="2023-A-1"), "in_progress")

    page = read("since=2024-06-01&until=2999-01-01")

    assert "1 January 2999 is still to come" in page
    assert shown(page) == ["2023-A-1"]


def test_when_nothing_changed_it_says_so_and_offers_to_look_further_back(read):
    MilestoneFactory(slug="earlier", name_en="Earlier talks", day=BEFORE, state="held")
    RecommendationFactory.create_batch(2)

    page = read(f"{WINDOW}&group=")

    assert "Nothing changed" in page
    assert "The statuses of 2 recommendations are what they were" in page
    assert re.search(r'<a href="\?since=earlier&until=2025-06-01[^"]*">Look further back, from Earlier talks', page)


def test_one_day_holds_no_change(read):
    assert "Both ends are the same day" in read("since=2025-06-01&until=2025-06-01")


def test_what_is_not_public_is_neither_shown_nor_counted(read, as_staff):
    record(RecommendationFactory(), visibility="staff", what_en="HIDDEN", effective_on=BETWEEN)
    hidden = DocumentFactory(visibility="members", published_on=BETWEEN)
    move(RecommendationFactory(title_en="HIDDEN", document=hidden), "in_progress")
    successor = RecommendationFactory(title_en="HIDDEN", document=hidden)
    record(RecommendationFactory(), status="superseded", successor=successor, effective_on=BETWEEN)

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
        "what_happened": ["1 June 2025: Done.", "1 December 2024: Begun."],
        "last_update_on": "2025-06-01",
        "evidence": [SOURCE["url"]] * 2,
        "url": f"https://tracker.example{recommendation.get_absolute_url()}",
    }
    assert heads == list(found[0])
    assert rows[1][7] == "1 June 2025: Done.; 1 December 2024: Begun."


def test_the_file_is_named_by_its_days(client):
    response = client.get(f"/changes/export.xlsx?{WINDOW}")

    assert response["Content-Disposition"] == 'attachment; filename="changes-2024-06-01-2025-06-01.xlsx"'
