"""The reference document of the Word file: styles, page, running header and footer.

After a change here, in the colors of the statuses or of pandoc's release, run
`manage.py shell -c "from reviews.briefing.reference import write_reference; write_reference()"`.
"""

import subprocess
from io import BytesIO

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Pt, RGBColor

from recommendations.charts.status_style import COLORS

from .docx import PANDOC, REFERENCE

SERIF, SANS = "Georgia", "Calibri"
INK, GRAY, RULE, ACCENT = "#1b2430", "#55606e", "#d9dce1", "#0b5394"
TEXT_WIDTH = Inches(5.5)  # pandoc works out the widths of columns for it, and Word takes them as they are
LEFT = WD_ALIGN_PARAGRAPH.LEFT
BUILT_IN = {"toc 1", "header", "footer"}  # names that Word knows; it uses the first when it updates the contents

# Name: font, size, color, points before and after, and more of the font or of the paragraph.
PARAGRAPHS = {
    "Normal": (SANS, 11, INK, 0, 6, {}),
    "Body Text": (SANS, 11, INK, 0, 6, {}),
    "Footnote Text": (SANS, 9, INK, 0, 2, {}),
    "Title": (SERIF, 30, INK, 170, 12, {"bold": True, "alignment": LEFT}),
    "Subtitle": (SANS, 14, GRAY, 0, 24, {"alignment": LEFT}),
    "Author": (SANS, 11, ACCENT, 0, 24, {"bold": True, "alignment": LEFT}),
    "Cover Note": (SANS, 11, INK, 0, 6, {"bold": True}),
    "Warning": (SANS, 11, COLORS["not_implemented"], 0, 6, {"bold": True}),
    "TOC Heading": (SERIF, 20, INK, 0, 10, {"bold": True}),
    "toc 1": (SANS, 11, INK, 0, 6, {}),
    "Heading 1": (SERIF, 20, INK, 24, 10, {"bold": True}),
    "Heading 2": (SERIF, 13.5, INK, 12, 4, {"bold": True}),
    "Heading 3": (SERIF, 11, INK, 12, 4, {"bold": True}),
    "Lead-in": (SANS, 11, INK, 0, 6, {"keep_with_next": True}),
    "Entry": (SANS, 9, GRAY, 18, 0, {"keep_with_next": True}),
    "Table Heading": (SANS, 10, INK, 2, 2, {"bold": True, "keep_with_next": True}),
    "Table Text": (SANS, 10, INK, 2, 2, {}),
    "header": (SANS, 9, GRAY, 0, 0, {}),
    "footer": (SANS, 9, GRAY, 0, 0, {}),
}
CHARACTERS = {"Hyperlink": (ACCENT, {}), "Note": (GRAY, {"size": Pt(9)})} | {
    f"Status {status.value}": (color, {"bold": True}) for status, color in COLORS.items()
}
TABLE_BORDERS = (
    f"<w:tblBorders {nsdecls('w')}>"
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{RULE[1:]}"/>' for side in ("top", "bottom", "insideH")
    )
    + "</w:tblBorders>"
)
# Without it Word opens the file in the compatibility mode of Word 2007.
COMPATIBILITY = f"""
<w:compat {nsdecls("w")}>
  <w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>
</w:compat>
"""


def write_reference():
    make_reference().save(REFERENCE)


def make_reference() -> Document:
    """Return pandoc's own reference document, which has every style that pandoc uses, in our look."""
    command = [PANDOC, "--print-default-data-file=reference.docx"]
    default = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 (the arguments are fixed)
    document = Document(BytesIO(default))
    for name, properties in PARAGRAPHS.items():
        _style_paragraph(_style(document, name, WD_STYLE_TYPE.PARAGRAPH), *properties)
    for name, (color, features) in CHARACTERS.items():
        _style_font(_style(document, name, WD_STYLE_TYPE.CHARACTER).font, color, **features)
    document.styles["toc 1"].paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    table = document.styles["Table"]
    table.base_style = None  # pandoc names one that is not there
    table.element.find(qn("w:tblPr")).find(qn("w:tblCellMar")).addprevious(parse_xml(TABLE_BORDERS))
    settings = document.settings.element
    settings.find(qn("w:defaultTabStop")).addnext(OxmlElement("w:autoHyphenation"))
    settings.find(qn("w:rsids")).addprevious(parse_xml(COMPATIBILITY))
    _set_up_page(document.sections[0])
    return document


def _style(document, name, kind):
    """Return the style of this name, added where pandoc's reference document lacks it."""
    styles = document.styles
    if name in styles:
        return styles[name]
    style = styles.add_style(name, kind, builtin=name in BUILT_IN)
    if kind == WD_STYLE_TYPE.PARAGRAPH:
        style.base_style = styles["Normal"]
    return style


def _style_font(font, color, **features):
    font.color.rgb = RGBColor.from_string(color.removeprefix("#").upper())
    for name, value in features.items():
        setattr(font, name, value)


def _style_paragraph(style, font, size, color, before, after, features):
    style.element.get_or_add_rPr().get_or_add_rFonts().attrib.clear()  # a font of the theme would win over the name
    in_font = {name: value for name, value in features.items() if hasattr(style.font, name)}
    _style_font(style.font, color, name=font, size=Pt(size), **in_font)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    for name in features.keys() - in_font.keys():
        setattr(style.paragraph_format, name, features[name])


def _set_up_page(section):
    """Set paper, margins, and a running header and footer, whose {placeholders} docx.py fills in."""
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = (section.page_width - TEXT_WIDTH) // 2
    section.top_margin = section.bottom_margin = Inches(1)
    section.header_distance = section.footer_distance = Inches(0.5)
    section.different_first_page_header_footer = True
    section._sectPr.remove(section._sectPr.find(qn("w:footnotePr")))  # LibreOffice would number anew in each part
    for place, style in ((section.header, "header"), (section.footer, "footer")):
        place.paragraphs[0].style = style
        place.paragraphs[0].paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    section.header.paragraphs[0].add_run("{milestone}\t{as_of}")
    footer = section.footer.paragraphs[0]
    footer.add_run("{publisher}\t{page} ")
    _add_field(footer, "PAGE")
    footer.add_run(" {of} ")
    _add_field(footer, "NUMPAGES")


def _add_field(paragraph, instruction):
    field = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" {instruction} "><w:r><w:t>2</w:t></w:r></w:fldSimple>')
    paragraph._p.append(field)
