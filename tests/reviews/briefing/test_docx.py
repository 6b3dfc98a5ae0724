"""The Word file of a briefing book."""

import re
from datetime import date
from io import BytesIO
from itertools import pairwise

import pytest
from docx import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.text.paragraph import Paragraph

from recommendations.charts.status_style import COLORS
from recommendations.models.status import Status
from reviews.briefing import docx
from reviews.briefing.reference import make_reference
from reviews.models import Milestone
from tests.factories import (
    SOURCE,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    MilestoneFactory,
    RecommendationFactory,
    UserFactory,
    record,
)

from .books import DAY, book, word_parts

pytestmark = pytest.mark.django_db

LETTER_WIDTH, CELL_MARGINS = Cm(0.18), Cm(0.38)  # on average, of the bold text of tables


@pytest.fixture
def file(milestone, recommendation):
    """A book with every kind of table: counts, lists, changes, cross-references and definitions."""
    MilestoneFactory(series=milestone.series, day=date(2024, 1, 15), state="held")
    record(recommendation, status="in_progress")
    for number in (7, 19):
        ChapterLinkFactory(recommendation=recommendation, chapter=ChapterFactory(number=number))
    return docx.render(book(milestone, by="chapter", language="es"))


@pytest.fixture
def document(file):
    return WordDocument(BytesIO(file))


class TestProperties:
    def test_title_author_language_and_date(self, document):
        properties = document.core_properties

        assert properties.title.endswith("Tercera reunión")
        assert (properties.author, properties.language) == ("U.S.-Mexico Foundation", "es-MX")
        assert (properties.created.date(), properties.modified.date()) == (DAY, DAY)

    def test_the_language_of_the_text(self, file):
        assert re.search(r'<w:lang [^>]*w:val="es-MX"', word_parts(file)["word/styles.xml"])

    def test_word_does_not_open_it_in_compatibility_mode(self, file):
        assert re.search(r'w:name="compatibilityMode" [^>]*w:val="15"', word_parts(file)["word/settings.xml"])


class TestHeadings:
    def test_parts_and_recommendations_are_headings(self, document, recommendation):
        headings = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]

        assert ("Heading 1", "Notas metodológicas") in headings
        assert ("Heading 2", recommendation.title_es) in headings

    def test_no_level_is_skipped(self, document):
        names = [paragraph.style.name for paragraph in document.paragraphs]
        levels = [int(name[-1]) for name in names if name.startswith("Heading ")]

        assert levels[0] == 1
        assert all(level <= previous + 1 for previous, level in pairwise(levels))

    def test_contents_link_to_the_headings_of_the_first_level(self, document):
        lines = [paragraph for paragraph in document.paragraphs if paragraph.style.name == "toc 1"]
        xml = "".join(line._p.xml for line in lines)

        headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
        assert [line.text for line in lines] == headings
        assert xml.count("<w:hyperlink") == len(headings)
        assert re.findall(r'w:fldCharType="(\w+)"', xml) == ["begin", "separate", "end"]
        assert r"TOC \o" in xml


class TestTables:
    def test_the_first_row_is_a_header_that_is_repeated(self, document):
        assert len(document.tables) == 5
        for table in document.tables:
            assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None

    def test_they_are_simple_enough_for_screen_readers(self, document):
        for table in document.tables:
            assert table._tbl.findall(f".//{qn('w:tbl')}") == []
            assert table._tbl.findall(f".//{qn('w:gridSpan')}") == []

    def test_the_paragraph_above_a_table_is_on_its_page(self, document):
        for table in document.tables:
            above = Paragraph(table._tbl.getprevious(), document)
            cells = [cell.paragraphs[0] for cell in table.rows[0].cells]
            for paragraph in [above, *cells]:
                assert paragraph.style.paragraph_format.keep_with_next, paragraph.text

    def test_a_row_stays_on_one_page(self, document):
        for table in document.tables:
            for row in table.rows[1:]:
                assert row._tr.trPr.find(qn("w:cantSplit")) is not None

    def test_columns_fill_the_width_of_the_text(self, document):
        section = document.sections[0]
        width = section.page_width - section.left_margin - section.right_margin

        for table in document.tables:
            assert sum(column.width for column in table.columns) == pytest.approx(width, rel=0.01)

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_no_word_or_code_is_wider_than_its_column(self, milestone, paper, language):
        MilestoneFactory(series=milestone.series, day=date(2024, 1, 15), state="held")
        for number, status in enumerate(Status):
            if status != Status.SUPERSEDED:
                record(RecommendationFactory(document=paper, code=f"2023-IE-{number}bis-a"), status=status)

        document = WordDocument(BytesIO(docx.render(book(milestone, language=language))))

        for table in document.tables:
            for column, heading in zip(table.columns, table.rows[0].cells, strict=True):
                pattern = r"[^\W\d]{4,}" if heading.text in ("Status", "Estatus") else r"20\d\d-\S+"
                for word in re.findall(pattern, " ".join(cell.text for cell in column.cells)):
                    assert LETTER_WIDTH * len(word) + CELL_MARGINS <= column.width, word


class TestFootnotes:
    def test_each_source_is_a_footnote_with_a_link(self, file):
        parts = word_parts(file)

        marks = re.findall(r'<w:footnoteReference w:id="(\d+)" />', parts["word/document.xml"])
        assert len(marks) == 2
        assert set(marks) <= set(re.findall(r'<w:footnote w:id="(\d+)"', parts["word/footnotes.xml"]))
        assert SOURCE["url"] in parts["word/footnotes.xml"]
        assert SOURCE["url"] in parts["word/_rels/footnotes.xml.rels"]


class TestRunningTitles:
    def test_the_header_names_milestone_and_day(self, document):
        assert document.sections[0].header.paragraphs[0].text == "Tercera reunión\tSituación al 1 de junio de 2025"

    def test_word_counts_the_pages_in_the_footer(self, document):
        footer = document.sections[0].footer.paragraphs[0]

        assert re.findall(r'w:instr="(.*?)"', footer._p.xml) == [" PAGE ", " NUMPAGES "]
        assert footer.text.startswith("Seguimiento de Recomendaciones C26+ · U.S.-Mexico Foundation\tPágina ")

    def test_the_cover_has_neither(self, document):
        assert document.sections[0].different_first_page_header_footer
        assert document.sections[0].first_page_header.paragraphs[0].text == ""

    def test_the_header_warns_where_something_is_not_public(self, milestone, recommendation):
        members_only = DocumentFactory(visibility="members")
        milestone.documents.add(members_only)
        RecommendationFactory(document=members_only)

        document = WordDocument(BytesIO(docx.render(book(milestone, user=UserFactory()))))

        assert (
            document.sections[0]
            .header.paragraphs[0]
            .text.endswith("\tNot for circulation: contains nonpublic material")
        )

    def test_a_name_with_markup_or_a_placeholder_is_text(self, milestone):
        Milestone.objects.update(name_en="R&D <b> {as_of}")
        milestone.refresh_from_db()

        document = WordDocument(BytesIO(docx.render(book(milestone))))

        assert document.sections[0].header.paragraphs[0].text == "R&D <b> {as_of}\tAs of June 1, 2025"


class TestStyles:
    def test_each_status_has_a_character_style_in_its_color(self, document):
        for status, color in COLORS.items():
            assert str(document.styles[f"Status {status.value}"].font.color.rgb) == color.removeprefix("#").upper()

    def test_the_reference_document_is_up_to_date(self):
        made = BytesIO()
        make_reference().save(made)

        assert word_parts(made.getvalue()) == word_parts(docx.REFERENCE.read_bytes()), "run write_reference()"

    def test_every_style_in_use_is_in_the_reference_document(self, file):
        parts = word_parts(file)
        reference = WordDocument(docx.REFERENCE)

        used = set(re.findall(r'<w:(?:pStyle|rStyle|tblStyle) w:val="([^"]+)"', parts["word/document.xml"]))
        assert used <= {style.style_id for style in reference.styles}


def test_each_link_within_the_file_leads_somewhere(file):
    body = word_parts(file)["word/document.xml"]

    bookmarks = re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', body)
    links = re.findall(r'w:anchor="([^"]+)"', body)
    assert len(bookmarks) == len(set(bookmarks))
    assert len(links) > 5
    assert set(links) <= set(bookmarks)
