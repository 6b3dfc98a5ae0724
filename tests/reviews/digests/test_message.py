"""What holds for every message: checked over all those of three digests of the real data, for readers of each kind."""

import re
from datetime import date, timedelta
from email.utils import parseaddr, parsedate_to_datetime
from html import unescape
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from recommendations.models import Recommendation
from recommendations.models.status import Status
from reviews.digests.models import Delivery
from reviews.digests.pipeline.run import prepare
from reviews.digests.subscribers.tokens import token_for
from tests.factories import MilestoneFactory, SubscriptionFactory, record
from working_groups.models import WorkingGroup

from .reading import CODE, URL, Letter
from .stages import NOW, as_sent, wire_of

# Without it pytest-django makes no test database, and the fixture would use the real one.
pytestmark = pytest.mark.django_db

HARD_TO_CARRY = (
    ".A dot begins it.\n..Two dots, <b>bold</b> & “quotes”, 5 = 5, ñandú, 🚢, {{ name }}: None "
    "https://example.org/" + "a" * 300 + "\n.\nFrom here on it is\tover. "
)


@pytest.fixture(scope="module")
def letters(django_db_setup, django_db_blocker):
    """Of a first digest, of one with little news and of one with none."""
    with django_db_blocker.unblock():
        assert connection.settings_dict["NAME"].startswith("test_"), "never load into, and empty, another database"
        call_command("load_data", stdout=StringIO())
        milestone = MilestoneFactory(
            name_en="Reunión “USMCA & T-MEC”",
            name_es="Revisión conjunta del T-MEC " + "muy larga " * 10,
            place_en="Washington, D.C.",
            place_es="Ciudad de México",
        )
        MilestoneFactory(
            series=milestone.series,
            name_en="An earlier dialogue",
            name_es="Un diálogo anterior",
            day=date(2023, 9, 29),
            state="held",
        )
        borders, digital = WorkingGroup.objects.filter(slug__in=["smart-borders", "digital-economy"]).order_by("-slug")
        for language in ("en", "es"):
            for groups in ([], [borders], [borders, digital]):
                SubscriptionFactory(series=[milestone.series], groups=groups, language=language)

        prepare(NOW)
        record(
            Recommendation.objects.filter(issue__topic__group=borders).first(),
            what_en=HARD_TO_CARRY,
            what_es=HARD_TO_CARRY,
            evidence=[{"title": "A <source> & more", "publisher": "DOF", "url": "https://example.org/?a=1&b=2"}],
        )
        prepare(NOW + timedelta(days=23))
        prepare(NOW + timedelta(days=29))

        deliveries = Delivery.objects.select_related("subscription", "rendering", "message__body", "digest")
        yield [_letter(delivery) for delivery in deliveries]
        call_command("flush", interactive=False, verbosity=0)


def _letter(delivery) -> Letter:
    reader, rendering = delivery.subscription, delivery.rendering
    return Letter(
        raw=as_sent(delivery),
        wire=wire_of(delivery),
        recipient=reader.email,
        token=token_for(reader.key),
        language=reader.language,
        groups=tuple(rendering.groups),
        message_id=delivery.message.message_id,
        content=delivery.digest.content,
        subject=rendering.subject,
    )


def test_there_are_messages_of_each_kind_to_check(letters):
    assert len(letters) == 18
    assert len({(letter.language, letter.groups) for letter in letters}) == 6
    assert sorted({len(letter.content["news"]) for letter in letters})[:2] == [0, 1]
    assert any(len(letter.news_of(group)) > 6 for letter in letters for group in letter.shown)


# Headers


def test_it_goes_to_one_reader(letters):
    for letter in letters:
        assert letter.message.get_all("To") == [letter.recipient]
        assert not {"Cc", "Bcc"} & set(letter.message.keys())


def test_its_message_id_is_its_own_and_at_the_sites_host(letters):
    for letter in letters:
        assert letter.message["Message-ID"] == letter.message_id
        assert re.fullmatch(r"<[\w.-]+@tracker\.example>", letter.message_id)
    assert len({letter.message_id for letter in letters}) == len(letters)


def test_its_date_is_that_of_its_first_sending(letters):
    for letter in letters:
        assert parsedate_to_datetime(letter.message["Date"]) == NOW


def test_one_click_ends_it(letters):
    for letter in letters:
        [address] = letter.message.get_all("List-Unsubscribe")
        prefix = "/es" if letter.language == "es" else ""
        assert address == f"<https://tracker.example{prefix}/subscriptions/{letter.token}/unsubscribe/>"
        assert letter.message.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]


def test_it_says_to_machines_what_it_is(letters):
    for letter in letters:
        assert re.fullmatch(r"<[\w-]+\.digests\.tracker\.example>", letter.message["List-Id"])
        assert letter.message["Auto-Submitted"] == "auto-generated"
        assert letter.message["X-Auto-Response-Suppress"] == "All"
        assert letter.message["Content-Language"] == letter.language
        assert re.fullmatch(r"[^:]+:[^:]+:[^:]+:[^:]+", letter.message["Feedback-ID"])
        assert letter.message["MIME-Version"] == "1.0"


def test_it_comes_from_us_and_answers_reach_us(letters):
    for letter in letters:
        names = {"en": "C26+ Recommendations Tracker", "es": "Seguimiento de Recomendaciones C26+"}
        for header, configured in [("From", settings.DEFAULT_FROM_EMAIL), ("Reply-To", settings.MAIL_REPLY_TO)]:
            [address] = letter.message[header].addresses
            assert address.display_name == names[letter.language]
            assert address.addr_spec == parseaddr(configured)[1]


def test_no_header_comes_twice(letters):
    for letter in letters:
        names = [name.lower() for name in letter.message]
        assert len(names) == len(set(names))


def test_its_subject_says_which_milestone_in_the_readers_language(letters):
    for letter in letters:
        assert letter.message["Subject"] == letter.subject
        assert letter.subject.startswith(letter.content["milestone"][f"name_{letter.language}"].strip())


# On the wire


def test_it_is_text_then_html(letters):
    for letter in letters:
        assert letter.message.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in letter.message.iter_parts()] == ["text/plain", "text/html"]
        assert [part.get_content_charset() for part in letter.message.iter_parts()] == ["utf-8", "utf-8"]
        assert not letter.message.defects
        assert not [part.defects for part in letter.message.iter_parts() if part.defects]


def test_it_is_ascii_in_short_lines_that_end_as_they_should(letters):
    for letter in letters:
        letter.wire.decode("ascii")
        assert letter.wire.endswith(b"\r\n.\r\n")
        lines = letter.wire.split(b"\r\n")
        assert max(map(len, lines)) <= 998
        assert not any(b"\r" in line or b"\n" in line for line in lines)


def test_no_line_but_the_last_ends_it_early(letters):
    for letter in letters:
        lines = letter.wire.removesuffix(b"\r\n.\r\n").split(b"\r\n")
        assert not [line for line in lines if line.startswith(b".") and not line.startswith(b"..")]
        unstuffed = b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)
        assert unstuffed + b"\r\n" == letter.raw


def test_what_is_hard_to_carry_arrives_unharmed(letters):
    told = [letter for letter in letters if len(letter.content["news"]) == 1]
    assert told
    for letter in told:
        assert " ".join(HARD_TO_CARRY.split()) in " ".join(letter.text.split())
        assert HARD_TO_CARRY in letter.html.words


# What it says


def test_every_code_and_link_of_the_html_stands_in_the_text(letters):
    for letter in letters:
        codes = set(CODE.findall(letter.html.words))
        assert codes
        assert codes <= set(CODE.findall(letter.text))
        assert letter.html.links <= set(URL.findall(letter.text))


def test_every_status_and_how_many_stand_there_is_in_html_and_text(letters):
    for letter in letters:
        stated = re.findall(r"^- (.+: \d+)$", letter.text, re.MULTILINE)
        assert len(stated) == sum(count > 0 for group in letter.shown for count in group["counts"].values())
        assert not [line for line in stated if line not in letter.html.words]


def test_its_counts_are_those_that_were_frozen(letters):
    for letter in letters:
        expected = []
        for group in letter.shown:
            expected += [group["counts"][status] for status in Status.values if group["counts"][status]]
            expected += [len(letter.news_of(group)), len(group["open"])]
        assert [int(count) for count in re.findall(r"^[^:\n]+: (\d+)$", letter.text, re.MULTILINE)] == expected


def test_its_totals_are_the_sums_of_the_groups(letters):
    for letter in letters:
        news = sum(len(letter.news_of(group)) for group in letter.shown)
        still_open = sum(len(group["open"]) for group in letter.shown)
        total = sum(sum(group["counts"].values()) for group in letter.shown)
        head = letter.text.split(letter.shown[0][f"name_{letter.language}"])[0]
        assert not news or re.search(rf"^{news} ", head, re.MULTILINE)
        assert re.search(rf"^{still_open} .*\b{total}\b", head, re.MULTILINE)
        if news:
            assert re.search(rf"\b{news}\b", letter.subject)


def test_it_shows_a_few_rows_of_each_group_and_says_where_the_others_are(letters):
    for letter in letters:
        for group in letter.shown:
            web, rest = r"\S+/digests/\d+/", rf"\S+\?group={group['slug']}&open=true"
            is_short = letter.content["previous_as_of"] is None and len(letter.shown) > 1  # the first has much to tell
            news_shown, open_shown = (4 // len(letter.shown), 8 // len(letter.shown)) if is_short else (6, 6)
            for rows, most, elsewhere in (
                (letter.news_of(group), news_shown, web),
                (group["open"], open_shown, rest),
            ):
                says = re.search(rf"\b{len(rows) - most}\b.*:\n{elsewhere}$", letter.text, re.MULTILINE)
                assert bool(says) == (len(rows) > most)


def test_it_says_why_how_to_change_how_to_stop_and_where_to_read_it(letters):
    for letter in letters:
        prefix = "https://tracker.example" + ("/es" if letter.language == "es" else "")
        own = f"{prefix}/subscriptions/{letter.token}/"
        for where in (letter.html.links, URL.findall(letter.text)):
            assert {own, f"{own}unsubscribe/"} <= set(where)
            assert [link for link in where if re.fullmatch(rf"{prefix}/digests/\d+/", link)]
        for words in (" ".join(letter.text.split()), " ".join(letter.html.words.split())):
            assert letter.content["series"][f"name_{letter.language}"] in words


def test_it_speaks_one_language(letters):
    other = {"en": "es", "es": "en"}
    for letter in letters:
        for group in letter.shown:
            here, there = group[f"name_{letter.language}"], group[f"name_{other[letter.language]}"]
            assert here in letter.text
            assert there not in letter.text or there in here
        site = [link for link in letter.html.links if link.startswith("https://tracker.example")]
        assert all(link.startswith("https://tracker.example/es/") == (letter.language == "es") for link in site)
        assert ("Unsubscribe" in letter.text) == (letter.language == "en")


def test_nothing_in_it_is_unresolved(letters):
    for letter in letters:
        for body in (letter.text, letter.html.words, letter.subject):
            ours = " ".join(body.split()).replace(" ".join(HARD_TO_CARRY.split()), "")
            assert not re.search(r"\{\{|\}\}|\{%|%\(|%[sd]\b|@@|\bNone\b|\bFalse\b|\bnan\b", ours)


def test_every_link_leads_to_this_site_or_to_a_source(letters):
    for letter in letters:
        sources = {source["url"] for row in letter.content["news"] for source in row["evidence"]}
        for link in letter.html.links - sources:
            assert link == unescape(link)
            assert urlsplit(link)[:2] == ("https", "tracker.example")
            assert "//" not in urlsplit(link).path


# The HTML


def test_it_is_small_enough_for_mail_programs(letters):
    for letter in letters:
        assert len(letter.source.encode()) < (32_000 if letter.content["previous_as_of"] is None else 60_000)
        assert len("".join(re.findall(r"<style>(.*?)</style>", letter.source, re.DOTALL)).encode()) < 16_000


def test_it_runs_asks_and_fetches_nothing(letters):
    for letter in letters:
        tags = {tag for tag, _attributes in letter.html.tags}
        assert not tags & {
            "script",
            "form",
            "input",
            "button",
            "svg",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "img",
        }
        assert not re.search(r"url\(|@import|expression\(|javascript:", letter.source)
        assert not any(
            name.startswith("on") or name in ("src", "srcset", "background", "poster")
            for _tag, attributes in letter.html.tags
            for name in attributes
        )


def test_it_can_be_read_without_its_style_sheet(letters):
    for letter in letters:
        plain = [attributes for tag, attributes in letter.html.tags if tag in ("h1", "h2")]
        assert plain
        assert all("font-size" in attributes.get("style", "") for attributes in plain)


def test_it_names_its_language_on_the_root_and_on_the_wrapper(letters):
    for letter in letters:
        marked = [tag for tag, attributes in letter.html.tags if attributes.get("lang") == letter.language]
        assert marked[:2] == ["html", "div"]


def test_tables_for_layout_say_so_and_tables_of_data_have_captions_and_scopes(letters):
    for letter in letters:
        assert letter.html.tables
        for table in letter.html.tables:
            if table.attributes.get("role") == "presentation":
                assert (table.captions, table.heads) == (0, [])
            else:
                assert table.captions == 1
                assert {head.get("scope") for head in table.heads} == {"col", "row"}


# Between readers


def test_no_message_holds_anything_of_another_reader(letters):
    for letter in letters:
        all_bytes = b"".join(letter.raw.split(b"=\r\n")) + letter.text.encode() + letter.source.encode()
        for other in letters:
            if other.recipient != letter.recipient:
                assert other.recipient.encode() not in all_bytes
                assert other.token.encode() not in all_bytes
                assert other.message_id.encode() not in all_bytes


def test_a_message_knows_its_reader_only_by_address_and_token(letters):
    for letter in letters:
        assert letter.raw.count(letter.recipient.encode()) == 1
        assert letter.recipient not in letter.text + letter.source
