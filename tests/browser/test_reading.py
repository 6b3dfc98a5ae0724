"""What a reader does, in a browser, with the real data of fixtures/."""

import re
from io import BytesIO, StringIO
from unicodedata import normalize

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import expect
from pypdf import PdfReader

from reviews.models import Milestone

pytestmark = pytest.mark.django_db

LIST = "/recommendations/"
DIGITAL = f"{LIST}?group=digital-economy"
RECORD = f"{LIST}2023-SB-1/"


@pytest.fixture(scope="module", autouse=True)
def _loaded(server):
    call_command("load_data", stdout=StringIO())


def codes(page) -> list[str]:
    return page.locator(".row .code").all_text_contents()


def sheets(page, address) -> list[str]:
    """What each sheet says that an address is printed on, as `run_together`."""
    page.goto(address)
    paper = PdfReader(BytesIO(page.pdf(format="Letter")))
    return [run_together(sheet.extract_text()) for sheet in paper.pages]


def run_together(printed) -> str:
    """Without spaces and ligatures: where a line ends on paper is chance."""
    return "".join(normalize("NFKC", printed).split())


def choose_digital_economy(page):
    """By the keyboard, as a box that is ticked with the mouse need not have the focus."""
    page.goto(LIST)
    page.locator("#group-digital-economy").press("Space")
    expect(page.locator("#count")).to_have_text("8 recommendations")


# Filters


def test_a_filter_applies_as_it_is_chosen_without_a_reload(page):
    page.goto(LIST)
    expect(page.locator("#count")).to_have_text("41 recommendations")
    page.evaluate("window.isTheSame = true")

    page.locator("#group-digital-economy").press("Space")

    expect(page).to_have_url(f"{page.url.split('?')[0]}?group=digital-economy")
    expect(page.locator("#count")).to_have_text("8 recommendations")
    assert len(codes(page)) == 8
    assert all(code.startswith("2023-DE-") for code in codes(page))
    assert page.evaluate("window.isTheSame")


def test_the_focus_stays_on_the_filter_that_was_chosen(page):
    choose_digital_economy(page)

    expect(page.locator("#group-digital-economy")).to_be_focused()
    expect(page.locator("#group-digital-economy")).to_be_checked()


def test_other_words_for_a_search_that_finds_nothing_are_announced(page):
    page.goto(LIST)

    page.locator("#q").fill("semicond")
    page.locator("#q").press("Enter")

    expect(page.locator("#announcement")).to_have_text(
        re.compile(r"^0 recommendations\. Did you mean semicond\S+\? It finds \d+ recommendations?\.$")
    )


def test_back_brings_the_list_before(page):
    page.goto(LIST)
    before = codes(page)
    choose_digital_economy(page)

    page.go_back()

    expect(page.locator("#count")).to_have_text("41 recommendations")
    expect(page.locator("#group-digital-economy")).not_to_be_checked()
    assert codes(page) == before
    assert page.url.endswith(LIST)


def test_without_javascript_the_button_gives_the_same_rows(page, open_page):
    plain = open_page(java_script_enabled=False)
    plain.goto(LIST)
    plain.locator("#group-digital-economy").check()
    plain.get_by_role("form", name="Filters").get_by_role("button", name="Apply").click()
    choose_digital_economy(page)

    assert "group=digital-economy" in plain.url
    assert codes(plain) == codes(page)
    assert len(codes(plain)) == 8


def test_on_a_phone_the_open_filters_say_how_many_there_are_and_lead_to_them(open_page):
    phone = open_page(viewport={"width": 360, "height": 780})
    phone.goto(LIST)
    phone.get_by_text("Filters").click()
    found = phone.get_by_role("link", name="Show 41 recommendations")
    expect(found).to_be_in_viewport()

    phone.locator("#group-digital-economy").press("Space")
    phone.get_by_role("link", name="Show 8 recommendations").click()

    expect(phone.locator("#count")).to_have_text("8 recommendations")
    expect(phone.locator("#count")).to_be_in_viewport()


def test_where_nothing_applies_by_itself_the_filters_say_no_number(open_page, page):
    plain = open_page(viewport={"width": 360, "height": 780}, java_script_enabled=False)
    plain.goto(LIST)
    plain.get_by_text("Filters").click()
    page.goto(LIST)

    expect(plain.get_by_role("button", name="Apply").first).to_be_visible()
    for window in [plain, page]:
        expect(window.locator("#found")).to_be_hidden()


# The keyboard


def test_the_keyboard_alone_leads_from_the_search_to_a_record(page):
    page.goto(LIST)
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()

    page.keyboard.type("2023-SB-1")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('?')[0]}?q=2023-SB-1")
    first = page.locator(".row h3 a").first
    for _step in range(200):
        if first.evaluate("link => link === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith(RECORD)


def test_the_keyboard_skips_the_filters(page):
    page.goto(LIST)
    page.locator("body").press("Tab")
    page.keyboard.press("Enter")  # to the content
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to results")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()

    page.keyboard.press("Enter")

    expect(page.locator("#count")).to_be_focused()


# Narrow, in Spanish, on paper


@pytest.mark.parametrize("language", ["en", "es"])
def test_on_a_phone_no_page_scrolls_sideways(open_page, language):
    phone = open_page(viewport={"width": 360, "height": 780}, is_mobile=True, has_touch=True)
    with translation.override(language):
        addresses = [
            reverse("home"),
            reverse("recommendations"),
            reverse("recommendations") + "?rows=compact&q=customs",
            reverse("recommendation", args=["2023-SB-1"]),
            reverse("changes"),
            Milestone.objects.filter(series__slug="hled").first().get_absolute_url(),
            reverse("organization", args=["anam"]),
            reverse("document", args=["c26-2023"]),
            reverse("digests:subscribe"),
        ]
    too_wide = {}
    for address in addresses:
        phone.goto(address)
        width, window = phone.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if max(width, window) > 360:  # where a page is wider, a phone shows it smaller
            too_wide[address] = width, window

    assert too_wide == {}


@pytest.mark.parametrize(
    "address",  # those with the longest names and titles
    [
        "/recommendations/2023-IE-2bis-a/",
        "/recommendations/2023-IE-5/",
        "/es/recommendations/2023-SB-3d/",
        "/es/groups/innovation-entrepreneurship/",
    ],
)
def test_a_frame_has_room_for_all_that_is_in_it_on_a_phone(open_page, address):
    frame = open_page(viewport={"width": 320, "height": 100})
    frame.goto(address)
    offered = int(re.search(r'height="(\d+)"', frame.locator("#embed-widget").text_content())[1])

    frame.goto(f"{address}widget/")

    width, height = frame.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert width == 320
    assert height <= offered


@pytest.mark.parametrize("address", [LIST, DIGITAL, RECORD, "/changes/", "/subscribe/"])
def test_who_changes_the_language_stays_on_the_page(page, address):
    page.goto(address)
    page.get_by_role("link", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert page.url.endswith("/es" + address)

    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith(address)
    assert "/es/" not in page.url


def test_the_language_follows_the_filters_that_were_chosen(page):
    choose_digital_economy(page)

    page.get_by_role("link", name="Español").click()

    expect(page.locator("#count")).to_contain_text("8 ")
    assert page.url.endswith("/es" + DIGITAL)


def test_the_feed_follows_the_filters_that_were_chosen_and_not_the_page(page):
    page.goto(f"{LIST}?rows=compact")
    page.locator("#group-digital-economy").press("Space")
    expect(page.locator("#count")).to_have_text("8 recommendations")

    feed = page.locator("link[type='application/atom+xml']")
    expect(feed).to_have_attribute("href", re.compile(r"/recommendations/feed\.atom\?group=digital-economy$"))


def test_paper_names_the_filters_and_leaves_out_the_form(page):
    page.goto(DIGITAL)
    expect(page.locator("#filters")).to_be_visible()
    expect(page.locator(".printed")).to_be_hidden()

    page.emulate_media(media="print")

    expect(page.locator("#filters")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.locator(".chip")).to_have_text("Group: Digital Economy")
    expect(page.locator(".chip")).to_be_visible()
    expect(page.locator(".printed")).to_contain_text(f"https://tracker.example{DIGITAL}")
    expect(page.locator(".row")).to_have_count(8)


def test_paper_shows_what_is_folded_on_the_screen(page):
    page.goto("/changes/?since=2023-09-18&until=2026-06-01")
    folded = page.locator(".change details .timeline p").first
    expect(folded).to_be_hidden()

    page.emulate_media(media="print")

    expect(folded).to_be_visible()
    expect(page.locator("form").first).to_be_hidden()


@pytest.mark.parametrize("organization", ["anam", "cbp", "government-of-mexico"])
def test_on_paper_an_ask_of_a_brief_begins_on_the_sheet_that_names_it(page, organization):
    printed = sheets(page, f"/organizations/{organization}/")
    asks = page.locator(".row").all()
    assert asks

    for ask in asks:
        title, summary = (run_together(ask.locator(part).first.text_content()) for part in ("h3", "dd"))
        assert any(title in sheet and summary in sheet for sheet in printed)


def test_on_paper_no_heading_of_the_milestones_stands_alone_at_the_foot(page):
    assert not any(sheet.endswith(("Upcoming", "Past")) for sheet in sheets(page, "/milestones/"))


def test_a_brief_on_paper_gives_the_addresses_of_its_evidence(page):
    printed = "".join(sheets(page, "/organizations/anam/"))
    sources = page.locator(".particulars a").all()
    assert sources

    for source in sources:
        assert f"<{source.get_attribute('href')}>" in printed


def test_the_foot_of_a_short_page_stands_at_the_bottom(page):
    page.goto("/chapters/9/")

    assert page.evaluate("document.querySelector('footer.site').getBoundingClientRect().bottom") == 900


# Another day


@pytest.mark.parametrize("address", [LIST, RECORD, "/groups/"])
def test_a_page_of_another_day_says_so(page, address):
    page.goto(f"{address}?as_of=2024-01-31")
    banner = page.locator(".notice")
    expect(banner).to_contain_text("As of January 31, 2024")
    expect(banner).to_be_in_viewport()

    banner.get_by_role("link", name="See how things stand now").click()
    expect(banner).to_have_count(0)
    assert page.url.endswith(address)


# Digests


def test_who_subscribes_is_told_to_look_into_the_inbox(page):
    page.goto("/subscribe/")
    page.get_by_label("e-mail").first.fill("reader@example.org")
    page.locator("[name=agrees]").check()
    page.get_by_role("button", name="Send me a confirmation").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Check your inbox")
    assert page.url.endswith("/subscribe/asked/")


# Cite and share


def test_a_citation_is_copied_and_this_is_said(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(RECORD)
    page.get_by_text("Cite this", exact=True).click()

    page.get_by_role("button", name="Copy the citation").click()

    expect(page.locator("[data-copies=citation] + [role=status]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#citation").text_content()


def test_without_javascript_there_is_no_button_to_copy(open_page):
    plain = open_page(java_script_enabled=False)
    plain.goto(RECORD)
    plain.get_by_text("Cite this", exact=True).click()

    expect(plain.locator("#citation")).to_be_visible()
    expect(plain.get_by_role("button", name="Copy the citation")).to_be_hidden()
