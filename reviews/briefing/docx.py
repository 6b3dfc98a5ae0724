"""A briefing book as a Word document, to be edited: real headings, tables, footnotes and page numbers."""

from datetime import UTC, datetime

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.shared import Cm, Pt, RGBColor

from recommendations.charts.status_style import COLOURS, LETTERS

from .content import Book
from .footnotes import Footnotes
from .wordml import (
    add_bookmark,
    add_field,
    add_link,
    close_field,
    hyphenate,
    keep_row,
    open_field,
    repeat_row,
    restyle,
    rule_rows,
    saved,
    set_language,
    shade,
    turn,
)

SERIF, SANS = "Georgia", "Calibri"
INK, SOFT, LINE, ACCENT = "1B2430", "55606E", "D9DCE1", "0B5394"
WIDTH = 16.2  # of the text, in centimetres
STATUS_COLOURS = {status: colour.removeprefix("#").upper() for status, colour in COLOURS.items()}
WIDTH_OF_NAMES = 11  # at most, of those of the statuses over a table


def render(book: Book) -> bytes:
    """The book as a Word document; the same bytes for the same book."""
    return _Setter(book).set()


class _Setter:
    """Sets one book, part by part."""

    def __init__(self, book):
        self.book = book
        self.words = book.labels
        self.document = Document()
        self.bookmarks = {}
        self.dress()
        self.footnotes = Footnotes(self.document)

    def set(self) -> bytes:
        self.cover()
        self.contents()
        self.state_of_play()
        self.changes()
        for part in self.book.parts:
            self.part(part)
        self.method()
        return saved(self.document)

    # The document

    def dress(self):
        """Page, styles, language, running header and footer, and what the file says of itself."""
        book, document = self.book, self.document
        made = datetime.fromisoformat(book.day).replace(tzinfo=UTC)
        for name, value in {
            "title": book.title,
            "author": book.publisher,
            "last_modified_by": book.publisher,
            "subject": book.as_of,
            "keywords": self.words["publisher"],
            "comments": "",
            "language": book.language,
            "created": made,
            "modified": made,
        }.items():
            setattr(document.core_properties, name, value)
        set_language(document, {"en": "en-US", "es": "es-MX"}[book.language])
        hyphenate(document)

        styles = document.styles
        restyle(styles["Normal"], SANS, 11, INK, after=6)
        restyle(styles["Title"], SERIF, 30, INK, before=6, after=10, bold=True)
        restyle(styles["Subtitle"], SANS, 14, SOFT, after=6, italic=False)
        restyle(styles["Heading 1"], SERIF, 20, INK, before=24, after=10, bold=True)
        restyle(styles["Heading 2"], SERIF, 13.5, INK, before=12, after=4, bold=True)
        restyle(styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH), SANS, 9, INK, after=2)
        restyle(styles.add_style("Small", WD_STYLE_TYPE.PARAGRAPH), SANS, 9, SOFT, before=18)
        styles["Small"].paragraph_format.keep_with_next = True
        restyle(styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH), SANS, 10, INK, before=2, after=2)
        restyle(styles.add_style("Bar", WD_STYLE_TYPE.PARAGRAPH), SANS, 2, INK)
        styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER).font.superscript = True
        # The template draws a line under the title.
        borders = styles["Title"].element.pPr.find("{*}pBdr")
        styles["Title"].element.pPr.remove(borders)

        section = document.sections[0]
        section.page_width, section.page_height = Cm(21.59), Cm(27.94)
        section.left_margin = section.right_margin = Cm((21.59 - WIDTH) / 2)
        section.different_first_page_header_footer = True
        publisher = f"{self.words['publisher']} · {book.publisher}"
        before, between, after = self.words["page"].replace("{pages}", "{page}").split("{page}")
        for place, left in ((section.header, book.milestone), (section.footer, publisher)):
            line = place.paragraphs[0]
            line.paragraph_format.tab_stops.add_tab_stop(Cm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
            line.add_run(f"{left}\t")
        section.header.paragraphs[0].add_run(book.warning or book.as_of)
        line = section.footer.paragraphs[0]
        line.add_run(before)
        add_field(line, "PAGE", "2")
        line.add_run(between)
        add_field(line, "NUMPAGES", "2")
        line.add_run(after)
        for name in ("Header", "Footer"):
            restyle(styles[name], SANS, 9, SOFT)
            styles[name].paragraph_format.tab_stops.clear_all()

    # The parts, in the order of the book

    def cover(self):
        book = self.book
        line = self.paragraph(self.words["publisher"], bold=True, colour=ACCENT)
        line.paragraph_format.space_after = Pt(110)
        self.document.add_paragraph(self.words["book"], "Subtitle")
        self.document.add_paragraph(book.milestone, "Title")
        self.document.add_paragraph(book.when, "Subtitle")
        self.paragraph(book.series)
        self.paragraph(book.as_of, bold=True)
        if book.warning:
            self.paragraph(book.warning, bold=True, colour=STATUS_COLOURS["not_implemented"])
        line = self.paragraph(book.totals)
        line.paragraph_format.space_before = Pt(24)
        line = self.paragraph(book.scope, bold=True)
        line.paragraph_format.space_before = Pt(110)
        for document in book.documents:
            self.paragraph(document)
        line = self.paragraph(f"{self.words['publisher']}, {book.publisher}")
        line.paragraph_format.space_before = Pt(24)
        add_link(self.paragraph(), book.url, url=book.url).font.color.rgb = RGBColor.from_string(ACCENT)

    def contents(self):
        """Links, in a field that Word fills in anew, with the pages that only it knows, when it is asked to."""
        heading = self.paragraph(self.words["contents"], bold=True)
        heading.paragraph_format.page_break_before = True
        for run in heading.runs:
            run.font.name, run.font.size = SERIF, Pt(20)
        titles = [self.book.state_of_play_title, self.book.changes_title]
        titles += [part.title for part in self.book.parts] + [self.words["method"]]
        for number, title in enumerate(titles):
            line = self.paragraph()
            if number == 0:
                open_field(line, r'TOC \o "1-1" \h \z \u')
            add_link(line, title, bookmark=f"part_{number}")
        close_field(line)

    def state_of_play(self):
        book = self.book
        self.heading(book.state_of_play_title)
        if not book.state_of_play.total:
            self.paragraph(self.words["no_recommendations"])
            return
        self.paragraph(book.totals).paragraph_format.keep_with_next = True
        present = [status for status, count in book.state_of_play.counts.items() if count]
        heads = [self.words["group"], *[book.status_labels[status] for status in present], self.words["total"]]
        # More names than fit side by side are written upwards.
        widths = [_width_of(name) for name in heads[1:-1]]
        is_turned = sum(widths) > WIDTH_OF_NAMES
        if is_turned:
            widths = [1] * len(present)
        first = WIDTH - sum(widths) - 1.6
        table = self.table([first, *widths, 1.6], heads)
        if is_turned:
            table.rows[0].height = Cm(4.4)
            for cell in table.rows[0].cells[1:-1]:
                turn(cell)
        for tally in [*book.by_group, book.state_of_play] if len(book.by_group) > 1 else book.by_group:
            cells = self.row(table)
            self.put(cells[0], tally.name, bold=True)
            self.bar(cells[0], tally, first - 0.4)
            for cell, status in zip(cells[1:], present, strict=False):
                self.put(cell, str(tally.counts[status]))
            self.put(cells[-1], str(tally.total), bold=True)
        for row in table.rows[is_turned:]:
            for cell in row.cells[1:]:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT

        self.document.add_heading(self.words["at_a_glance"], 2)
        table = self.table([3.4, 8.2, 4.6], [self.words[name] for name in ("code", "recommendation", "status")])
        for part in book.parts:
            if part.entries:
                self.across(table, part.title)
            for entry in part.entries:
                cells = self.row(table)
                add_link(cells[0].paragraphs[0], entry.code, bookmark=_place(entry))
                self.put(cells[1], entry.title)
                self.status(cells[2].paragraphs[0], entry.status)
                cells[2].paragraphs[0].add_run(f"\n{entry.since}")

    def changes(self):
        book = self.book
        self.heading(book.changes_title)
        line = self.paragraph(book.changes_note)
        if not book.changes:
            return
        line.paragraph_format.keep_with_next = True
        table = self.table(
            [4.6, 3.9, 7.7], [self.words[name] for name in ("recommendation", "status", "what_happened")]
        )
        for movements in book.changes:
            self.across(table, f"{movements.kind} ({len(movements.changes)})")
            for movement in movements.changes:
                cells = self.row(table)
                add_link(cells[0].paragraphs[0], movement.code, bookmark=_place(movement))
                cells[0].paragraphs[0].add_run(f" {movement.title}")
                if movement.before not in ("", movement.after):
                    self.status(cells[1].paragraphs[0], movement.before)
                    cells[1].paragraphs[0].add_run(" →\n")
                self.status(cells[1].paragraphs[0], movement.after)
                for event in movement.events:
                    line = cells[2].paragraphs[0]
                    line.add_run(f"{event.day}. ").bold = True
                    self.told(line, event)
                    self.small(line, f" {movement.more}" if movement.more else "")

    def part(self, part):
        heading = self.heading(part.title)
        heading.paragraph_format.page_break_before = bool(part.entries)
        if part.description:
            self.paragraph(part.description)
        self.paragraph(part.totals).paragraph_format.keep_with_next = True
        for entry in part.entries:
            self.entry(entry)
        if part.cross_references:
            self.document.add_heading(self.words["also"], 2)
            table = self.table([3.4, 8.2, 4.6], [self.words[name] for name in ("code", "recommendation", "status")])
            for pointer in part.cross_references:
                cells = self.row(table)
                add_link(cells[0].paragraphs[0], pointer.code, bookmark=_place(pointer))
                self.put(cells[1], pointer.title)
                self.status(cells[2].paragraphs[0], pointer.status)

    def entry(self, entry):
        line = self.document.add_paragraph(style="Small")
        add_link(line, entry.code, url=entry.url).bold = True
        if entry.is_priority:
            line.add_run(f" · {self.words['priority']}").bold = True
        line.add_run(f" · {entry.topic}")
        self.bookmark(self.document.add_heading(entry.title, 2), _place(entry))
        line = self.paragraph()
        self.status(line, entry.status)
        line.add_run(f" {entry.since}")

        self.fact("summary").add_run(entry.summary)
        self.fact("success_test").add_run(entry.success_test)
        line = self.fact("addressees")
        for number, asked in enumerate(entry.addressees):
            line.add_run(f"{'; ' if number else ''}{asked.name}: {asked.answer}")
            self.sources(line, asked.sources)
        if not entry.addressees:
            line.add_run(self.words["no_addressees"])
        self.fact("chapters").add_run("; ".join(entry.chapters) or self.words["no_chapters"])
        line = self.fact("what_happened")
        if not entry.events:
            line.add_run(self.words["no_updates"])
        for event in entry.events:
            line = self.document.add_paragraph(style="List Bullet")
            line.add_run(event.day).bold = True
            line.add_run(" · ")
            if event.previous:
                self.status(line, event.previous)
                line.add_run(" → ")
            self.status(line, event.status)
            line.add_run(". ")
            self.told(line, event)
        if entry.earlier:
            line = self.paragraph(f"{entry.earlier} ", colour=SOFT)
            add_link(line, entry.url, url=entry.url).font.color.rgb = RGBColor.from_string(ACCENT)

    def method(self):
        heading = self.heading(self.words["method"])
        heading.paragraph_format.page_break_before = True
        for text in self.book.method:
            self.paragraph(text)
        if self.book.sources:
            self.document.add_heading(self.words["documents"], 2)
        for source in self.book.sources:
            self.cite(self.document.add_paragraph(style="List Bullet"), source)
        self.document.add_heading(self.words["rules"], 2)
        for rule in self.book.rules:
            self.document.add_paragraph(rule, "List Bullet")
        self.document.add_heading(self.words["statuses"], 2)
        table = self.table([4.6, 11.6], [self.words["status"], self.words["meaning"]])
        for definition in self.book.definitions:
            cells = self.row(table)
            self.status(cells[0].paragraphs[0], definition.status)
            self.put(cells[1], definition.text)

    # Their pieces

    def paragraph(self, text="", bold=None, colour=None):
        made = self.document.add_paragraph()
        if text:
            run = made.add_run(text)
            run.bold = bold
            if colour:
                run.font.color.rgb = RGBColor.from_string(colour)
        return made

    def heading(self, title):
        """A heading of the first level; the contents lead to it by its number."""
        heading = self.document.add_heading(title, 1)
        number = sum(name.startswith("part_") for name in self.bookmarks)
        self.bookmark(heading, f"part_{number}")
        return heading

    def bookmark(self, paragraph, name):
        self.bookmarks[name] = len(self.bookmarks)
        add_bookmark(paragraph, name, self.bookmarks[name])

    def fact(self, name):
        line = self.paragraph()
        line.add_run(f"{self.words[name]}. ").bold = True
        return line

    def status(self, line, value):
        run = line.add_run(f"{LETTERS[value]} {self.book.status_labels[value]}")
        run.bold = True
        run.font.color.rgb = RGBColor.from_string(STATUS_COLOURS[value])

    def told(self, line, event):
        line.add_run(event.description)
        self.sources(line, event.sources)
        if event.notes:
            self.small(line, f" {' · '.join(event.notes)}.")

    def small(self, line, text):
        run = line.add_run(text)
        run.font.size, run.font.color.rgb = Pt(9), RGBColor.from_string(SOFT)

    def sources(self, line, sources):
        for number, source in enumerate(sources):
            if number:
                line.add_run(", ").font.superscript = True
            self.cite(self.footnotes.add(line), source, part=self.footnotes.part)

    def cite(self, line, source, part=None):
        line.add_run(f"{source.publisher}, ")
        if source.title != source.url:
            line.add_run(source.title).italic = True
            line.add_run(", ")
        if source.day:
            line.add_run(f"{source.day}, ")
        link = add_link(line, source.url, url=source.url, part=part)
        link.font.color.rgb = RGBColor.from_string(ACCENT)

    def table(self, widths, heads):
        """A table with lines between its rows, and a first row that is repeated on each page."""
        table = self.document.add_table(1, len(widths))
        table.autofit = False
        rule_rows(table, LINE)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        for cell, width, head in zip(table.rows[0].cells, widths, heads, strict=True):
            cell.width = Cm(width)
            cell.paragraphs[0].style = "Cell"
            self.put(cell, head, bold=True)
            cell.paragraphs[0].paragraph_format.keep_with_next = True
        repeat_row(table.rows[0])
        return table

    def row(self, table):
        row = table.add_row()
        keep_row(row)
        for cell in row.cells:
            cell.paragraphs[0].style = "Cell"
        return row.cells

    def across(self, table, text):
        cells = self.row(table)
        cell = cells[0].merge(cells[-1])
        self.put(cell, text, bold=True)
        cell.paragraphs[0].paragraph_format.space_before = Pt(10)
        cell.paragraphs[0].paragraph_format.keep_with_next = True

    def put(self, place, text, bold=None):
        line = place.paragraphs[0] if hasattr(place, "paragraphs") else place
        line.add_run(text).bold = bold

    def bar(self, cell, tally, width):
        """A bar in the colours of the statuses; its numbers stand beside it."""
        present = [(status, count) for status, count in tally.counts.items() if count]
        bar = cell.add_table(1, len(present))
        bar.autofit = False
        bar.rows[0].height = Cm(0.25)
        for column, piece, (status, count) in zip(bar.columns, bar.rows[0].cells, present, strict=True):
            column.width = piece.width = Cm(width * count / tally.total)
            shade(piece, STATUS_COLOURS[status])
            piece.paragraphs[0].style = "Bar"
        cell.paragraphs[-1].style = "Bar"


def _width_of(name) -> float:
    """Of a column in which no word of `name` breaks, in centimetres; for the widest of the letters that may be used."""
    return 0.5 + 0.24 * max(len(word) for word in name.split())


def _place(entry) -> str:
    """The name of the bookmark of a recommendation."""
    return "entry_" + entry.code.replace("-", "_")
