"""The pages of one thing each, as they stood on a day."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.utils import timezone

from tests.factories import (
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    MilestoneFactory,
    OrganizationFactory,
    RecommendationFactory,
    WorkingGroupFactory,
    record,
)
from tests.reading import codes, text, title

pytestmark = pytest.mark.django_db

PUBLISHED, CLOSED, LATER = date(2023, 9, 18), date(2024, 5, 1), date(2025, 4, 29)
THEN = "as_of=2024-04-30"

RECORD = "/recommendations/2023-SB-1a/"
OF_ONE = ["/groups/borders/", "/chapters/7/", "/organizations/anam/", "/documents/paper/", "/issues/2023-SB-1/"]
AROUND = [*OF_ONE, RECORD, "/groups/", "/chapters/", "/documents/", "/milestones/meeting/"]


@pytest.fixture(autouse=True)
def recommendation():
    """Closed in May 2024, and one beside it that was published in 2025; both are on every page of AROUND."""
    group, organization = WorkingGroupFactory(slug="borders"), OrganizationFactory(slug="anam", acronym="ANAM")
    meeting = MilestoneFactory(slug="meeting", day=date(2023, 9, 29), state="held")
    for slug, code, day in [("paper", "2023-SB-1a", PUBLISHED), ("interview", "2025-SB-9", LATER)]:
        made = RecommendationFactory(
            code=code,
            issue__code=code[:9],
            issue__topic__group=group,
            issue__topic__document=DocumentFactory(slug=slug, published_on=day, publisher=organization),
        )
        AddresseeFactory(
            recommendation=made,
            organization=organization,
            answer="accepted",
            answer__effective_on=LATER,
        )
        ChapterLinkFactory(recommendation=made, chapter=ChapterFactory(number=7))
        meeting.documents.add(made.document)
    first = made.__class__.objects.get(code="2023-SB-1a")
    record(first, status="in_progress", effective_on=date(2024, 1, 1), what_en="Begun.")
    record(first, status="implemented", effective_on=CLOSED, what_en="Done.")
    return first


@pytest.mark.parametrize("address", OF_ONE)
def test_each_status_is_that_of_the_day(read, address):
    assert "Implemented" in read(address)
    then = read(f"{address}?{THEN}")
    assert "In progress" in then
    assert not re.search(r'class="status implemented"', then)


@pytest.mark.parametrize("address", ["/groups/borders/", "/chapters/7/", "/organizations/anam/"])
def test_what_was_not_published_by_the_day_is_absent(client, address):
    def codes_shown(query=""):
        return set(codes(client.get(address + query)))

    assert codes_shown() == {"2023-SB-1a", "2025-SB-9"}
    assert codes_shown(f"?{THEN}") == {"2023-SB-1a"}
    assert codes_shown("?as_of=2023-09-17") == set()
    assert codes_shown("?as_of=2023-09-18") == {"2023-SB-1a"}


def test_a_group_that_had_published_nothing_by_the_day_says_so(read):
    said = "no recommendations of this group had been published"

    assert f"By September 17, 2023, {said}." in read("/groups/borders/?as_of=2023-09-17")
    assert said not in read("/groups/borders/?as_of=2023-09-18")


@pytest.mark.parametrize("address", ["/documents/", "/organizations/anam/", "/milestones/meeting/"])
def test_documents_that_were_not_published_by_the_day_are_absent(read, address):
    assert "/documents/interview/" in read(address)
    assert "/documents/interview/" not in read(f"{address}?{THEN}")
    assert "/documents/paper/" in read(f"{address}?{THEN}")


def test_the_counts_are_those_of_the_day(read):
    assert "2 recommendations: 1 open, 1 closed" in read("/groups/borders/")
    assert "1 recommendation: 1 open, 0 closed" in read(f"/groups/borders/?{THEN}")
    assert 'status=in_progress&amp;as_of=2024-04-30"' in read(f"/groups/?{THEN}")
    assert "<b>2</b>" in read("/chapters/")
    assert "<b>1</b>" in read(f"/chapters/?{THEN}")


@pytest.mark.parametrize("address", AROUND)
def test_the_title_of_a_page_says_its_day(client, address):
    now = title(client.get(address))

    assert title(client.get(f"{address}?{THEN}")) == f"{now}, as of April 30, 2024"
    assert "as of" not in now


def test_a_milestone_compares_its_own_day_with_the_day_asked_for(read):
    page = read(f"/milestones/meeting/?{THEN}")

    assert "State of play then, on September 29, 2023" in page
    assert "State of play on April 30, 2024" in page
    assert "State of play then" not in read("/milestones/meeting/?as_of=2023-09-20")


def test_the_record_shows_the_status_and_the_timeline_up_to_the_day(read):
    then, now = read(f"{RECORD}?{THEN}"), read(RECORD)

    assert "last update January 1, 2024" in then
    assert "Begun." in then
    assert "Done." not in then
    assert "Done." in now


def test_before_anything_was_recorded_the_record_stands_as_issued(read):
    page = read(f"{RECORD}?as_of=2023-12-31")

    assert "Issued" in page
    assert "No updates were recorded through December 31, 2023." in page
    assert "Nothing was recorded through December 31, 2023." in page


def test_a_row_that_was_corrected_later_leads_to_its_correction_on_the_whole_page(recommendation, read):
    begun = recommendation.updates.get(what_en="Begun.")
    right = record(recommendation, corrects=begun, reason_en="Misread.", effective_on=date(2024, 6, 1))

    assert f'href="{RECORD}#update-{right.pk}"' in read(f"{RECORD}?{THEN}")


@pytest.mark.parametrize("address", [RECORD, "/organizations/anam/"])
def test_an_answer_that_came_later_is_awaited(read, address):
    assert "https://anam.example/letter" in read(address)
    assert "https://anam.example/letter" not in read(f"{address}?{THEN}")
    assert "Awaiting response" in read(f"{address}?{THEN}")
    assert "https://anam.example/letter" in read(f"{address}?as_of={LATER}")


@pytest.mark.parametrize(
    ("address", "published"),
    [
        (RECORD, "September 18, 2023"),
        ("/issues/2023-SB-1/", "September 18, 2023"),
        ("/documents/interview/", "April 29, 2025"),
    ],
)
def test_a_page_of_what_was_not_published_yet_says_when_it_was(client, address, published):
    response = client.get(f"{address}?as_of=2023-09-17")

    assert response.status_code == 404
    assert "Not yet published" in text(response)
    assert f"was published on {published}; on September 17, 2023, there was nothing here yet" in text(response)
    assert f'<a href="{address}">See how things stand now</a>' in text(response)


@pytest.mark.parametrize("address", ["/recommendations/2099-XX-1/", "/issues/2099-XX-1/", "/documents/none/"])
def test_what_is_not_there_on_any_day_is_not_found(client, address):
    response = client.get(f"{address}?{THEN}")

    assert response.status_code == 404
    assert "There is no page at this address" in text(response)


def test_what_is_not_public_is_not_named_on_any_day(client):
    hidden = RecommendationFactory(title_en="HIDDEN", document=DocumentFactory(visibility="staff"))

    for day in ("2020-01-01", "2024-01-01", "2999-01-01"):
        response = client.get(f"{hidden.get_absolute_url()}?as_of={day}")
        assert response.status_code == 404
        assert "HIDDEN" not in text(response)


# What every such page says and offers


@pytest.mark.parametrize("address", [*AROUND, "/recommendations/"])
def test_a_banner_says_which_day_it_is_and_leads_to_now(read, address):
    page = read(f"{address}?{THEN}")

    assert "As of April 30, 2024" in page
    assert f'<a href="{address}">See how things stand now</a>' in page
    assert "As of April 30" not in read(address)


def test_the_way_to_now_keeps_the_filters_of_the_list(read):
    page = read(f"/recommendations/?group=borders&{THEN}&page=1")

    assert '<a href="/recommendations/?group=borders">See how things stand now</a>' in page


@pytest.mark.parametrize("address", AROUND)
def test_a_form_offers_another_day(read, address):
    today = timezone.localdate().isoformat()

    assert f'name="as_of" required max="{today}" value=""' in read(address)
    assert 'value="2024-04-30"' in read(f"{address}?{THEN}")


@pytest.mark.parametrize("address", AROUND)
def test_links_keep_the_day(read, address):
    main = read(f"{address}?{THEN}").split('<main id="main"')[1].split("</main>")[0]
    main = re.sub(r'<a href="[^"]*">See how things stand now', "", main)
    links = [unescape(link) for link in re.findall(r'<a [^>]*?href="(/[^"]*)"', main)]

    kinds = "recommendations|issues|groups|chapters|organizations|documents"
    # What is to be cited has one address; the overview of organizations is always of today.
    of_today = {"/organizations/", RECORD, f"{RECORD}cite.bib"}
    lost = [link for link in links if re.match(rf"/({kinds})/", link) and "as_of=" not in link]
    lost = [link for link in lost if link not in of_today]

    assert not lost
    assert f"{RECORD}?{THEN}" in links or address not in OF_ONE


@pytest.mark.parametrize("address", AROUND)
@pytest.mark.parametrize("wrong", ["yesterday", "2024-02-30", "30/04/2024", "9" * 300])
@pytest.mark.parametrize("prefix", ["", "/es"])
def test_what_is_not_a_day_gets_a_page_that_says_so(client, address, wrong, prefix):
    response = client.get(f"{prefix}{address}?as_of={wrong}")

    assert response.status_code == 400
    assert prefix or "Enter the date in the format 2025-04-29." in text(response)
    assert 'name="as_of"' in text(response)
    assert f'<a href="{prefix}{address}">' in text(response)


@pytest.mark.parametrize("address", [*AROUND, "/recommendations/"])
def test_a_day_to_come_is_shown_as_today_with_a_note(read, address):
    tomorrow = timezone.localdate() + timedelta(days=1)

    assert "is in the future: this is how things stand today" in read(f"{address}?as_of={tomorrow}")
    assert "is in the future" not in read(f"{address}?as_of={timezone.localdate()}")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", ""])
@pytest.mark.parametrize("address", ["/groups/borders/", "/chapters/", "/milestones/meeting/"])
def test_the_ends_of_time_and_no_day_are_taken(read, address, day):
    read(f"{address}?as_of={day}")


def test_the_spanish_page_keeps_the_day(read):
    assert f'href="/es{RECORD}?{THEN}"' in read(f"/es/groups/borders/?{THEN}")
