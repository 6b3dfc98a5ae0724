"""Footnotes of a Word document, which python-docx does not make: a part of their own, and marks in the text."""

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement
from docx.text.paragraph import Paragraph

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"

# Word wants the two lines that part footnotes from the text to be there, under these numbers.
EMPTY = f"""
<w:footnotes {nsdecls("w", "r")}>
  <w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
  <w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
</w:footnotes>
"""


class Footnotes:
    """The footnotes of one document; its styles "footnote text" and "footnote reference" must exist."""

    def __init__(self, document):
        self.text_style = document.styles["footnote text"].style_id
        self.mark_style = document.styles["footnote reference"].style_id
        self.part = XmlPart(PackURI("/word/footnotes.xml"), CONTENT_TYPE, parse_xml(EMPTY), document.part.package)
        document.part.relate_to(self.part, RELATIONSHIP_TYPE.FOOTNOTES)
        self.count = 0

    def add(self, paragraph) -> Paragraph:
        """Put the mark of a new footnote at the end of `paragraph`. Gives the footnote's own, to be written."""
        self.count += 1
        mark = paragraph.add_run()._r
        mark.style = self.mark_style
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(self.count))
        mark.append(reference)

        note = OxmlElement("w:footnote")
        note.set(qn("w:id"), str(self.count))
        body = OxmlElement("w:p")
        note.append(body)
        self.part.element.append(note)
        body.style = self.text_style
        written = Paragraph(body, self)
        number = written.add_run()._r
        number.style = self.mark_style
        number.append(OxmlElement("w:footnoteRef"))
        written.add_run(" ")
        return written
