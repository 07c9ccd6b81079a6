from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.channels.csv import csv_name, to_csv
from app.channels.text import Reader, cell_text, column_texts, moment_text, rows_left_text, source_texts
from app.domain.answer import Column, ColumnKind, Table
from app.domain.money import Money
from tests.channels.samples import ENTRATA, HUBSPOT, NOW, READER, RENT_ROLL, long_table


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (Money.of(1895), ColumnKind.MONEY, "$1,895"),
        (Money.of("-20.5"), ColumnKind.MONEY, "-$20.50"),
        (Decimal("0.947"), ColumnKind.PERCENT, "94.7%"),
        (1, ColumnKind.PERCENT, "100.0%"),
        (2400, ColumnKind.NUMBER, "2,400"),
        (2.5, ColumnKind.NUMBER, "2.5"),
        (date(2026, 3, 8), ColumnKind.DATE, "Mar 8, 2026"),
        (datetime(2026, 3, 18, 14, 42, tzinfo=UTC), ColumnKind.DATETIME, "9:42 AM"),
        (True, ColumnKind.TEXT, "Yes"),
        (None, ColumnKind.MONEY, "–"),
        ("", ColumnKind.TEXT, "–"),
    ],
)
def test_a_value_reads_as_people_write_it(value, kind, shown):
    assert cell_text(value, kind, READER) == shown


def test_a_column_has_the_same_decimals_in_every_row():
    amounts = column_texts(ColumnKind.MONEY, [Money.of(1895), Money.of("20.50")], READER)
    assert amounts == ["$1,895.00", "$20.50"]
    assert column_texts(ColumnKind.NUMBER, [1.5, Decimal("2"), 3], READER) == ["1.5", "2.0", "3.0"]


def test_a_moment_names_the_day_only_when_it_is_another_day():
    assert moment_text(datetime(2026, 3, 18, 14, 42, tzinfo=UTC), READER) == "9:42 AM"
    assert moment_text(datetime(2026, 3, 17, 22, 5, tzinfo=UTC), READER) == "Mar 17, 5:05 PM"
    assert moment_text(datetime(2025, 3, 17, 22, 5, tzinfo=UTC), READER) == "Mar 17, 2025, 5:05 PM"
    assert moment_text(NOW, Reader()) == "Mar 18, 2026, 10:30 AM"


def test_each_system_is_named_once_with_the_age_of_its_oldest_record():
    assert [one.text for one in source_texts((ENTRATA, HUBSPOT, ENTRATA), READER)] == [
        "Entrata · as of 9:42 AM",
        "HubSpot · as of Mar 17, 5:05 PM",
    ]


def test_rows_that_are_not_shown_are_counted():
    assert rows_left_text(long_table(101), 100) == "1 more row"
    assert rows_left_text(long_table(2500), 100) == "2,400 more rows"
    assert rows_left_text(long_table(3), 3) == ""


def test_csv_keeps_values_raw_and_disarms_formulas():
    lines = to_csv(RENT_ROLL).split("\r\n")
    assert lines[0] == "Unit,Resident,Rent,Paid,Beds,Lease ends,Updated"
    assert lines[1] == "101,Ana Ruiz,1895.00,94.7%,2,2026-08-31,2026-03-18 14:42:00Z"
    assert lines[2].startswith('102,"\'=HYPERLINK(""x"")",1895.50,')
    assert lines[3] == "12B,,-20.00,,0,,"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n=1", "|calc", "%0A=1"])
def test_csv_never_starts_a_text_cell_like_a_formula(text):
    table = Table("x", (Column("a", text),), ((text,),))
    header, row = list(__import__("csv").reader(to_csv(table).splitlines(keepends=True)))[:2]
    assert header[0].startswith("'")
    assert row[0].startswith("'")


def test_csv_files_are_named_after_the_table():
    assert csv_name(RENT_ROLL) == "rent-roll-maple-court.csv"
    assert csv_name(Table("  ", (), ())) == "table.csv"
