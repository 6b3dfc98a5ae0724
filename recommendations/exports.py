"""Tables as CSV, XLSX or JSON; first of all a list of recommendations: the same rows in the same order as the page."""

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
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from working_groups.bilingual import bilingual, first_given

from .models import Addressee, ChapterLink, Update
from .printable import printable
from .status import Status

COLUMNS = [
    "code",
    "title",
    "summary",
    "status",
    "status_is_open",
    "working_group",
    "issue_code",
    "issue_title",
    "chapters",
    "addressees",
    "document",
    "priority",
    "last_update_on",
    "last_update_note",
    "url",
]
ROWS_AT_A_TIME = 1000
PART = 64 * 1024  # characters that are sent at once
# What makes a formula of a text, also in the full width of Japanese keyboards, and after what a program strips off.
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")


@dataclass(frozen=True)
class Table:
    """What a file holds: its name, its columns, and the rows, each a dict of these columns, made one at a time.

    `widths` are of those columns of a spreadsheet, by their letter, that need more than the usual.
    """

    name: str
    columns: list[str]
    rows: Iterable[dict]
    widths: dict[str, int]


def table(queryset) -> Table:
    """The recommendations of `queryset`, which has `shown_*`."""
    widths = {"A": 16, "B": 50, "C": 70, "H": 40, "J": 30, "K": 40, "N": 70, "O": 50}
    return Table("recommendations", COLUMNS, rows(queryset), widths)


def rows(queryset) -> Iterator[dict]:
    """Each recommendation as a dict of COLUMNS, in the current language, with memory flat however many there are.

    Of plain values: to make objects of them takes most of the time of a long list.
    """
    found = queryset.values_list(
        "pk",
        "code",
        bilingual("title"),
        bilingual("summary"),
        "shown_status",
        "shown_is_open",
        bilingual("issue__topic__group__name"),
        "issue__code",
        bilingual("issue__title"),
        bilingual("issue__topic__document__title"),
        "priority",
        "shown_update_on",
        "shown_update_id",
    ).iterator(chunk_size=ROWS_AT_A_TIME)
    while batch := list(islice(found, ROWS_AT_A_TIME)):
        yield from _rows(batch)


def _rows(batch) -> Iterator[dict]:
    pks = [row[0] for row in batch]
    chapters = _by_recommendation(ChapterLink.objects.order_by("chapter__number"), pks, "chapter__number")
    short_name = first_given("organization__acronym", bilingual("organization__name"))
    addressees = _by_recommendation(Addressee.objects.order_by("pk"), pks, short_name)
    updates = Update.objects.filter(pk__in=[row[-1] for row in batch if row[-1]])
    notes = dict(updates.values_list("pk", bilingual("what")))
    statuses = {status.value: str(status.label) for status in Status}
    before, after = (settings.SITE_URL + reverse("recommendation", args=["CODE"])).split("CODE")
    for pk, code, title, summary, status, is_open, group, issue, issue_title, document, priority, day, update in batch:
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
            "last_update_on": day,
            "last_update_note": notes.get(update, ""),
            "url": f"{before}{code}{after}",
        }


def _by_recommendation(links, pks, value) -> dict[int, list]:
    """The values of what is linked to each recommendation, in the order of the queryset `links`."""
    found = defaultdict(list)
    for pk, linked in links.filter(recommendation__in=pks).values_list("recommendation", value):
        found[pk].append(linked)
    return found


def _cell(value):
    """A value for a spreadsheet's cell: lists joined, and nothing that the program would run as a formula."""
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, str) and FORMULA.match(value):
        return "'" + value
    return value


def _in_words(value):
    """A value for CSV, which knows text only."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _cell(value)


def as_csv(table):
    def parts():
        text = StringIO()
        writer = csv.writer(text)
        text.write("\ufeff")  # without it, Excel takes UTF-8 for something else
        writer.writerow(table.columns)
        for row in table.rows:
            writer.writerow(map(_in_words, row.values()))
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
    sheet = book.create_sheet(table.name)
    sheet.freeze_panes = "B2"
    for letter, width in table.widths.items():
        sheet.column_dimensions[letter].width = width
    heads = [WriteOnlyCell(sheet, name) for name in table.columns]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    last = 1
    for last, row in enumerate(table.rows, start=2):  # noqa: B007 (counted for the filter)
        cells = map(_cell, row.values())
        sheet.append([printable(cell) if isinstance(cell, str) else cell for cell in cells])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{last}"
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    book.save(file)
    file.seek(0)
    return FileResponse(file, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


EXPORTS = {"csv": as_csv, "json": as_json, "xlsx": as_xlsx}


def no_file(errors):
    """The answer to a download that was asked for wrongly: the errors of a form, a line each."""
    lines = [f"{name}: {error}" for name, found in errors.items() for error in found]
    return HttpResponse("\n".join(lines) + "\n", status=400, content_type="text/plain; charset=utf-8")


def as_file(table, extension, filename):
    """A Table as an answer to download, in one of EXPORTS."""
    response = EXPORTS[extension](table)
    response["Content-Disposition"] = f'attachment; filename="{filename}.{extension}"'
    return response
