"""Cells become exact values, or a reason."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports.cells import Broken, packed, unpacked
from app.imports.values import (
    Refused,
    cents_of,
    day_of,
    is_blank,
    month_of,
    number_of,
    share_of,
    text_of,
    whole_of,
)

AMOUNTS = {
    "$1,234.50": 123_450,
    "1234.5": 123_450,
    "(12.00)": -1_200,
    "$(12.00)": None,
    "-$12": -1_200,
    "$-12": -1_200,
    "12.00-": -1_200,
    "−12.00": -1_200,
    " 1,000 ": 100_000,
    "1,000,000.01": 100_000_001,
    ".5": 50,
    "1.234,50": None,
    "1.234": None,
    "12,5": None,
    "1,23": None,
    "1 234": None,
    "12.345": None,
    "=1+1": None,
    "+12": None,
    "12 USD": None,
    "1e5": None,
    "nan": None,
    "(12": None,
    "9" * 60: None,
}


@pytest.mark.parametrize(("written", "cents"), AMOUNTS.items())
def test_an_amount_is_exact_or_refused(written: str, cents: int | None) -> None:
    if cents is None:
        with pytest.raises(Refused):
            cents_of(written)
    else:
        assert cents_of(written) == cents


@pytest.mark.parametrize(
    ("held", "cents"), [(0.1 + 0.2, 30), (1395.33, 139_533), (12, 1_200), (-3.5, -350), (1e15, None), (1.005, None)]
)
def test_an_amount_that_excel_holds_as_a_fraction_is_its_cents(held: float, cents: int | None) -> None:
    if cents is None:
        with pytest.raises(Refused):
            cents_of(held)
    else:
        assert cents_of(held) == cents


def test_an_average_may_have_parts_of_a_cent() -> None:
    assert cents_of(1395.3333, rounded=True) == 139_533
    with pytest.raises(Refused, match="parts of a cent"):
        cents_of(1395.3333)


@given(st.integers(-(10**11), 10**11))
def test_every_amount_comes_back_as_it_was_written(cents: int) -> None:
    sign, whole, rest = "-" if cents < 0 else "", abs(cents) // 100, abs(cents) % 100
    assert cents_of(f"{sign}${whole:,}.{rest:02d}") == cents
    assert cents_of(f"({whole}.{rest:02d})" if cents < 0 else f"{whole}.{rest:02d}") == cents
    assert cents_of(cents / 100) == cents


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.dates()))
def test_no_cell_breaks_a_reader(cell: object) -> None:
    for read in (cents_of, day_of, number_of, lambda one: share_of(one, fraction_below_one=True), month_of):
        try:
            value = read(cell)  # type: ignore[operator]
        except Refused as reason:
            assert str(reason)
        else:
            assert value is None or isinstance(value, int | float | Decimal | date)


DAYS = {
    "2026-03-04": date(2026, 3, 4),
    "2026/3/4": date(2026, 3, 4),
    "2026-03-04 10:30": date(2026, 3, 4),
    "3/4/2026": date(2026, 3, 4),
    "03-04-2026": date(2026, 3, 4),
    "3/4/26": date(2026, 3, 4),
    "3/4/99": date(1999, 3, 4),
    "Mar 4, 2026": date(2026, 3, 4),
    "4 March 2026": date(2026, 3, 4),
    "04-Mar-26": date(2026, 3, 4),
    "46085": date(2026, 3, 4),
    "25/03/2026": None,
    "2/30/2026": None,
    "3/4": None,
    "Mar 2026": None,
    "1/1/1900": None,
    "soon": None,
    "=TODAY()": None,
}


@pytest.mark.parametrize(("written", "day"), DAYS.items())
def test_a_date_is_read_in_american_and_iso_order_or_refused(written: str, day: date | None) -> None:
    if day is None:
        with pytest.raises(Refused):
            day_of(written)
    else:
        assert day_of(written) == day


def test_where_a_column_has_the_day_first_an_ambiguous_date_is_refused() -> None:
    assert day_of("4/4/2026", days_first=True) == date(2026, 4, 4)
    assert day_of("3/25/2026", days_first=True) == date(2026, 3, 25)
    with pytest.raises(Refused, match="two ways"):
        day_of("3/4/2026", days_first=True)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_every_day_comes_back_from_each_way_to_write_it(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    for written in (day.isoformat(), f"{day:%m/%d/%Y}", f"{day:%B %-d, %Y}", f"{day:%d-%b-%Y}", day, serial):
        assert day_of(written) == day
    assert month_of(f"{day:%b %Y}") == month_of(f"{day:%Y-%m}") == month_of(f"{day:%b}", day.year) == day.replace(day=1)


def test_shares_say_whether_they_are_percent() -> None:
    assert share_of("94.7%", fraction_below_one=False) == pytest.approx(0.947)
    assert share_of(94.7, fraction_below_one=False) == pytest.approx(0.947)
    assert share_of(0.947, fraction_below_one=True) == pytest.approx(0.947)
    with pytest.raises(Refused, match="fraction or percent"):
        share_of(0.8, fraction_below_one=False)
    with pytest.raises(Refused, match="no percentage"):
        share_of("120%", fraction_below_one=False)


def test_blanks_are_blank_however_they_are_written() -> None:
    assert [is_blank(one) for one in (None, "", " - ", "N/A", "–", "0", 0)] == [True] * 5 + [False] * 2
    assert (cents_of("-"), day_of("n/a"), number_of(""), whole_of(None, most=5)) == (None, None, None, None)


def test_words_lose_control_characters_and_whole_numbers_their_fraction() -> None:
    assert text_of("Ana\x00\u202e  Ruiz\n", 40) == "Ana Ruiz"
    assert text_of(204.0, 20) == "204"
    with pytest.raises(Refused, match="longer than 5"):
        text_of("Maple Grove", 5)


@given(
    st.lists(
        st.one_of(
            st.none(), st.text(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False),
            st.booleans(), st.dates(), st.datetimes(), st.text().map(Broken),
        )
    )
)  # fmt: skip
def test_cells_survive_their_way_through_a_file(cells: list[object]) -> None:
    assert unpacked(packed(cells)) == cells


def test_a_day_of_a_moment_is_its_day() -> None:
    assert day_of(datetime.fromisoformat("2026-03-04 05:00")) == date(2026, 3, 4)
