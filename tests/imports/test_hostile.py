"""Files and cells that are broken, locked, lying or hostile."""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import pytest

from app.db.models.leasing import LedgerEntry, Resident
from app.db.models.property import Unit
from app.domain.errors import Fixable
from app.imports import files as files_of
from app.imports import workbook as workbook_of
from app.knowledge.reading.base import Unreadable
from tests.imports.office import LEDGER, ROLL, UNITS, Office, csv_file, reasons, xlsx_file
from tests.knowledge.reading.files import pdf, repacked, workbook
from tests.knowledge.reading.test_hostile import ENTITY, deflated

SHEET = workbook({"Units": UNITS})
REFUSED = {
    "an empty file": ("a.csv", b"", "is empty"),
    "a program": ("a.csv", b"MZ\x90\x00" + b"\0" * 100, "is a Windows program"),
    "bytes called a table": ("a.csv", b"\x00\x01\x02\x03" * 50, "header row"),
    "a PDF called a workbook": ("a.xlsx", pdf(["Unit"]), "is a PDF file, and I import tables"),
    "text called a workbook": ("a.xlsx", b"Unit,Rent\n1,2\n", "is not a Excel file"),
    "half a workbook": ("a.xlsx", SHEET[:-200], "damaged"),
    "a locked workbook": ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "protected by a password"),
    "entities": ("a.xlsx", repacked(SHEET, {"xl/workbook.xml": ENTITY}), "no Office program writes"),
    "a zip bomb": (
        "a.xlsx",
        deflated(("xl/workbook.xml", b"<a/>"), ("xl/worksheets/sheet1.xml", b" " * 80_000_000)),
        "unpacks to far more",
    ),
    "a quotation mark that never closes": ("a.csv", b'Unit,Rent\n1,"' + b"x\n" * 200_000, "is no table after row"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
async def test_a_file_that_can_not_be_read_gets_a_sentence_for_people(
    office: Office, case: tuple[str, bytes, str]
) -> None:
    name, content, words = case
    path = office.folder / name
    path.write_bytes(content)
    with pytest.raises(Fixable) as refused:
        await office.take(path, property="Maple Grove", create_properties=True)
    assert words in refused.value.sentence
    assert name in refused.value.sentence
    assert refused.value.next_step
    assert await office.rows(Unit, "id") == []


async def test_a_file_that_is_not_there_is_said(office: Office) -> None:
    with pytest.raises(Fixable, match="There is no file"):
        await office.take(office.folder / "gone.csv")


async def test_more_rows_or_bytes_than_a_file_may_have_are_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_of, "MOST_ROWS", 3)
    monkeypatch.setattr(workbook_of, "MOST_ROWS", 3)
    for path in (csv_file(office.folder / "long.csv", UNITS), xlsx_file(office.folder / "long.xlsx", Units=UNITS)):
        with pytest.raises(Unreadable, match="more than 3 rows"):
            await office.take(path, create_properties=True)
    monkeypatch.setattr(files_of, "MOST_BYTES", 1)
    with pytest.raises(Unreadable, match="has more than"):
        await office.take(UNITS)
    assert await office.rows(Unit, "id") == []


async def test_a_formula_counts_as_its_saved_value_and_without_one_its_cell_is_refused(office: Office) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in UNITS:
        sheet.append(row)
    sheet["G2"] = "=1000+500"  # openpyxl saves no value beside it
    stream = io.BytesIO()
    book.save(stream)
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(stream) as archive:
        xml = archive.read(part)
    (office.folder / "bare.xlsx").write_bytes(stream.getvalue())
    calculated = xml.replace(b"<f>1000+500</f><v></v>", b"<f>1000+500</f><v>1500</v>")
    calculated = calculated.replace(b"<f>1000+500</f><v />", b"<f>1000+500</f><v>1500</v>")
    assert calculated != xml
    (office.folder / "saved.xlsx").write_bytes(repacked(stream.getvalue(), {part: calculated}))

    bare = await office.take(office.folder / "bare.xlsx", create_properties=True)
    assert reasons(bare) == {2: "Market Rent: a formula that was saved without its value"}
    saved = await office.take(office.folder / "saved.xlsx")
    assert saved.refused == 0
    assert ("101", 150_000) in await office.rows(Unit, "number", "market_rent_cents")


async def test_an_excel_error_is_no_value(office: Office) -> None:
    rows = [UNITS[0], [*UNITS[1][:6], "#REF!", "Occupied"]]
    path = xlsx_file(office.folder / "broken.xlsx", Units=rows)
    report = await office.take(path, create_properties=True)
    assert reasons(report) == {2: "Market Rent: an Excel error (#REF!)"}


async def test_hidden_sheets_are_not_read(office: Office) -> None:
    path = office.folder / "hidden.xlsx"
    path.write_bytes(
        workbook({"Units": UNITS, "Old": [*UNITS, ["Maple Grove", "999", "A1", 1, 1, 1, 1, "Vacant"]]}, ["Old"])
    )
    await office.take(path, create_properties=True)
    assert len(await office.rows(Unit, "id")) == 4


HOSTILE_NAME = '=HYPERLINK("http://example.test","x")'


async def test_what_looks_like_a_formula_in_a_text_file_is_text(office: Office) -> None:
    roll = [[*row[:5], HOSTILE_NAME, *row[6:]] if len(row) > 5 and row[0] == "101" else row for row in ROLL]
    rejects = office.folder / "rejects.csv"
    roll.append(["@SUM(1)", "1x1", 1, 1, 1, "+1+1", "=2*700", "-1", "1/1/2026", ""])
    report = await office.take(roll, property="Maple Grove", create_properties=True, rejects=rejects)
    assert (HOSTILE_NAME,) in await office.rows(Resident, "name")
    assert report.refused == 1
    with rejects.open(newline="") as file:
        header, row = csv.reader(file)
    assert header == ["sheet", "row", "reason", "what stands there"]
    assert row[3].startswith("'@SUM(1)")


async def test_what_is_longer_than_it_may_be_is_refused_and_never_cut(office: Office) -> None:
    await office.maple()
    rows = [
        LEDGER[0],
        ["101", "Maria Gonzalez", "10/1/2026", "Rent", "x" * 300, "1", ""],
        ["1" * 30, "", "10/1/2026", "", "", 1, ""],
    ]
    report = await office.take(rows, property="Maple Grove")
    assert [reason.partition("”")[2] for reason in reasons(report).values()] == [
        " is longer than 200 characters",
        " is longer than 20 characters",
    ]
    assert await office.rows(LedgerEntry, "id") == []


async def test_another_row_that_says_something_else_of_the_same_unit_is_refused(office: Office) -> None:
    report = await office.take([*UNITS, [*UNITS[1][:6], 1600, "Occupied"]], create_properties=True)
    assert reasons(report) == {6: "row 2 says something else of the same unit"}
    assert ("101", 150_000) in await office.rows(Unit, "number", "market_rent_cents")


async def test_no_rejects_file_is_made_when_all_was_taken(office: Office) -> None:
    await office.take(UNITS, create_properties=True, rejects=office.folder / "rejects.csv")
    assert list(office.folder.glob("rejects*")) == []
