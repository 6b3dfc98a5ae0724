"""The briefing book of a milestone: what it says, and the two files that it comes as."""

import re
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from docx import Document as WordDocument
from pypdf import PdfReader

from recommendations.models import Recommendation
from recommendations.status import Status
from reviews.briefing import docx, pdf
from reviews.briefing.make import make_book
from reviews.models import Milestone
from tests.factories import (
    SOURCE,
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    IssueFactory,
    MilestoneFactory,
    OrganizationFactory,
    RecommendationFactory,
    SeriesFactory,
    UserFactory,
    WorkingGroupFactory,
    record,
)

pytestmark = pytest.mark.django_db

DAY = date(2025, 6, 1)
MARKUP = '#set page(fill: red) $x^2$ *bold* _it_ @ref <label> \\ `raw` // c /* d */ = H ~ "q" {{ x }} &amp; áéñ¿'


@pytest.fixture
def paper():
    return DocumentFactory(title_en="The paper", title_es="El documento")


@pytest.fixture
def milestone(paper):
    milestone = MilestoneFactory(
        slug="meeting", name_en="Third meeting", name_es="Tercera reunión", day=date(2025, 9, 1), place_en="Washington"
    )
    milestone.documents.add(paper)
    return milestone


@pytest.fixture
def recommendation(paper):
    return RecommendationFactory(document=paper, code="2023-SB-1")


def book(milestone, day=DAY, by="group", user=None, language="en"):
    with translation.override(language):
        return make_book(milestone, day, by, user or AnonymousUser())


def entries(book):
    return [entry for part in book.parts for entry in part.entries]


def entry_of(book):
    """The one entry of a book about one recommendation."""
    [entry] = entries(book)
    return entry


def squashed(text) -> str:
    """Without what setting a text adds to it: breaks, hyphens, and places for breaks."""
    return re.sub(r"[\s\-‐\u00ad\u200b]", "", text)


def pdf_text(file) -> str:
    return squashed("".join(page.extract_text() for page in PdfReader(BytesIO(file)).pages))


def word_parts(file) -> dict[str, str]:
    with ZipFile(BytesIO(file)) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels"))}


def word_text(file) -> str:
    """The text of the body and of the footnotes."""
    parts = word_parts(file)
    xml = parts["word/document.xml"] + parts["word/footnotes.xml"]
    runs = "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml))
    return squashed(runs.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


TEXT_OF = {pdf: pdf_text, docx: word_text}
both_formats = pytest.mark.parametrize("format_", [pdf, docx], ids=["pdf", "docx"])


class TestWhatItHolds:
    def test_each_recommendation_once_under_its_group(self, milestone, paper):
        groups = [WorkingGroupFactory(name_en=name, position=place) for name, place in [("B", 2), ("A", 1)]]
        for number, group in enumerate([*groups, *groups]):
            issue = IssueFactory(topic__group=group, topic__document=paper)
            RecommendationFactory(code=f"2023-SB-{number}", issue=issue)
        RecommendationFactory()

        found = book(milestone)

        assert [(part.title, [entry.code for entry in part.entries]) for part in found.parts] == [
            ("A", ["2023-SB-1", "2023-SB-3"]),
            ("B", ["2023-SB-0", "2023-SB-2"]),
        ]

    def test_by_chapter_each_stands_in_full_once_and_is_pointed_to_elsewhere(self, milestone, paper):
        for code, links in [
            ("2023-SB-1", {7: False, 19: False}),
            ("2023-SB-2", {7: True, 19: False}),
            ("2023-SB-3", {}),
        ]:
            recommendation = RecommendationFactory(code=code, document=paper)
            for number, is_loose in links.items():
                chapter = ChapterFactory(number=number, title_en=f"Title {number}")
                ChapterLinkFactory(recommendation=recommendation, chapter=chapter, is_loose=is_loose)

        found = book(milestone, by="chapter")

        assert [
            (part.title, [each.code for each in part.entries], [each.code for each in part.pointers])
            for part in found.parts
        ] == [
            ("Chapter 7: Title 7", ["2023-SB-1"], ["2023-SB-2"]),
            ("Chapter 19: Title 19", ["2023-SB-2"], ["2023-SB-1"]),
            ("No chapter of the agreement", ["2023-SB-3"], []),
        ]

    def test_where_no_document_was_prepared_it_holds_all_that_is_public(self, recommendation):
        RecommendationFactory(document=DocumentFactory(visibility="members"))

        found = book(MilestoneFactory())

        assert entry_of(found).code == recommendation.code
        assert found.scope.startswith("No document was prepared for this milestone.")

    def test_the_state_of_play_is_the_ledgers(self, milestone, paper):
        for status in ["in_progress", "in_progress", "implemented", None]:
            RecommendationFactory(document=paper, status=status)

        found = book(milestone)

        assert found.total.counts == dict.fromkeys(Status.values, 0) | {
            "issued": 1,
            "in_progress": 2,
            "implemented": 1,
        }
        assert found.total.counts == Recommendation.objects.as_of_today().count_by_status()
        assert (found.total.open, found.total.closed) == (3, 1)
        assert [sum(tally.counts.values()) for tally in found.by_group] == [1, 1, 1, 1]

    def test_of_the_real_data_nothing_is_missing(self, loaded):
        coming = Milestone.objects.get(slug="usmca-joint-review-2027")
        codes = sorted(Recommendation.objects.values_list("code", flat=True))

        for by in ["group", "chapter"]:
            assert sorted(entry.code for entry in entries(book(coming, timezone.localdate(), by))) == codes
        assert len(codes) == 36

    def test_before_anything_was_published_it_says_so(self, milestone, recommendation):
        found = book(milestone, date(2020, 1, 1))

        assert (found.parts, found.total.total, found.documents) == ([], 0, [])
        for format_, text_of in TEXT_OF.items():
            assert squashed("No recommendation had been published by this day.") in text_of(format_.render(found))

    def test_the_number_of_queries_does_not_depend_on_how_much_there_is(self, milestone, paper):
        MilestoneFactory(series=milestone.series, day=date(2024, 1, 1), state="held")

        def grow(more):
            for _each in range(more):
                recommendation = RecommendationFactory(document=paper)
                record(recommendation, status="in_progress")
                AddresseeFactory(recommendation=recommendation)
                ChapterLinkFactory(recommendation=recommendation)

        def queries():
            with CaptureQueriesContext(connection) as captured:
                book(Milestone.objects.select_related("series").get(pk=milestone.pk))
            return len(captured)

        grow(2)
        few = queries()
        grow(20)

        assert queries() == few


class TestEntry:
    def test_it_tells_the_latest_three_updates_and_counts_the_rest(self, milestone, recommendation):
        for month in range(1, 6):
            record(recommendation, effective_on=date(2025, month, 1), what_en=f"In month {month}.")

        entry = entry_of(book(milestone))

        assert [event.what for event in entry.events] == ["In month 5.", "In month 4.", "In month 3."]
        assert entry.earlier == "2 earlier updates:"

    def test_an_update_has_its_evidence(self, milestone, recommendation):
        record(recommendation, evidence=[SOURCE | {"published_on": date(2024, 4, 30)}])

        [event] = entry_of(book(milestone)).events
        [source] = event.sources
        assert (source.publisher, source.title, source.url, source.day) == (
            "A gazette",
            "A source",
            "https://example.org/source",
            "30 April 2024",
        )

    def test_since_is_when_it_came_to_stand_where_it_stands(self, milestone, recommendation):
        record(recommendation, status="in_progress", effective_on=date(2024, 2, 1), precision="month")
        record(recommendation, status="in_progress", effective_on=date(2024, 8, 5))

        entry = entry_of(book(milestone))

        assert (entry.status, entry.since) == ("in_progress", "since February 2024")
        assert [(event.previous, event.status) for event in entry.events] == [
            ("", "in_progress"),
            ("issued", "in_progress"),
        ]

    def test_what_never_moved_is_issued_since_its_publication(self, milestone, recommendation):
        record(recommendation, status="issued", effective_on=date(2024, 2, 1))

        assert entry_of(book(milestone)).since == "since 18 September 2023"

    def test_a_corrected_update_is_left_out_and_its_correction_says_so(self, milestone, recommendation):
        wrong = record(recommendation, status="implemented", what_en="A slip.")
        record(recommendation, status="in_progress", what_en="So it is.", corrects=wrong, reason_en="Misread.")

        [event] = entry_of(book(milestone)).events
        assert (event.what, event.previous) == ("So it is.", "issued")
        assert event.notes[:2] == ["Corrects an earlier entry", "Reason: Misread."]

    def test_it_names_who_was_asked_and_what_they_answered(self, milestone, recommendation):
        anam = OrganizationFactory(name_en="Customs Agency", acronym="ANAM")
        AddresseeFactory(
            recommendation=recommendation,
            organization=anam,
            response="accepted",
            responded_on=date(2025, 1, 2),
            response_url="https://example.org/answer",
        )
        AddresseeFactory(recommendation=recommendation, organization__name_en="Senate", is_named=False)

        first, second = entry_of(book(milestone)).asked

        assert (first.name, first.response) == ("Customs Agency (ANAM)", "Accepted, 2 January 2025")
        assert first.sources[0].url == "https://example.org/answer"
        assert (second.name, second.response, second.sources) == ("Senate, our reading", "Awaiting response", [])

    def test_it_is_in_the_language_asked_for(self, milestone, recommendation):
        record(recommendation, status="in_progress")

        found = book(milestone, language="es")

        assert (found.language, found.milestone, found.labels["in_progress"]) == ("es", "Tercera reunión", "En proceso")
        assert entry_of(found).title == recommendation.title_es
        assert entry_of(found).url == "https://tracker.example/es/recommendations/2023-SB-1/"
        assert entry_of(found).events[0].what == "Algo pasó."


class TestAsOf:
    def test_it_shows_the_past_as_it_was(self, milestone, recommendation):
        record(recommendation, status="in_progress", effective_on=date(2024, 5, 1), what_en="Begun.")
        record(recommendation, status="implemented", effective_on=date(2025, 5, 1), what_en="Done.")
        RecommendationFactory(code="2025-SB-1", document=DocumentFactory(published_on=date(2025, 1, 1)))
        milestone.documents.add(Recommendation.objects.get(code="2025-SB-1").document)

        then = book(milestone, date(2024, 12, 31))

        assert (entry_of(then).status, [event.what for event in entry_of(then).events]) == ("in_progress", ["Begun."])
        assert (then.as_of, then.documents) == (
            "As of 31 December 2024",
            [f"The paper. {milestone.documents.get(title_en='The paper').publisher.name}, 18 September 2023"],
        )
        assert [entry.status for entry in entries(book(milestone))] == ["implemented", "issued"]

    def test_an_answer_that_came_later_is_still_awaited(self, milestone, recommendation):
        AddresseeFactory(
            recommendation=recommendation,
            response="accepted",
            responded_on=date(2025, 1, 2),
            response_url="https://example.org/answer",
        )

        [asked] = entry_of(book(milestone, date(2025, 1, 1))).asked
        assert (asked.response, asked.sources) == ("Awaiting response", [])


class TestWhoMayRead:
    @pytest.fixture
    def internal(self, milestone, recommendation):
        """What is not public: a document for members, and an update for staff."""
        internal = DocumentFactory(visibility="members")
        milestone.documents.add(internal)
        record(recommendation, visibility="staff", what_en="Only for staff.", status="issued")
        return RecommendationFactory(code="2023-ZZ-9", document=internal, title_en="Only for members")

    def test_what_is_not_public_is_in_no_public_book(self, milestone, internal):
        found = book(milestone)

        assert [entry.code for entry in entries(found)] == ["2023-SB-1"]
        assert found.warning == ""
        for format_, text_of in TEXT_OF.items():
            assert "Onlyfor" not in text_of(format_.render(found))

    def test_a_book_for_members_says_that_it_is_not_to_go_round(self, milestone, internal):
        found = book(milestone, user=UserFactory())

        assert {entry.code for entry in entries(found)} == {"2023-SB-1", "2023-ZZ-9"}
        assert found.warning == "Not for circulation: holds what is not public"
        for format_, text_of in TEXT_OF.items():
            assert squashed(found.warning) in text_of(format_.render(found))

    def test_rows_of_the_ledger_are_public_ones_even_for_staff(self, milestone, internal):
        found = book(milestone, user=UserFactory(is_staff=True))

        assert "Only for staff." not in repr(found)


class TestChanges:
    @pytest.fixture
    def last(self, milestone):
        return MilestoneFactory(series=milestone.series, name_en="Second meeting", day=date(2025, 1, 15), state="held")

    def test_it_tells_what_changed_since_the_last_milestone_that_was_held(self, milestone, last, recommendation, paper):
        MilestoneFactory(series=milestone.series, day=date(2025, 3, 1), state="cancelled")
        MilestoneFactory(series=SeriesFactory(), day=date(2025, 3, 1), state="held")
        record(recommendation, effective_on=date(2025, 1, 15), status="under_consideration")
        record(recommendation, effective_on=date(2025, 2, 1), status="in_progress", what_en="Begun.")
        record(recommendation, effective_on=date(2025, 4, 1), status="in_progress", what_en="Goes on.")
        still = RecommendationFactory(document=paper, code="2023-SB-2")
        record(still, effective_on=date(2024, 4, 1), status="in_progress")

        found = book(milestone)

        assert found.changes_title == "Changes since the last milestone: Second meeting, 15 January 2025"
        [movements] = found.changes
        [movement] = movements.movements
        assert (movements.kind, movement.code) == ("Moved forward", "2023-SB-1")
        assert (movement.before, movement.after) == ("under_consideration", "in_progress")
        assert ([event.what for event in movement.events], movement.more) == (["Begun."], "1 more update")

    def test_of_what_is_new_the_entry_tells_the_rest(self, milestone, last):
        fresh = DocumentFactory(published_on=date(2025, 2, 1))
        milestone.documents.add(fresh)
        record(RecommendationFactory(document=fresh, code="2025-SB-1"), effective_on=date(2025, 3, 1))

        [movements] = book(milestone).changes
        [movement] = movements.movements
        assert (movements.kind, movement.code, movement.events) == ("New", "2025-SB-1", [])

    def test_when_nothing_changed_it_says_so(self, milestone, last, recommendation):
        assert book(milestone).changes_note == "Nothing changed in this time."

    def test_when_no_milestone_was_held_it_says_so(self, milestone, recommendation):
        found = book(milestone)

        assert found.changes_title == "Changes since the last milestone"
        assert found.changes_note == "No milestone of this series had been held by this day."


class TestFiles:
    @pytest.fixture
    def telling(self, milestone, paper):
        """A milestone with a recommendation at each status but one, and something to tell in each place."""
        MilestoneFactory(series=milestone.series, name_en="Second meeting", day=date(2024, 1, 15), state="held")
        for number, status in enumerate(each for each in Status if each != Status.SUPERSEDED):
            recommendation = RecommendationFactory(document=paper, code=f"2023-SB-{number}", priority=number == 0)
            url = f"https://example.org/{'a-long-way/' * 8}{number}?q=á&x=%20#part"
            record(recommendation, status=status, evidence=[SOURCE | {"url": url, "title": f"Source {number}"}])
            AddresseeFactory(recommendation=recommendation)
            ChapterLinkFactory(recommendation=recommendation, chapter=ChapterFactory(number=7))
        return milestone

    @both_formats
    @pytest.mark.parametrize("by", ["group", "chapter"])
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_everything_in_the_book_is_in_the_file(self, telling, format_, by, language):
        found = book(telling, by=by, language=language)

        text = TEXT_OF[format_](format_.render(found))

        expected = [found.milestone, found.when, found.series, found.as_of, found.scope, found.sum, found.publisher]
        expected += [*found.documents, found.state_of_play, found.changes_title, *found.method, *found.rules]
        expected += [definition.text for definition in found.definitions]
        expected += [movements.kind for movements in found.changes]
        expected += [tally.name for tally in found.by_group] + [part.title for part in found.parts]
        for entry in entries(found):
            expected += [entry.code, entry.title, entry.since, entry.summary, entry.success_test, entry.place]
            expected += [found.labels[entry.status], *entry.chapters, *[asked.name for asked in entry.asked]]
            for event in entry.events:
                expected += [event.day, event.what, *event.notes]
                expected += [part for source in event.sources for part in (source.publisher, source.title, source.url)]
        assert [each for each in expected if squashed(each) not in text] == []

    @both_formats
    def test_the_same_book_gives_the_same_bytes(self, telling, format_):
        assert format_.render(book(telling)) == format_.render(book(telling))

    @both_formats
    def test_markup_in_the_data_is_text(self, milestone, recommendation, format_):
        word = "Pneumono" * 20
        Recommendation.objects.update(title_en=MARKUP, summary_en=f"{MARKUP} {word}", success_test_en="e\x0bnd\n\nnew")
        Milestone.objects.update(name_en=MARKUP)
        milestone.refresh_from_db()
        source = {"title": MARKUP * 2, "publisher": MARKUP, "url": f"https://example.org/{'u' * 300}?#$*@<"}
        record(recommendation, what_en=MARKUP, evidence=[source])

        text = TEXT_OF[format_](format_.render(book(milestone)))

        assert text.count(squashed(MARKUP)) >= 7
        assert word in text
        assert squashed(source["url"]) in text
        assert "endnew" in text


class TestPdf:
    @pytest.fixture
    def reader(self, milestone, recommendation):
        record(recommendation, status="in_progress")

        def reader(language="en"):
            return PdfReader(BytesIO(pdf.render(book(milestone, language=language))))

        return reader

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_it_says_what_it_is(self, reader, language):
        found = reader(language)

        assert found.trailer["/Root"]["/Lang"] == language
        assert found.metadata.author == "U.S.-Mexico Foundation"
        assert found.metadata.title.endswith({"en": "Third meeting", "es": "Tercera reunión"}[language])
        assert found.metadata.creation_date.date() == DAY

    def test_it_is_made_for_screen_readers(self, reader):
        found = reader()

        assert found.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert "/StructTreeRoot" in found.trailer["/Root"]
        assert b"<pdfuaid:part>1</pdfuaid:part>" in found.xmp_metadata.stream.get_data()

    def test_all_pages_but_the_cover_say_which_they_are(self, reader):
        pages = [page.extract_text() for page in reader().pages]

        assert "Page" not in pages[0]
        for number, page in enumerate(pages[1:], 2):
            assert f"Page {number} of {len(pages)}" in page
            assert page.startswith("Third meeting")
            assert "As of 1 June 2025" in page

    def test_its_fonts_are_in_it(self, reader):
        for page in reader().pages:
            for font in page["/Resources"]["/Font"].values():
                [face] = font.get_object()["/DescendantFonts"]
                assert "/FontFile3" in face.get_object()["/FontDescriptor"]

    def test_evidence_is_linked(self, reader):
        found = {
            note.get_object()["/A"]["/URI"]
            for page in reader().pages
            for note in page.get("/Annots", [])
            if "/URI" in note.get_object().get("/A", {})
        }

        assert SOURCE["url"] in found

    def test_a_reader_can_go_to_each_part(self, reader):
        titles = [each.title for each in reader().outline if not isinstance(each, list)]

        assert titles[:2] == ["State of play on 1 June 2025", "Changes since the last milestone"]
        assert titles[-1] == "Notes on method"

    def test_letters_that_the_fonts_lack_do_not_stop_it(self, milestone, recommendation):
        Recommendation.objects.update(title_en="漢字 😀 and more")

        assert "andmore" in pdf_text(pdf.render(book(milestone)))


class TestDocx:
    @pytest.fixture
    def file(self, milestone, recommendation):
        record(recommendation, status="in_progress")
        return docx.render(book(milestone, language="es"))

    @pytest.fixture
    def document(self, file):
        return WordDocument(BytesIO(file))

    def test_it_says_what_it_is(self, document, file):
        properties = document.core_properties

        assert properties.title.endswith("Tercera reunión")
        assert (properties.author, properties.language) == ("U.S.-Mexico Foundation", "es")
        assert properties.created.date() == DAY
        assert '<w:lang w:val="es-MX"' in word_parts(file)["word/styles.xml"]

    def test_its_headings_are_headings(self, document, recommendation):
        headings = [each for each in document.paragraphs if each.style.name.startswith("Heading")]

        assert recommendation.title_es in [each.text for each in headings if each.style.name == "Heading 2"]
        assert recommendation.group.name_es in [each.text for each in headings if each.style.name == "Heading 1"]

    def test_its_tables_repeat_their_first_row(self, document):
        assert len(document.tables) == 3
        for table in document.tables:
            assert table.rows[0]._tr.trPr.find("{*}tblHeader") is not None

    def test_evidence_is_in_footnotes(self, file):
        parts = word_parts(file)

        assert re.findall(r'<w:footnoteReference w:id="(\d+)"/>', parts["word/document.xml"]) == ["1"]
        assert SOURCE["url"] in parts["word/footnotes.xml"]
        assert SOURCE["url"] in parts["word/_rels/footnotes.xml.rels"]

    def test_word_counts_its_pages(self, file):
        footer = word_parts(file)["word/footer1.xml"]

        assert "> PAGE <" in footer
        assert "> NUMPAGES <" in footer

    def test_each_link_within_it_leads_somewhere(self, file):
        body = word_parts(file)["word/document.xml"]

        places = re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', body)
        assert len(places) == len(set(places))
        assert set(re.findall(r'w:anchor="([^"]+)"', body)) <= set(places)


class TestAddress:
    @pytest.mark.parametrize(
        ("extension", "content_type", "begins"),
        [
            ("pdf", "application/pdf", b"%PDF-"),
            ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
        ],
    )
    @pytest.mark.parametrize("prefix", ["", "/es"])
    def test_it_is_a_file_with_a_name(self, client, milestone, recommendation, prefix, extension, content_type, begins):
        response = client.get(f"{prefix}/milestones/meeting/briefing.{extension}?as_of=2024-05-01&by=chapter")

        assert response["Content-Type"] == content_type
        assert response["Content-Disposition"] == f'attachment; filename="briefing-meeting-2024-05-01.{extension}"'
        assert response.content.startswith(begins)

    @pytest.mark.parametrize("query", ["", "?as_of=&by="])
    def test_it_is_as_of_today_if_no_day_is_given(self, client, milestone, recommendation, query):
        response = client.get(f"/milestones/meeting/briefing.docx{query}")

        assert f"briefing-meeting-{timezone.localdate().isoformat()}.docx" in response["Content-Disposition"]

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("as_of=yesterday", "as_of: A date is written like 2025-04-29."),
            ("as_of=2025-02-30", "as_of: A date is written like 2025-04-29."),
            (f"as_of={timezone.localdate() + timedelta(days=2)}", "as_of: This date is in the future."),
            ("by=colour", "by: Select a valid choice. colour is not one of the available choices."),
        ],
    )
    @pytest.mark.parametrize("extension", ["pdf", "docx"])
    def test_a_wrong_query_is_said(self, client, milestone, query, words, extension):
        response = client.get(f"/milestones/meeting/briefing.{extension}?{query}")

        assert (response.status_code, response.content.decode()) == (400, words + "\n")

    @pytest.mark.parametrize("address", ["nowhere/briefing.pdf", "meeting/briefing.odt", "meeting/briefing.pdf/"])
    def test_nothing_else_is_there(self, client, milestone, address):
        assert client.get(f"/milestones/{address}").status_code == 404

    def test_the_page_of_the_milestone_leads_to_it(self, client, milestone, recommendation):
        page = client.get("/milestones/meeting/").content.decode()

        assert 'action="/milestones/meeting/briefing.pdf"' in page
        assert 'formaction="/milestones/meeting/briefing.docx"' in page

    def test_the_page_of_the_milestone_says_what_there_is_none_of(self, client):
        page = client.get(MilestoneFactory().get_absolute_url()).content.decode()

        assert "No document was prepared for it." in page
        assert "No digest was sent for it." in page
