"""The PDF of a briefing book."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from reviews.briefing import pdf
from tests.factories import SOURCE, ChapterFactory, ChapterLinkFactory, RecommendationFactory, record

from .books import DAY, book, pdf_text, squashed

pytestmark = pytest.mark.django_db


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
            assert "As of June 1, 2025" in page

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

    def test_a_code_stays_on_one_line(self, milestone, recommendation):
        titles = [f"{'w' * 30} {'v ' * n}2023-SB-3a and 2023-IE-2bis-a" for n in range(20, 60)]
        record(recommendation, evidence=[SOURCE | {"title": title} for title in titles])

        pages = PdfReader(BytesIO(pdf.render(book(milestone)))).pages
        text = "\n".join(page.extract_text() for page in pages)

        for code in ("2023-SB-3a", "2023-IE-2bis-a"):
            assert text.count(code) == len(titles)

    def test_a_reader_can_go_to_each_part(self, reader):
        titles = [entry.title for entry in reader().outline if not isinstance(entry, list)]

        assert titles[0] == "State of play on June 1, 2025"
        assert titles[1].startswith("Changes since ")
        assert titles[-1] == "Notes on method"

    def test_letters_that_the_fonts_lack_are_named_and_that_is_said(self, milestone, recommendation, caplog):
        odd = RecommendationFactory(
            document=recommendation.document, title_en="漢 🌵 🇲🇽 №️ ﷽ and more", title_es="漢 🌵 y más"
        )
        record(odd, evidence=[SOURCE | {"title": "日本 report", "url": "https://example.org/日本"}])

        for language, more in {"en": "and more", "es": "y más"}.items():
            file = pdf.render(book(milestone, language=language))

            text = pdf_text(file)
            assert squashed("[U+6F22] [cactus]") in text
            assert squashed(more) in text
            assert "🌵" not in text
            assert is_accessible(PdfReader(BytesIO(file)))
        english = pdf_text(pdf.render(book(milestone)))
        assert squashed("[regional indicator symbol letter m]") in english
        assert "№" in english  # which the fonts have
        assert squashed("their names appear in brackets instead") in english
        assert "https://example.org/%E6%97%A5%E6%9C%AC" in links(PdfReader(BytesIO(pdf.render(book(milestone)))))
        assert "The fonts lack letters, which are named: [U+65E5] [U+672C] [U+6F22] [arabic" in caplog.text

    def test_a_book_with_all_its_letters_says_and_logs_nothing_of_them(self, milestone, recommendation, caplog):
        assert "bytheirnames" not in pdf_text(pdf.render(book(milestone)))
        assert caplog.text == ""

    def test_a_file_that_loses_the_claim_of_accessibility_says_so(self, milestone, recommendation, caplog):
        file = pdf.render(replace(book(milestone), title=""))  # PDF/UA asks for one

        assert not is_accessible(PdfReader(BytesIO(file)))
        assert squashed("could not be checked against PDF/UA") in pdf_text(file)
        assert "It does not claim to be accessible (PDF/UA-1)" in caplog.text

    def test_an_address_is_shown_as_it_reads_and_linked_as_it_is_sent(self, milestone, recommendation):
        url = "https://example.org/Ventanilla-%C3%9Anica%20y%20m%C3%A1s?q=a%2Fb"
        record(recommendation, evidence=[SOURCE | {"url": url}])

        file = pdf.render(book(milestone))

        assert squashed("https://example.org/Ventanilla-Única%20y%20más?q=a%2Fb") in pdf_text(file)
        assert url in links(PdfReader(BytesIO(file)))


def links(reader) -> set[str]:
    notes = [note.get_object().get("/A", {}) for page in reader.pages for note in page.get("/Annots", [])]
    return {note["/URI"] for note in notes if "/URI" in note}


def is_accessible(reader) -> bool:
    """Whether it claims to be."""
    return b"<pdfuaid:part>1</pdfuaid:part>" in reader.xmp_metadata.stream.get_data()
