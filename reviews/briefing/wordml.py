"""What python-docx has no call for: links, bookmarks, fields, rows that repeat, the language, files that do not vary."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Pt, RGBColor


def element(tag, **attributes):
    """An element of WordprocessingML, such as element("w:fldChar", fldCharType="begin")."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def restyle(style, font, size, colour=None, before=0, after=0, **features):
    """Give `style` a font, a size and distances in points, and features of its font such as bold."""
    style.font.name = font
    fonts = style.element.rPr.rFonts
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]  # it would win over the name
    style.font.size = Pt(size)
    if colour:
        style.font.color.rgb = RGBColor.from_string(colour)
    for name, value in features.items():
        setattr(style.font, name, value)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)


def set_language(document, tag):
    """The language of all text, for spelling, hyphenation and screen readers."""
    language = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    language.set(qn("w:val"), tag)


def hyphenate(document):
    document.settings.element.insert_element_before(element("w:autoHyphenation"), *AFTER_HYPHENATION)


AFTER_HYPHENATION = ["w:defaultTabStop", "w:characterSpacingControl", "w:compat", "w:rsids", "w:themeFontLang"]


def add_field(paragraph, instruction, shown):
    """A field that Word works out, such as PAGE; `shown` stands there until it has."""
    open_field(paragraph, instruction)
    paragraph.add_run(shown)
    close_field(paragraph)


def open_field(paragraph, instruction):
    """Begin a field; what follows, to `close_field()`, is shown until Word has worked it out."""
    code = element("w:instrText")
    code.text = f" {instruction} "
    for piece in (element("w:fldChar", fldCharType="begin"), code, element("w:fldChar", fldCharType="separate")):
        paragraph.add_run()._r.append(piece)


def close_field(paragraph):
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="end"))


def add_link(paragraph, text, url=None, bookmark=None, part=None):
    """A link to an address, or to a bookmark in the document. `part` is the paragraph's, where it is not the body's."""
    link = element("w:hyperlink")
    if url:
        link.set(qn("r:id"), (part or paragraph.part).relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    else:
        link.set(qn("w:anchor"), bookmark)
    run = paragraph.add_run(text)
    link.append(run._r)
    paragraph._p.append(link)
    return run


def add_bookmark(paragraph, name, number):
    """Make `paragraph` a place that links can lead to. `name` is unlike the others', and so is `number`."""
    first = 1 if paragraph._p.pPr is not None else 0
    paragraph._p.insert(first, element("w:bookmarkStart", id=str(number), name=name))
    paragraph._p.append(element("w:bookmarkEnd", id=str(number)))


def repeat_row(row):
    """Repeat `row` at the top of each page that its table goes on to."""
    row._tr.get_or_add_trPr().append(element("w:tblHeader"))


def keep_row(row):
    """Keep `row` on one page."""
    row._tr.get_or_add_trPr().append(element("w:cantSplit"))


def rule_rows(table, colour):
    """Lines between the rows of `table`, and no others."""
    borders = element("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(element(f"w:{side}", val="single", sz="4", space="0", color=colour))
    table._tbl.tblPr.append(borders)


def turn(cell):
    """Write the text of `cell` upwards."""
    cell._tc.get_or_add_tcPr().append(element("w:textDirection", val="btLr"))


def shade(cell, colour):
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=colour))


def saved(document) -> bytes:
    """The file; the same for the same document, whenever it is made."""
    varying, file = BytesIO(), BytesIO()
    document.save(varying)
    with ZipFile(varying) as made, ZipFile(file, "w", ZIP_DEFLATED) as fixed:
        for part in made.infolist():
            fixed.writestr(ZipInfo(part.filename), made.read(part), ZIP_DEFLATED)  # a ZipInfo of 1980
    return file.getvalue()
