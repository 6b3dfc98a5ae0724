"""The list as a file: the same rows in the same order as the page, in three formats."""

import csv
import json
from datetime import date, datetime
from io import BytesIO, StringIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from tests.factories import (
    SOURCE,
    AddresseeFactory,
    ChapterFactory,
    ChapterLinkFactory,
    DocumentFactory,
    IssueFactory,
    RecommendationFactory,
    WorkingGroupFactory,
    record,
    record_answer,
)
from tests.reading import codes, text

pytestmark = pytest.mark.django_db

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
    "evidence",
    "url",
    "status_key",
    "last_update_basis",
    "success_test",
    "topic",
    "published_on",
    "as_of",
    "answers",
    "because",
    "remains",
    "confidence",
    "testability",
    "last_heard_on",
]
HEADS = [
    *("Code", "Recommendation", "Summary", "Status", "Open", "Group", "Issue code", "Issue", "USMCA chapters"),
    *("Asked to act", "Document", "Priority", "Last update", "What happened", "Evidence", "Address"),
    *("Status key", "Basis of the last update", "Success test", "Topic", "Published", "As of"),
    "Answers",
    *("Why this status", "What remains", "Confidence", "Testability", "An addressee was last heard"),
]
SOURCES = ["https://example.org/one", "https://example.org/two"]
FORMATS = ["csv", "xlsx", "json"]


def table(response, extension) -> list[list]:
    """An export as a list of rows, the first of which names the columns."""
    if extension == "csv":
        return list(csv.reader(StringIO(response.getvalue().decode("utf-8-sig"))))
    if extension == "xlsx":
        sheet = load_workbook(BytesIO(response.getvalue())).active
        return [list(row) for row in sheet.iter_rows(values_only=True)]
    found = json.loads(text(response))
    return [list(found[0]) if found else [], *(list(row.values()) for row in found)]


@pytest.fixture
def take(client):
    """Takes an export as a table."""

    def take(extension, query="", prefix=""):
        response = client.get(f"{prefix}/recommendations/export.{extension}?{query}")
        assert response.status_code == 200
        return table(response, extension)

    return take


@pytest.fixture
def recommendation():
    """One that has a value in each column."""
    recommendation = RecommendationFactory(
        code="2023-SB-1a",
        title_en="Digital customs",
        title_es="Aduanas digitales",
        summary_en="Do it.",
        summary_es="Hacerlo.",
        success_test_en="It works.",
        success_test_es="Funciona.",
        priority=True,
        issue=IssueFactory(
            code="2023-SB-1",
            title_en="Paper",
            title_es="Papel",
            topic__group=WorkingGroupFactory(name_en="Smart Borders", name_es="Fronteras inteligentes"),
            topic__title_en="Customs",
            topic__title_es="Aduanas",
            topic__document=DocumentFactory(
                title_en="The paper", title_es="El documento", published_on=date(2023, 9, 18)
            ),
        ),
    )
    AddresseeFactory(recommendation=recommendation, organization__acronym="ANAM", answer="accepted")
    AddresseeFactory(recommendation=recommendation, organization__acronym="CBP")
    for number in (19, 7):
        ChapterLinkFactory(recommendation=recommendation, chapter=ChapterFactory(number=number))
    record(recommendation, status="in_progress", effective_on=date(2024, 4, 1))
    record(
        recommendation,
        status="implemented",
        effective_on=date(2024, 5, 1),
        what_en="It was done.",
        what_es="Se hizo.",
        basis="public_source",
        evidence=[SOURCE | {"url": url} for url in SOURCES],
    )
    return recommendation


def test_json_keeps_the_types(recommendation, client):
    response = client.get("/recommendations/export.json?as_of=2025-01-01")

    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert json.loads(text(response)) == [
        {
            "code": "2023-SB-1a",
            "title": "Digital customs",
            "summary": "Do it.",
            "status": "Implemented",
            "status_is_open": False,
            "working_group": "Smart Borders",
            "issue_code": "2023-SB-1",
            "issue_title": "Paper",
            "chapters": [7, 19],
            "addressees": ["ANAM", "CBP"],
            "document": "The paper",
            "priority": True,
            "last_update_on": "2024-05-01",
            "last_update_note": "It was done.",
            "evidence": SOURCES,
            "url": "https://tracker.example/recommendations/2023-SB-1a/",
            "status_key": "implemented",
            "last_update_basis": "Public source, not yet verified by staff",
            "success_test": "It works.",
            "topic": "Customs",
            "published_on": "2023-09-18",
            "as_of": "2025-01-01",
            "answers": ["ANAM: Accepted (February 1, 2024)"],
            "because": "",
            "remains": "",
            "confidence": "",
            "testability": "",
            "last_heard_on": None,
        }
    ]


@pytest.mark.parametrize(
    ("extension", "is_open", "is_priority", "day"),
    [("csv", "false", "true", str), ("xlsx", False, True, datetime.fromisoformat)],
)
def test_a_table_has_the_same_columns_with_lists_joined(recommendation, take, extension, is_open, is_priority, day):
    heads, row = take(extension, "as_of=2025-01-01")

    assert heads == (HEADS if extension == "xlsx" else COLUMNS)
    assert row == [
        "2023-SB-1a",
        "Digital customs",
        "Do it.",
        "Implemented",
        is_open,
        "Smart Borders",
        "2023-SB-1",
        "Paper",
        "7; 19",
        "ANAM; CBP",
        "The paper",
        is_priority,
        day("2024-05-01"),
        "It was done.",
        "; ".join(SOURCES),
        "https://tracker.example/recommendations/2023-SB-1a/",
        "implemented",
        "Public source, not yet verified by staff",
        "It works.",
        "Customs",
        day("2023-09-18"),
        day("2025-01-01"),
        "ANAM: Accepted (February 1, 2024)",
        *[None if extension == "xlsx" else ""] * 5,  # what is known for now only
    ]


def test_what_is_taken_without_a_day_is_as_of_today(recommendation, take):
    assert take("json")[1][COLUMNS.index("as_of")] == timezone.localdate().isoformat()


@pytest.mark.parametrize(
    ("day", "answers"),
    [
        ("2024-01-31", []),
        ("2024-04-01", ["ANAM: Accepted (February 1, 2024)"]),
        ("2024-06-30", ["ANAM: Not accepted (June 2024)"]),
    ],
)
def test_the_answers_are_those_of_the_day(recommendation, take, day, answers):
    record_answer(recommendation.addressees.first(), "not_accepted", effective_on=date(2024, 6, 1), precision="month")

    assert take("json", f"as_of={day}")[1][COLUMNS.index("answers")] == answers


def test_a_spreadsheet_keeps_its_heads_in_sight_and_can_be_filtered(recommendation, client):
    sheet = load_workbook(BytesIO(client.get("/recommendations/export.xlsx").getvalue())).active

    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:AB2")
    assert sheet["M2"].is_date
    assert sheet.column_dimensions["M"].width >= 12  # with less, a spreadsheet shows ####


def test_a_spreadsheet_can_be_printed(recommendation, client):
    sheet = load_workbook(BytesIO(client.get("/recommendations/export.xlsx").getvalue())).active

    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$1:$1")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)  # one page wide, as by default
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    row = dict(zip(COLUMNS, sheet[2], strict=True))
    assert [name for name, cell in row.items() if cell.alignment.wrap_text] == [
        *("title", "summary", "issue_title", "document", "last_update_note", "evidence", "url"),
        *("last_update_basis", "success_test", "topic", "answers", "because", "remains"),
    ]


def test_what_never_happened_is_null_or_empty(take):
    RecommendationFactory()

    (_heads, in_json), (_heads, in_csv) = take("json"), take("csv")
    assert dict(zip(COLUMNS, in_json, strict=True)) | {
        "last_update_on": None,
        "last_update_note": "",
        "last_update_basis": "",
    } == dict(zip(COLUMNS, in_json, strict=True))
    assert [in_csv[COLUMNS.index(f"last_update_{name}")] for name in ("on", "note", "basis")] == ["", "", ""]


@pytest.mark.parametrize("extension", FORMATS)
def test_spanish_exports_have_spanish_content(recommendation, take, extension):
    _heads, row = take(extension, prefix="/es")
    row = dict(zip(COLUMNS, row, strict=True))

    assert (row["title"], row["summary"], row["working_group"]) == (
        "Aduanas digitales",
        "Hacerlo.",
        "Fronteras inteligentes",
    )
    assert (row["issue_title"], row["document"], row["last_update_note"]) == ("Papel", "El documento", "Se hizo.")
    assert (row["success_test"], row["topic"], row["status_key"]) == ("Funciona.", "Aduanas", "implemented")
    assert row["url"] == "https://tracker.example/es/recommendations/2023-SB-1a/"


@pytest.mark.parametrize("extension", ["csv", "json"])
def test_programs_find_the_same_names_in_every_language(recommendation, client, take, extension):
    assert take(extension, prefix="/es")[0] == take(extension)[0] == COLUMNS
    file = client.get(f"/es/recommendations/export.{extension}?as_of=2024-06-01")
    assert file["Content-Disposition"] == f'attachment; filename="recommendations-2024-06-01.{extension}"'


def test_people_find_their_language_in_a_spreadsheet(recommendation, client):
    file = client.get("/es/recommendations/export.xlsx?as_of=2024-06-01")
    sheet = load_workbook(BytesIO(file.getvalue())).active

    assert (sheet.title, sheet["A1"].value, sheet["K1"].value) == ("Recomendaciones", "Clave", "Documento")
    assert file["Content-Disposition"] == 'attachment; filename="recomendaciones-2024-06-01.xlsx"'


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("query", ["", "sort=newest", "sort=stalest&open=true", "q=needle", "as_of=2024-06-10"])
def test_an_export_has_the_rows_of_all_pages_in_their_order(client, take, extension, query):
    group = WorkingGroupFactory()
    for number in range(30):
        recommendation = RecommendationFactory(group=group, title_en="Needle" if number % 7 else "Thread")
        if number % 3:
            record(recommendation, status="in_progress", effective_on=date(2024, 6, number + 1))

    pages = [codes(client.get(f"/recommendations/?{query}&page={page}")) for page in (1, 2)]
    shown = pages[0] + [code for code in pages[1] if code not in pages[0]]

    assert len(shown) > 15
    assert [row[0] for row in take(extension, query)[1:]] == shown


@pytest.mark.parametrize("extension", FORMATS)
def test_the_past_is_exported_as_it_stood(recommendation, take, extension):
    later = DocumentFactory(published_on=date(2025, 4, 29))
    RecommendationFactory(document=later)

    _heads, row = take(extension, "as_of=2024-03-31")
    row = dict(zip(COLUMNS, row, strict=True))

    assert (row["code"], row["status"], row["status_key"]) == ("2023-SB-1a", "Issued", "issued")
    assert row["status_is_open"] in (True, "true")
    assert not row["last_update_on"]
    assert not row["last_update_note"]
    assert not row["last_update_basis"]
    assert not row["evidence"]


@pytest.mark.parametrize(("extension", "heads"), [("csv", [COLUMNS]), ("xlsx", [HEADS]), ("json", [[]])])
def test_an_empty_list_is_an_empty_file(recommendation, take, extension, heads):
    assert take(extension, "open=true") == heads


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1", "\n=1+1", "\u00a0\u3000=1+1"]
FORMULAS += ["＝1+1", "＋1", "－1", "＠SUM(A1)", " ＝1+1"]


@pytest.fixture(params=FORMULAS)
def formula(request):
    """A text that a program takes for a formula, as title, note and addressee of a recommendation."""
    recommendation = RecommendationFactory(title_en=request.param)
    record(recommendation, what_en=request.param)
    AddresseeFactory(recommendation=recommendation, organization__acronym=request.param)
    return request.param


def test_csv_marks_what_a_program_would_run_as_a_formula(take, formula):
    _heads, row = take("csv")

    for name in ["title", "last_update_note", "addressees"]:
        assert row[COLUMNS.index(name)].startswith("'")


def test_a_spreadsheet_has_the_text_itself_in_cells_of_text(client, formula):
    sheet = load_workbook(BytesIO(client.get("/recommendations/export.xlsx").getvalue())).active

    row = dict(zip(COLUMNS, sheet[2], strict=True))
    for name in ["title", "last_update_note", "addressees"]:
        assert (row[name].value.split(), row[name].data_type) == (formula.split(), "s")


@pytest.mark.parametrize("title", ["-10 % tariff cut", "+52 55 1234", "@CBP", "=1+1", "#N/A", "'quoted'"])
def test_a_title_in_a_spreadsheet_is_as_it_is_written(take, title):
    RecommendationFactory(title_en=title)

    assert take("xlsx")[1][1] == title


def test_json_gives_the_text_itself(take):
    RecommendationFactory(title_en="=1+1")

    assert take("json")[1][1] == "=1+1"


@pytest.mark.parametrize("extension", FORMATS)
def test_any_letter_survives(take, extension):
    title = 'A "quoted", very; long — línea\nwith 🌵 & <b>'
    RecommendationFactory(title_en=title)

    assert take(extension)[1][1] == title


@pytest.mark.parametrize("extension", FORMATS)
def test_control_characters_that_were_pasted_break_no_export(take, extension):
    RecommendationFactory(title_en="One\x0btwo\x1f\ufffe")

    assert take(extension)[1][1].startswith("One")


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("prefix", ["", "/es"])
def test_a_bad_filter_is_an_error_in_plain_text(client, recommendation, extension, prefix):
    response = client.get(f"{prefix}/recommendations/export.{extension}?group=nowhere&as_of=soon")

    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert [line.split(":")[0] for line in text(response).splitlines()] == ["group", "as_of"]
    assert "Content-Disposition" not in response


@pytest.mark.parametrize(
    ("extension", "content_type"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("json", "application/json; charset=utf-8"),
    ],
)
def test_an_export_is_a_file_named_after_its_day(client, recommendation, extension, content_type):
    response = client.get(f"/recommendations/export.{extension}?as_of=2024-06-01")

    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'attachment; filename="recommendations-2024-06-01.{extension}"'


def test_csv_begins_with_the_mark_by_which_excel_knows_utf8(client, recommendation):
    assert client.get("/recommendations/export.csv").getvalue().startswith(b"\xef\xbb\xbfcode,title,")


def test_a_format_that_is_not_made_is_not_found(client):
    assert client.get("/recommendations/export.pdf", follow=True).status_code == 404
