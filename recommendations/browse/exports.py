"""Tables as CSV, XLSX or JSON; above all a list of recommendations: the same rows in the same order as the page."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import OuterRef
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from core.history.past import words_of
from core.text.bilingual import bilingual
from core.text.control_chars import strip_control_chars
from recommendations.confidence import Confidence
from recommendations.models import (
    Addressee,
    Answer,
    Assessment,
    ChapterLink,
    Evidence,
    Recommendation,
    Testability,
    Update,
)
from recommendations.models.status import Status
from recommendations.models.updates import Basis
from recommendations.querysets import IsOneOf


@dataclass(frozen=True)
class Column:
    """A column of a spreadsheet: what stands above it for people, and its width; the usual one for None.

    In one that is WIDE the lines of a text break.
    """

    head: str
    width: int | None = None


COLUMNS = {
    "code": Column(_("Code"), 16),
    "title": Column(_("Recommendation"), 50),
    "summary": Column(_("Summary"), 70),
    "status": Column(_("Status"), 22),
    "status_is_open": Column(_("Open")),
    "working_group": Column(_("Group"), 26),
    "issue_code": Column(_("Issue code"), 16),
    "issue_title": Column(_("Issue"), 40),
    "chapters": Column(_("USMCA chapters"), 16),
    "addressees": Column(_("Asked to act"), 30),
    "document": Column(_("Document"), 40),
    "priority": Column(pgettext_lazy("filter", "Priority")),
    "last_update_on": Column(_("Last update"), 14),
    "last_update_note": Column(_("What happened"), 70),
    "evidence": Column(_("Evidence"), 60),
    "url": Column(_("Address"), 50),
    # Programs find a column by its place too: further ones come last.
    "status_key": Column(_("Status key"), 22),
    "last_update_basis": Column(_("Basis of the last update"), 40),
    "success_test": Column(_("Success test"), 70),
    "topic": Column(_("Topic"), 40),
    "published_on": Column(_("Published"), 14),
    "as_of": Column(_("As of"), 14),
    "answers": Column(_("Answers"), 40),
    # Known for now only: empty in a list of a past day.
    "because": Column(_("Why this status"), 70),
    "remains": Column(_("What remains"), 70),
    "confidence": Column(_("Confidence"), 14),
    "testability": Column(_("Testability"), 20),
    "last_heard_on": Column(_("An addressee was last heard"), 14),
}
NOT_KNOWN = {"because": "", "remains": "", "testability": "", "last_heard_on": None}
WIDE = 40
ROWS_AT_A_TIME = 1000
QUOTE = '"'
BYTE_ORDER_MARK = "\ufeff"  # without it, Excel takes UTF-8 for something else
PART = 64 * 1024  # characters that are sent at once
# CSV injection (OWASP): what a program takes for a formula, also in full width, and after what it strips off. Only CSV
# needs it: a cell of XLSX says itself that it is text.
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")


@dataclass(frozen=True)
class Table:
    """What a file holds: a name, columns, and rows, each a dict of these columns, made one at a time.

    Programs know it and its columns by their English names, in every language; people read `title` and the heads.
    """

    name: str
    title: str
    columns: dict[str, Column]
    rows: Iterable[dict]


def table(filterset, day) -> Table:
    """Return what a RecommendationFilter, which is valid, has found. `day` is the one that it is as of."""
    return Table("recommendations", _("Recommendations"), COLUMNS, rows(filterset, day))


def rows(filterset, day) -> Iterator[dict]:
    """Yield each recommendation as a dict of COLUMNS, in the current language, with memory flat however many there are.

    First the keys of all in their order, then the rows by their keys: a cursor would have PostgreSQL sort and store all
    of them first. Of plain values: to make objects of them takes most of the time of a long list.
    """
    with words_of(day):
        keys = list(filterset.qs.values_list("pk", flat=True))
        for first in range(0, len(keys), ROWS_AT_A_TIME):
            yield from _rows(filterset, keys[first : first + ROWS_AT_A_TIME], day)


def _rows(filterset, keys, day) -> Iterator[dict]:
    """Yield the recommendations with these primary keys, in this order. Five queries at most."""
    organizations = Addressee.objects.filter(recommendation=OuterRef("pk")).order_by("pk").values("organization")
    chapters = ChapterLink.objects.filter(recommendation=OuterRef("pk")).order_by("chapter__number").values("chapter")
    found = filterset.at(filterset.as_of_day).filter(IsOneOf("pk", keys))
    by_key = {
        row[0]: row
        for row in found.values_list(
            "pk",
            "code",
            bilingual("title"),
            bilingual("summary"),
            "effective_status",
            "effective_is_open",
            bilingual("topic__group__name"),
            "issue__code",
            bilingual("issue__title"),
            bilingual("topic__document__title"),
            "priority",
            "effective_update_on",
            bilingual("success_test"),
            bilingual("topic__title"),
            "topic__document__published_on",
            "confidence",
            "effective_update_id",
            ArraySubquery(organizations),
            ArraySubquery(chapters),
        )
    }
    known_now = {} if filterset.as_of_day else _known_now(keys)
    answers = _answers(keys, day)
    notes = _notes({row[-3] for row in by_key.values()} - {None})
    short_names = {option.key: option.short_label for option in filterset.options.by_facet["addressee"]}
    numbers = {option.key: int(option.value) for option in filterset.options.by_facet["chapter"]}
    statuses = {status.value: str(status.label) for status in Status}
    bases = {basis.value: str(basis.label) for basis in Basis} | {"": ""}
    before, after = (settings.SITE_URL + reverse("recommendation", args=["CODE"])).split("CODE")
    for row in filter(None, map(by_key.get, keys)):  # one may have been deleted since
        pk, code, title, summary, status, is_open, group, issue, issue_title, document, priority, *others = row
        updated_on, success_test, topic, published_on, confidence, update, asked, touched = others
        what, basis, evidence = notes.get(update, ("", "", []))
        known = known_now.get(pk, NOT_KNOWN)
        yield {
            "code": code,
            "title": title,
            "summary": summary,
            "status": statuses[status],
            "status_is_open": is_open,
            "working_group": group,
            "issue_code": issue,
            "issue_title": issue_title,
            # What was added after the options were read is left out: a file is long in the making.
            "chapters": [numbers[chapter] for chapter in touched if chapter in numbers],
            "addressees": [short_names[organization] for organization in asked if organization in short_names],
            "document": document,
            "priority": priority,
            "last_update_on": updated_on,
            "last_update_note": what,
            "evidence": evidence,
            "url": f"{before}{code}{after}",
            "status_key": status,
            "last_update_basis": bases[basis],
            "success_test": success_test,
            "topic": topic,
            "published_on": published_on,
            "as_of": day,
            "answers": answers[pk],
            "because": known["because"],
            "remains": known["remains"],
            "confidence": str(Confidence(confidence).label) if confidence else "",
            "testability": known["testability"],
            "last_heard_on": known["last_heard_on"],
        }


def _known_now(keys) -> dict[int, dict]:
    """Return what assessments say of the recommendations with these primary keys, and when an addressee was last heard."""
    assessments = Assessment.objects.filter(IsOneOf("recommendation_id", keys)).values_list(
        "recommendation", bilingual("because"), bilingual("remains"), "testability"
    )
    heard = Recommendation.objects.filter(IsOneOf("pk", keys)).with_last_heard().order_by()
    known = {pk: NOT_KNOWN | {"last_heard_on": day} for pk, day in heard.values_list("pk", "last_heard_on")}
    for pk, because, remains, testability in assessments:
        known[pk] |= {"because": because, "remains": remains, "testability": str(Testability(testability).label)}
    return known


def _answers(pks, day) -> dict[int, list[str]]:
    """Return in words who has answered what, as it stands on `day`, by the keys of the recommendations."""
    asked = Answer.objects.in_force().as_of(day).filter(IsOneOf("addressee__recommendation_id", pks))
    found = defaultdict(list)
    for answer in asked.latest_of_each().select_related("addressee__organization"):  # in the order of the addressees
        found[answer.addressee.recommendation_id].append(answer.in_words)
    return found


def _notes(pks) -> dict[int, tuple[str, str, list[str]]]:
    """Return what happened, on what basis, and the URLs of its evidence, by the primary keys of updates."""
    evidence = Evidence.objects.filter(update=OuterRef("pk")).order_by("pk").values("url")
    updates = Update.objects.filter(IsOneOf("pk", pks)).order_by()
    found = updates.values_list("pk", bilingual("what"), "basis", ArraySubquery(evidence))
    return {pk: note for pk, *note in found}


def _joined(value):
    """Return a value for one cell: that of a list is its values one after the other."""
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _never_a_formula(text: str) -> str:
    """Return a text for CSV that no program runs as a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def _csv_field(value) -> str:
    """Return a value as it stands in a line of CSV (RFC 4180), in quotation marks where it has to be."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | list):
        return "" if value is None else str(value)
    # Nearly all texts begin with a letter, and are safe.
    text = value if isinstance(value, str) and value[:1].isalnum() else _never_a_formula(_joined(value))
    if QUOTE in text or "," in text or "\n" in text or "\r" in text:
        text = f'"{text.replace(QUOTE, 2 * QUOTE)}"'
    return text


def as_csv(table):
    def parts():
        # Not by csv.writer, which takes three times as long: it compares each character by itself.
        lines, length = [BYTE_ORDER_MARK + ",".join(table.columns)], 0
        for row in table.rows:
            line = ",".join(map(_csv_field, row.values()))
            lines.append(line)
            length += len(line)
            if length > PART:
                yield "\r\n".join([*lines, ""])
                lines, length = [], 0
        yield "\r\n".join([*lines, ""])

    return StreamingHttpResponse(parts(), content_type="text/csv; charset=utf-8")


def as_json(table):
    def parts():
        separator = "[\n"
        for row in table.rows:
            yield separator + json.dumps(row, ensure_ascii=False, cls=DjangoJSONEncoder)
            separator = ",\n"
        yield "[]\n" if separator == "[\n" else "\n]\n"

    return StreamingHttpResponse(parts(), content_type="application/json; charset=utf-8")


def as_xlsx(table):
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(table.title))
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes; one page wide
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for number, column in enumerate(table.columns.values(), start=1):
        if column.width:
            sheet.column_dimensions[get_column_letter(number)].width = column.width
    heads = [WriteOnlyCell(sheet, str(column.head)) for column in table.columns.values()]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    cells = [_styled_cell(sheet, column) for column in table.columns.values()]
    last = 1
    for last, row in enumerate(table.rows, start=2):  # noqa: B007 (counted for the filter)
        for cell, value in zip(cells, map(_joined, row.values()), strict=True):
            _fill(cell, value)
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{last}"
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    book.save(file)
    file.seek(0)
    return FileResponse(file, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def _styled_cell(sheet, column) -> WriteOnlyCell:
    """Return a cell that all rows of a column are written by, one after the other: to style each takes long."""
    cell = WriteOnlyCell(sheet)
    cell.alignment = Alignment(vertical="top", wrap_text=(column.width or 0) >= WIDE)
    return cell


def _fill(cell, value):
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = strip_control_chars(value)
    cell.data_type = "s"  # also what looks like a formula or an error: nothing runs it, and nobody sees another text


EXPORTS = {"csv": as_csv, "json": as_json, "xlsx": as_xlsx}


def no_file(errors):
    """Return the answer to a download that was asked for wrongly: the errors of a form, a line each."""
    lines = [f"{name}: {error}" for name, found in errors.items() for error in found]
    return HttpResponse("\n".join(lines) + "\n", status=400, content_type="text/plain; charset=utf-8")


def as_file(table, extension, *days):
    """Return a Table to download, in one of EXPORTS, named after its days: for people in their language."""
    name = table.title if extension == "xlsx" else table.name
    filename = slugify("-".join(map(str, [name, *days])))
    response = EXPORTS[extension](table)
    response["Content-Disposition"] = f'attachment; filename="{filename}.{extension}"'
    return response
