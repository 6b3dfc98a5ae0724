"""The two files that a briefing book comes as."""

import re
from datetime import date
from io import BytesIO

import pytest
from docx import Document as WordDocument
from docx.text.paragraph import Paragraph
from pypdf import PdfReader

from recommendations.models import Recommendation
from recommendations.models.status import Status
from reviews.briefing import docx, pdf
from reviews.models import Milestone
from tests.factories import (
    SOURCE,
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    MilestoneFactory,
    RecommendationFactory,
    record,
)

from .books import DAY, TEXT_OF, book, entries, pdf_text, squashed, word_parts

pytestmark = pytest.mark.django_db

both_formats = pytest.mark.parametrize("format_", [pdf, docx], ids=["pdf", "docx"])
MARKUP = '#set page(fill: red) $x^2$ *bold* _it_ @ref <label> \\ `raw` // c /* d */ = H ~ "q" {{ x }} &amp; áéñ¿'


class TestFiles:
    @pytest.fixture
    def full_milestone(self, milestone, paper):
        """A milestone with a recommendation at each status but one, and something in each place."""
        MilestoneFactory(series=milestone.series, name_en="Second meeting", day=date(2024, 1, 15), state="held")
        for number, status in enumerate(status for status in Status if status != Status.SUPERSEDED):
            recommendation = RecommendationFactory(document=paper, code=f"2023-SB-{number}", priority=number == 0)
            url = f"https://example.org/{'a-long-way/' * 8}{number}?q=á&x=%20#part"
            record(recommendation, status=status, evidence=[SOURCE | {"url": url, "title": f"Source {number}"}])
            AddresseeFactory(recommendation=recommendation)
            ChapterLinkFactory(recommendation=recommendation, chapter=ChapterFactory(number=7))
        return milestone

    @both_formats
    @pytest.mark.parametrize("by", ["group", "chapter"])
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_everything_in_the_book_is_in_the_file(self, full_milestone, format_, by, language):
        found = book(full_milestone, by=by, language=language)

        text = TEXT_OF[format_](format_.render(found))

        expected = [found.milestone, found.when, found.series, found.as_of, found.scope, found.totals, found.publisher]
        expected += [*found.documents, found.state_of_play_title, found.changes_title, *found.method, *found.rules]
        expected += [definition.text for definition in found.definitions]
        expected += [part for source in found.sources for part in (source.publisher, source.title, source.url)]
        expected += [group.kind for group in found.changes]
        expected += [state_of_play.name for state_of_play in found.by_group] + [part.title for part in found.parts]
        for entry in entries(found):
            expected += [entry.code, entry.title, entry.since, entry.summary, entry.success_test, entry.topic]
            expected += [
                found.status_labels[entry.status],
                *entry.chapters,
                *[addressee.name for addressee in entry.addressees],
            ]
            for event in entry.events:
                expected += [event.day, event.description, *event.notes]
                expected += [part for source in event.sources for part in (source.publisher, source.title, source.url)]
        assert [passage for passage in expected if squashed(passage) not in text] == []

    @both_formats
    def test_the_same_book_gives_the_same_bytes(self, full_milestone, format_):
        assert format_.render(book(full_milestone)) == format_.render(book(full_milestone))

    @both_formats
    def test_markup_in_the_data_is_text(self, milestone, recommendation, format_):
        word = "Pneumono" * 20
        Recommendation.objects.update(
            title_en=MARKUP, summary_en=f"{MARKUP} {word}", success_test_en="e\x0bnd\ufffe\n\nnew"
        )
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

    def test_what_stands_over_a_table_is_on_its_page(self, milestone, recommendation):
        for number in range(1, 35):
            ChapterLinkFactory(recommendation=recommendation, chapter=ChapterFactory(number=number))
        found = book(milestone, by="chapter")

        pages = [page.extract_text() for page in PdfReader(BytesIO(pdf.render(found))).pages]

        below = [page.split(found.totals)[-1] for page in pages[1:] if found.totals in page]
        assert len(below) > 5
        assert [text for text in below if recommendation.code not in text] == []

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

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_setting_adds_no_character_to_an_address(self, milestone, recommendation, language):
        urls = [f"https://example.org/{'a' * n}/{'with-many-hyphens-' * 7}{n}.html?q=-a-b" for n in range(1, 25)]
        record(recommendation, evidence=[SOURCE | {"url": url} for url in urls])

        pages = PdfReader(BytesIO(pdf.render(book(milestone, language=language)))).pages

        text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
        assert [url for url in urls if url not in text] == []

    def test_a_reader_can_go_to_each_part(self, reader):
        titles = [entry.title for entry in reader().outline if not isinstance(entry, list)]

        assert titles[0] == "State of play on 1 June 2025"
        assert titles[1].startswith("Changes since ")
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
        assert len(document.tables) == 4
        for table in document.tables:
            assert table.rows[0]._tr.trPr.find("{*}tblHeader") is not None

    def test_what_stands_over_a_table_is_on_its_page(self, document):
        for table in document.tables:
            above = Paragraph(table._tbl.getprevious(), document)
            cells = [cell.paragraphs[0] for cell in table.rows[0].cells]
            for paragraph in [above, *cells]:
                style = paragraph.style.paragraph_format
                assert paragraph.paragraph_format.keep_with_next or style.keep_with_next, paragraph.text

    @pytest.mark.parametrize("language", ["en", "es"])
    @pytest.mark.parametrize("statuses", [["under_consideration", "overtaken"], [*Status]])
    def test_names_of_statuses_are_not_broken(self, milestone, paper, language, statuses):
        for status in statuses:
            if status != Status.SUPERSEDED:
                RecommendationFactory(document=paper, status=status)

        table = WordDocument(BytesIO(docx.render(book(milestone, language=language)))).tables[0]

        for cell in table.rows[0].cells[1:-1]:
            longest = max(len(word) for word in cell.text.split())
            is_turned = cell._tc.tcPr.find("{*}textDirection") is not None
            assert is_turned or cell.width.cm > 0.24 * longest, cell.text
        assert sum(cell.width.cm for cell in table.rows[0].cells) == pytest.approx(docx.WIDTH, abs=0.01)

    def test_evidence_is_in_footnotes(self, file):
        parts = word_parts(file)

        assert re.findall(r'<w:footnoteReference w:id="(\d+)"/>', parts["word/document.xml"]) == ["1", "2"]
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
