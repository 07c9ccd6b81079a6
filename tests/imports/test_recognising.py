"""Headers in many ways, under titles, between blank lines; sums left out; unsure means asked."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.db.models.leasing import Lease, LedgerEntry
from app.db.models.property import Property, Unit
from app.domain.errors import Fixable
from app.imports.files import Sheet
from app.imports.kind import Kind
from app.imports.recognising import Head, head_of, header_key
from app.imports.registry import all_kinds
from tests.imports.office import LEDGER, ROLL, UNITS, Office, csv_file, reasons, xlsx_file

KINDS = {kind.key: kind for kind in all_kinds()}


def sheet(rows: list[list[Any]]) -> Sheet:
    return Sheet("", lambda: iter(enumerate(rows, start=1)))


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("UNIT #", "unit number"),
        ("Unit No.", "unit number"),
        ("Sq. Ft.", "sq ft"),
        ("SQFT", "sq ft"),
        ("Square Feet", "sq ft"),
        ("move-in date", "Move In Date"),
        ("Charges", "charge"),
        ("Occupancy (%)", "occupancy %"),
        ("  Lease\nTo ", "lease to"),
    ],
)
def test_a_header_is_the_same_however_it_is_written(written: str, same: str) -> None:
    assert header_key(written) == header_key(same)


def _written(name: str, chance: random.Random) -> str:
    changed = chance.choice([str.upper, str.lower, str.title, str])(name)
    return f"{chance.choice(['', ' ', '  '])}{changed}{chance.choice(['', ' ', '.', ':', '*'])}"


@given(st.sampled_from(sorted(KINDS)), st.randoms(use_true_random=False), st.integers(0, 8))
@settings(max_examples=150)
def test_every_kind_is_known_by_any_of_its_names_in_any_order_under_any_title(
    key: str, chance: random.Random, above: int
) -> None:
    kind: Kind = KINDS[key]
    labels = kind.labels()
    needed = {chance.choice(group[:1]) for group in kind.needs}
    more = [column.key for column in kind.columns if column.key not in needed and chance.random() < 0.3]
    wanted = [*needed, *more]
    chance.shuffle(wanted)
    by_key = {column.key: column for column in kind.columns}
    names = [_written(chance.choice([labels[one], *by_key[one].also]), chance) for one in wanted]
    rows: list[list[Any]] = [[chance.choice(["Maple Grove", "", "Report"])] for _ in range(above)]
    found = head_of(sheet([*rows, ["", *names], ["", *(["x"] * len(names))]]), [kind])
    assert isinstance(found, Head)
    assert (found.row, found.places.keys()) == (above + 1, set(wanted))


@pytest.mark.parametrize("key", KINDS)
def test_no_name_of_a_column_belongs_to_two_columns_of_a_kind(key: str) -> None:
    names = [header_key(name) for column in KINDS[key].columns for name in {column.label, *column.also}]
    keys = [{header_key(name) for name in (column.label, *column.also)} for column in KINDS[key].columns]
    assert len(set().union(*keys)) == sum(map(len, keys)), sorted(name for name in names if names.count(name) > 1)


async def test_a_header_of_two_lines_is_read_as_one(office: Office) -> None:
    roll = [
        ["", "Unit", "Unit", "Market", "", "Lease", "Lease", "Lease", ""],
        ["Unit", "Type", "Sq Ft", "Rent", "Resident", "Rent", "From", "To", "Baths"],
        ["101", "1x1", 700, 1500, "Ana Ruiz", 1400, "1/1/2026", "12/31/2026", 1],
    ]
    report = await office.take(roll, property="Maple Grove", create_properties=True)
    assert report.kinds == ["a rent roll"]
    assert await office.rows(Lease, "rent_cents", "end_on") == [(140_000, date(2026, 12, 31))]


async def test_titles_name_the_community_and_the_day(office: Office) -> None:
    await office.maple()
    titled = [["Property = Maple Grove (mg01)"], ["As Of = 09/30/2026"], [], *LEDGER]
    report = await office.take(titled, as_of=None)
    assert report.refused == 0
    assert report.as_of is not None
    assert report.as_of.date() == date(2026, 9, 30)
    assert {row[0] for row in await office.rows(LedgerEntry, "property_id")} == {"import:maple-grove"}


async def test_lines_between_the_rows_name_the_community_that_follows(office: Office) -> None:
    await office.maple()
    await office.take(ROLL, property="Oak Court", create_properties=True)
    grouped = [LEDGER[0], ["Property: Maple Grove"], LEDGER[1], ["Oak Court"], LEDGER[3], ["page 2"], LEDGER[0]]
    report = await office.take(grouped)
    assert reasons(report) == {6: "only one cell of this row is filled"}
    assert [row[0] for row in await office.rows(LedgerEntry, "property_id")] == [
        "import:maple-grove",
        "import:oak-court",
    ]


async def test_merged_cells_of_the_property_count_for_the_rows_below(office: Office) -> None:
    merged = [UNITS[0], UNITS[1], *(["", *row[1:]] for row in UNITS[2:])]
    report = await office.take(merged, create_properties=True)
    assert report.refused == 0
    assert len(await office.rows(Unit, "id")) == 4


async def test_sums_and_repeated_headers_are_no_rows(office: Office) -> None:
    rows = [
        *UNITS[:3],
        ["Maple Grove Totals:", "2", "", 2, 2, 1400, 3000, ""],
        UNITS[0],
        *UNITS[3:],
        ["Grand Total", 4],
    ]
    report = await office.take(rows, create_properties=True)
    assert (report.refused, report.totals, report.lines) == (0, 2, 4)


async def test_a_file_that_could_be_several_things_says_what_is_missing_for_each(office: Office) -> None:
    with pytest.raises(Fixable) as asked:
        await office.take([["Unit", "Resident", "Rent"], ["101", "Ana Ruiz", "1400"]], property="Maple Grove")
    assert asked.value.code == "import_columns_missing"
    assert "a rent roll, but “Lease start or Move in”, “Lease end” are missing" in asked.value.sentence
    assert "a resident list, but “E-mail or Phone” is missing" in asked.value.sentence


async def test_a_file_without_a_known_header_names_the_kinds(office: Office) -> None:
    with pytest.raises(Fixable) as asked:
        await office.take([["Plumber", "Phone number of office"], ["Joe", "555"]])
    assert asked.value.code in ("import_kind_unknown", "import_columns_missing")
    with pytest.raises(Fixable, match="no kind of sheet"):
        await office.take(UNITS, kind="telephone-book")


async def test_the_kind_that_was_said_is_the_one_that_is_read(office: Office) -> None:
    await office.take(UNITS, create_properties=True)
    people = [
        ["Unit", "Resident", "Rent", "From", "To", "Phone"],
        ["101", "Ana Ruiz", "1400", "1/1/26", "12/31/26", ""],
    ]
    assert (await office.take(people, property="Maple Grove", dry_run=True)).kinds == ["a rent roll"]
    said = await office.take(people, property="Maple Grove", kind="resident-list", dry_run=True)
    assert said.kinds == ["a resident list"]


async def test_other_separators_and_encodings_are_read(office: Office) -> None:
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        path = csv_file(office.folder / "semicolons.csv", [["Renée’s list"], *UNITS], delimiter=";")
        path.write_bytes(path.read_text("utf-8").encode(encoding))
        report = await office.take(path, create_properties=True)
        assert report.refused == 0, encoding
    assert len(await office.rows(Unit, "id")) == 4


async def test_a_sheet_that_is_called_like_a_community_is_of_it(office: Office) -> None:
    await office.maple()
    await office.take(ROLL, property="Oak Court", create_properties=True)
    path = xlsx_file(office.folder / "ledgers.xlsx", Maple_Grove=LEDGER[:2], Oak_Court=[LEDGER[0], LEDGER[3]])
    assert (await office.take(path)).refused == 0
    assert [row[0] for row in await office.rows(LedgerEntry, "property_id")] == [
        "import:maple-grove",
        "import:oak-court",
    ]


async def test_an_unknown_community_is_not_made_by_a_slip(office: Office) -> None:
    await office.maple()
    report = await office.take([UNITS[0], ["Mapel Grove", *UNITS[1][1:]]])
    assert reasons(report) == {
        2: "there is no community called “Mapel Grove”; did you mean Maple Grove?; "
        "in the terminal --create-properties makes it"
    }
    assert await office.rows(Property, "name") == [("Maple Grove",)]
    nameless = await office.take([row[1:] for row in UNITS])
    assert set(reasons(nameless).values()) == {
        "no community is named; say which one it is for (in the terminal with --property)"
    }
