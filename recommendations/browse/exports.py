"""Tables as CSV, XLSX or JSON; above all a list of recommendations: the same rows in the same order as the page."""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from tempfile import TemporaryFile

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core.bilingual import bilingual, first_given
from core.control_chars import strip_control_chars
from recommendations.confidence import Confidence
from recommendations.models import (
    Addressee,
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
    """A column of a spreadsheet: what stands above it for people, and its width; the usual one for None."""

    head: str
    width: int | None = None


COLUMNS = {
    "code": Column(_("Code"), 16),
    "title": Column(_("Recommendation"), 50),
    "summary": Column(_("Summary"), 70),
    "status": Column(_("Status"), 22),
    "status_is_open": Column(_("Open")),
    "working_group": Column(_("Group"), 26),
    "issue_code": Column(_("Code of the issue"), 16),
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
    "status_key": Column(_("Key of the status"), 22),
    "last_update_basis": Column(_("Basis of the last update"), 40),
    "success_test": Column(_("Success test"), 70),
    "topic": Column(_("Topic"), 40),
    "published_on": Column(_("Published"), 14),
    "as_of": Column(_("As of"), 14),
    # Known for now only: empty in a list of a past day.
    "because": Column(_("Why this status"), 70),
    "remains": Column(_("What remains"), 70),
    "confidence": Column(_("Confidence"), 14),
    "testability": Column(_("Testability"), 20),
    "last_heard_on": Column(_("An addressee was last heard"), 14),
}
NOT_KNOWN = {"because": "", "remains": "", "testability": "", "last_heard_on": None}
ROWS_AT_A_TIME = 1000
PART = 64 * 1024  # characters that are sent at once
# CSV injection (OWASP): what a program takes for a formula, also in full width, and after what it strips off.
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


def table(queryset, day, is_past=False) -> Table:
    """Return the recommendations of `queryset`, which has `effective_*` as it stood on `day`; if `is_past`, no more."""
    return Table("recommendations", _("Recommendations"), COLUMNS, rows(queryset, day, is_past))


def rows(queryset, day, is_past=False) -> Iterator[dict]:
    """Yield each recommendation as a dict of COLUMNS, in the current language, with memory flat however many there are.

    Of plain values: to make objects of them takes most of the time of a long list.
    """
    found = (
        queryset.with_confidence(None if is_past else day)
        .values_list(
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
        )
        .iterator(chunk_size=ROWS_AT_A_TIME)
    )
    while batch := list(islice(found, ROWS_AT_A_TIME)):
        yield from _rows(batch, day, is_past)


def _rows(batch, day, is_past) -> Iterator[dict]:
    pks = [row[0] for row in batch]
    known_now = {} if is_past else _known_now(pks)
    chapters = _by(ChapterLink.objects.order_by("chapter__number"), "recommendation_id", pks, "chapter__number")
    short_name = first_given("organization__acronym", bilingual("organization__name"))
    addressees = _by(Addressee.objects.order_by("pk"), "recommendation_id", pks, short_name)
    updates = Update.objects.filter(IsOneOf("id", [row[-1] for row in batch if row[-1]])).order_by()
    notes = {pk: (what, basis) for pk, what, basis in updates.values_list("pk", bilingual("what"), "basis")}
    sources = _by(Evidence.objects.order_by("pk"), "update_id", notes, "url")
    statuses = {status.value: str(status.label) for status in Status}
    bases = {basis.value: str(basis.label) for basis in Basis} | {"": ""}
    before, after = (settings.SITE_URL + reverse("recommendation", args=["CODE"])).split("CODE")
    for pk, code, title, summary, status, is_open, group, issue, issue_title, document, priority, *others in batch:
        updated_on, success_test, topic, published_on, confidence, update = others
        what, basis = notes.get(update, ("", ""))
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
            "chapters": chapters[pk],
            "addressees": addressees[pk],
            "document": document,
            "priority": priority,
            "last_update_on": updated_on,
            "last_update_note": what,
            "evidence": sources[update],
            "url": f"{before}{code}{after}",
            "status_key": status,
            "last_update_basis": bases[basis],
            "success_test": success_test,
            "topic": topic,
            "published_on": published_on,
            "as_of": day,
            "because": known["because"],
            "remains": known["remains"],
            "confidence": str(Confidence(confidence).label) if confidence else "",
            "testability": known["testability"],
            "last_heard_on": known["last_heard_on"],
        }


def _known_now(pks) -> dict[int, dict]:
    """Return what assessments and addressees say of each of `pks`."""
    assessments = Assessment.objects.filter(IsOneOf("recommendation_id", pks)).values_list(
        "recommendation", bilingual("because"), bilingual("remains"), "testability"
    )
    heard = Recommendation.objects.filter(IsOneOf("id", pks)).with_last_heard().order_by()
    known = {pk: NOT_KNOWN | {"last_heard_on": day} for pk, day in heard.values_list("pk", "last_heard_on")}
    for pk, because, remains, testability in assessments:
        known[pk] |= {"because": because, "remains": remains, "testability": str(Testability(testability).label)}
    return known


def _by(links, column, pks, value) -> dict[int, list]:
    """Return the values of what is linked to each of `pks` by `column`, in the order of the queryset `links`."""
    found = defaultdict(list)
    for pk, linked in links.filter(IsOneOf(column, pks)).values_list(column, value):
        found[pk].append(linked)
    return found


def _cell(value):
    """Return a value for a spreadsheet's cell: lists joined, and nothing that the program would run as a formula."""
    if isinstance(value, str):
        return f"'{value}" if FORMULA.match(value) else value
    if isinstance(value, list):
        return _cell("; ".join(map(str, value)))
    return value


def _text(value):
    """Return a value for CSV, which knows text only."""
    if value is True or value is False:
        return "true" if value else "false"
    return _cell(value)


def as_csv(table):
    def parts():
        text = StringIO()
        writer = csv.writer(text)
        text.write("\ufeff")  # without it, Excel takes UTF-8 for something else
        writer.writerow(table.columns)
        for row in table.rows:
            # Nearly all values are texts that begin with a letter, and safe; a long list has a million.
            writer.writerow(
                [value if isinstance(value, str) and value[:1].isalnum() else _text(value) for value in row.values()]
            )
            if text.tell() > PART:
                yield text.getvalue()
                text.seek(0)
                text.truncate()
        yield text.getvalue()

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
    for number, column in enumerate(table.columns.values(), start=1):
        if column.width:
            sheet.column_dimensions[get_column_letter(number)].width = column.width
    heads = [WriteOnlyCell(sheet, str(column.head)) for column in table.columns.values()]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    last = 1
    for last, row in enumerate(table.rows, start=2):  # noqa: B007 (counted for the filter)
        cells = map(_cell, row.values())
        sheet.append([strip_control_chars(cell) if isinstance(cell, str) else cell for cell in cells])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{last}"
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    book.save(file)
    file.seek(0)
    return FileResponse(file, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


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
