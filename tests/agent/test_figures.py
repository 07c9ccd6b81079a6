"""The figure check: what a tool said is confirmed in every usual form, what nobody said is marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from app.agent.figures import Ledger, check
from app.domain.answer import Source
from app.domain.money import Money

TODAY = date(2026, 3, 18)


class Unit(BaseModel):
    number: str
    rent: Money
    ready: date | None = None
    deposit_cents: int = 0


class Report(BaseModel):
    occupancy: Decimal
    units: list[Unit]
    change: float
    average_rent: Decimal
    visited: datetime
    sources: tuple[Source, ...] = ()
    code: str = "WO-1042"
    phone: str = "+15125550134"


def ledger(*values: object, words: str = "") -> Ledger:
    made = Ledger(TODAY, "America/Chicago")
    made.add_words(words)
    for value in values:
        made.add_later(value)
    return made


REPORT = Report(
    occupancy=Decimal("0.9466"),
    units=[Unit(number="12B", rent=Money(189_550), ready=date(2026, 5, 1), deposit_cents=50_000)] * 7,
    change=-0.0321,
    average_rent=Decimal("1412.37"),
    visited=datetime(2026, 3, 17, 19, 30, tzinfo=UTC),
    sources=(Source("Entrata", "2,384 units", datetime(2026, 3, 18, 11, 5, tzinfo=UTC)),),
)


@pytest.mark.parametrize(
    "text",
    [
        "Occupancy is 94.7%.",
        "Occupancy is 95%.",
        "Occupancy is 94.66 percent.",
        "Occupancy is ninety-five percent.",
        "Rent is $1,895.50.",
        "Rent is $1,896.",
        "Rent is about $1,900.",
        "Rent is $1.9k.",
        "There are 7 units.",
        "Unit 12B is ready May 1.",
        "Unit 12B is ready on May 1, 2026.",
        "Ready 2026-05-01, or 5/1/2026, or 1 May 2026, or in May 2026, or in Q2 2026.",
        "The average is $1,412.37, so about $1,400.",
        "It fell by 3.2%.",
        "The deposit is $500.",
        "The visit was on March 17 at 2:30 PM.",
        "WO-1042 is open; call (512) 555-0134.",
        "As of 6:05 AM today, March 18, 2026.",
        "It covers 2,384 units, roughly 2,400.",
        "1. The first point.\n2. The second point.",
        "One of them is the largest; two options remain.",
        "No numbers here.",
    ],
)
def test_what_a_tool_returned_is_confirmed_in_the_forms_people_write(text: str) -> None:
    assert check(text, ledger(REPORT)).unconfirmed == ()
    assert check(text, ledger(REPORT)).text == text


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Occupancy is 96.2%.", ("96.2%",)),
        ("Occupancy is 94%.", ("94%",)),
        ("Rent is $2,150.", ("2,150",)),
        ("Rent is $1.8k.", ("1.8k",)),
        ("Ready on May 2.", ("May 2",)),
        ("Ready on May 1, 2027.", ("May 1, 2027",)),
        ("Expect it in Q4 2026.", ("Q4 2026",)),
        ("The visit was at 3:30 PM.", ("3:30 PM",)),
        ("Unit 14C is free.", ("14C",)),
        ("WO-1043 is open.", ("WO-1043",)),
        ("Call (512) 555-0199.", ("(512) 555-0199",)),
        ("There are forty-two units, and 41 more.", ("forty-two", "41")),
        ("It grew ninety percent.", ("ninety percent",)),
        ("About $1,700.", ("1,700",)),
    ],
)
def test_what_no_tool_returned_is_marked(text: str, unknown: tuple[str, ...]) -> None:
    checked = check(text, ledger(REPORT))
    assert checked.unconfirmed == unknown
    assert checked.text.count("(unconfirmed)") == len(unknown)


def test_the_mark_stands_right_behind_the_number() -> None:
    assert check("Rent is $2,150 a month.", ledger()).text == "Rent is $2,150 (unconfirmed) a month."


def test_the_persons_own_numbers_are_theirs_to_hear_again() -> None:
    mine = ledger(words="any 2 bedrooms under 1.8k before May 1 for unit 305?")
    text = "I found nothing with 2 bedrooms under $1,800 before May 1; 305 and 2BR units are taken."
    assert check(text, mine).unconfirmed == ()


def test_a_number_in_a_dataclass_or_a_mapping_is_known() -> None:
    @dataclass(frozen=True)
    class Row:
        days: int

    assert check("17 days, 23 more", ledger(Row(17), {"more": 23})).unconfirmed == ()


def test_large_results_are_only_looked_through_when_needed() -> None:
    class Untouched(BaseModel):
        rows: list[int] = []

        def __getattribute__(self, name: str) -> object:
            if name == "rows":
                raise AssertionError("looked at")
            return super().__getattribute__(name)

    made = ledger(Untouched(), words="94.7% of 241 units")
    assert check("94.7% of 241 units", made).unconfirmed == ()
    with pytest.raises(AssertionError, match="looked at"):
        check("12 more", made)


@given(st.decimals(min_value=1, max_value=10_000_000, places=2), st.integers(min_value=0, max_value=2))
def test_any_amount_is_confirmed_however_it_is_rounded(amount: Decimal, places: int) -> None:
    made = ledger(Money.of(amount))
    assert check(f"It is ${amount:,.{places}f} now.", made).unconfirmed == ()


@given(st.floats(min_value=0.001, max_value=0.999), st.integers(min_value=0, max_value=2))
def test_any_share_is_confirmed_as_a_percentage(share: float, places: int) -> None:
    assert check(f"It is {share:.{places}%} now.", ledger(share)).unconfirmed == ()


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 1, 1)))
def test_any_date_is_confirmed_in_the_forms_tools_write(day: date) -> None:
    made = ledger(day)
    text = f"{day:%b %-d, %Y}, {day:%B %-d}, {day.isoformat()}, {day.month}/{day.day}/{day.year}, {day:%B %Y}"
    assert check(text, made).unconfirmed == ()


@given(st.text(max_size=300))
def test_no_text_breaks_the_check(text: str) -> None:
    made = ledger()
    made.add_words(text)
    assert check(text, made).unconfirmed == ()
