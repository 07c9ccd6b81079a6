"""Entrata's values are read exactly or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.integrations.entrata.fields import as_list, cents, day, inside, moment, number, record_id, text, yes


@pytest.mark.parametrize(
    ("wire", "items"),
    [
        (None, []),
        ("", []),
        ([], []),
        ({}, []),
        (False, []),
        ({"id": 1}, [{"id": 1}]),
        ([{"id": 1}, {"id": 2}], [{"id": 1}, {"id": 2}]),
        ([{"id": 1}, "", None], [{"id": 1}]),
        ({"0": {"id": 1}, "2": {"id": 2}}, [{"id": 1}, {"id": 2}]),
        ("alone", ["alone"]),
    ],
)
def test_every_way_in_which_php_writes_a_list_is_a_list(wire: Any, items: list[Any]) -> None:
    assert as_list(wire) == items


def test_a_path_steps_into_lists_of_one_and_stops_where_something_is_missing() -> None:
    assert inside([{"a": [{"b": 3}]}], "a", "b") == 3
    assert inside({"a": ""}, "a", "b") is None
    assert inside({"a": [{"b": 1}, {"b": 2}]}, "a", "b") is None


@pytest.mark.parametrize(
    ("wire", "exact"),
    [
        ("1234.50", 123_450),
        ("1,234.50", 123_450),
        ("$1,234.50", 123_450),
        (1234.5, 123_450),
        (0.1, 10),
        (1.005, 101),
        (4.35, 435),
        (-12, -1200),
        ("-12.34", -1234),
        ("(12.34)", -1234),
        ("0", 0),
        ("", None),
        (None, None),
        ([], None),
        (19_999_999.99, 1_999_999_999),
    ],
)
def test_money_is_exact_whether_it_comes_as_text_or_as_a_float(wire: Any, exact: int | None) -> None:
    assert cents(wire) == exact


@pytest.mark.parametrize(
    "wire", ["twelve", "12.3.4", {"amount": 1}, "NaN", "Infinity", "1e30", "99999999999.00", [1, 2]]
)
def test_what_is_no_money_is_refused_and_not_guessed(wire: Any) -> None:
    with pytest.raises(ValueError):
        cents(wire)


@pytest.mark.parametrize(
    ("wire", "on"),
    [
        ("01/05/2026", date(2026, 1, 5)),
        ("1/5/2026", date(2026, 1, 5)),
        ("2026-01-05", date(2026, 1, 5)),
        ("01/05/2026 09:12:00 MST", date(2026, 1, 5)),
        ("00/00/0000", None),
        ("0000-00-00", None),
        ("", None),
        (None, None),
    ],
)
def test_days_are_read_in_american_and_iso_order(wire: Any, on: date | None) -> None:
    assert day(wire) == on


@pytest.mark.parametrize("wire", ["13/40/2026", "02/30/2026", "soon", "20260105", {"date": "01/05/2026"}])
def test_what_is_no_day_is_refused(wire: Any) -> None:
    with pytest.raises(ValueError):
        day(wire)


@pytest.mark.parametrize(
    ("wire", "at"),
    [
        ("01/05/2026 09:12:00 MST", datetime(2026, 1, 5, 16, 12, tzinfo=UTC)),
        ("07/05/2026 09:12:00 MDT", datetime(2026, 7, 5, 15, 12, tzinfo=UTC)),
        ("07/05/2026 09:12:00", datetime(2026, 7, 5, 15, 12, tzinfo=UTC)),
        ("01/05/2026 09:12 PM", datetime(2026, 1, 6, 4, 12, tzinfo=UTC)),
        ("01/05/2026 12:00:00 AM", datetime(2026, 1, 5, 7, 0, tzinfo=UTC)),
        ("01/05/2026", datetime(2026, 1, 5, 7, 0, tzinfo=UTC)),
        ("2026-01-05T09:12:00Z", datetime(2026, 1, 5, 9, 12, tzinfo=UTC)),
        # the doubled hour of 1 November 2026: with its letters exact, without them the first one
        ("11/01/2026 01:30:00 MDT", datetime(2026, 11, 1, 7, 30, tzinfo=UTC)),
        ("11/01/2026 01:30:00 MST", datetime(2026, 11, 1, 8, 30, tzinfo=UTC)),
        ("11/01/2026 01:30:00", datetime(2026, 11, 1, 7, 30, tzinfo=UTC)),
        ("", None),
    ],
)
def test_moments_are_mountain_time_through_both_clock_changes(wire: str, at: datetime | None) -> None:
    assert moment(wire) == at


@pytest.mark.parametrize(
    ("wire", "whole"), [("12", 12), (12, 12), (12.0, 12), ("12.0", 12), ("", None), (None, None), ("-3", -3)]
)
def test_numbers_may_be_texts(wire: Any, whole: int | None) -> None:
    assert number(wire) == whole


@pytest.mark.parametrize("wire", ["twelve", "1.5", 1.5, "9" * 20, {"n": 1}])
def test_what_is_no_whole_number_is_refused(wire: Any) -> None:
    with pytest.raises(ValueError):
        number(wire)


def test_texts_are_composed_trimmed_bounded_and_free_of_control_characters() -> None:
    assert text("  Jose\u0301 \u202eevil\x00 ") == "José evil"
    assert text("leak\nin the bath") == "leak\nin the bath"
    assert len(text("x" * 10_000_000)) == 4000
    assert text("日本語 🚿") == "日本語 🚿"


@pytest.mark.parametrize("wire", ["", None, "a b", "../etc", "x" * 61, {"id": 1}])
def test_what_can_not_be_an_id_is_refused(wire: Any) -> None:
    with pytest.raises(ValueError):
        record_id(wire)


def test_ids_and_flags_come_as_numbers_or_texts() -> None:
    assert record_id(900001) == record_id("900001") == "900001"
    assert [yes(value) for value in (1, "1", True, "Yes", 0, "0", "", None, "No")] == [True] * 4 + [False] * 5
