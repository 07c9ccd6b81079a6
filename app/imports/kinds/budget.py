"""Budgets: planned amounts of each account and month, either a column for every month or a row for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from app.db.models.finance import GlMonth
from app.domain.gl_accounts import ACCOUNTS, INCOME, account_named
from app.imports.cells import Cell
from app.imports.home import Home
from app.imports.kind import PROPERTY, Column, Kind, Line, Record
from app.imports.values import Refused, month_of, names_a_month, shown

_ACROSS = "month "


def month_column(cell: Cell) -> str | None:
    """The key of a column that is a month: its own text, so that the year can come from the title."""
    if isinstance(cell, int | float) or not names_a_month(cell):
        return None
    return f"{_ACROSS}{shown(cell)}"


def take(line: Line, home: Home) -> Iterable[Record]:
    said = line.needed("account", line.text("account"))
    account = _account(said)
    columns = [key for key in line.cells if key.startswith(_ACROSS)]
    if columns:
        yield from _across(line, home, account, columns)
        return
    month = month_of(line.cells.get("month"), home.year)
    if month is None:
        raise Refused(
            f"{line.labels.get('month', 'Month')}: “{shown(line.cells.get('month'))}” is no month of a known year"
        )
    yield _record(home, account, month, line.needed("budget", line.cents("budget")))


def _across(line: Line, home: Home, account: str, columns: list[str]) -> Iterator[Record]:
    for key in columns:
        if line.blank(key):
            continue
        month = month_of(key.removeprefix(_ACROSS), home.year)
        if month is None:
            raise Refused(f"{line.labels[key]}: of which year? Name it in the header or in a title above the table")
        yield _record(home, account, month, line.cents(key, rounded=True) or 0)


def _record(home: Home, account: str, month: date, cents: int) -> Record:
    if (account, month) in home.taken:
        raise Refused(f"{home.taken[account, month]} holds {account.replace('_', ' ')} of {month:%B %Y} already")
    return Record(
        GlMonth,
        {
            "id": home.row_id("gl", account, f"{month:%Y-%m}"),
            "property_id": home.id,
            "month": month,
            "account": account,
            "is_income": account in INCOME,
            "budget_cents": cents,
        },
    )


def _account(said: str) -> str:
    account = account_named(said)
    if account is None:
        known = ", ".join(name.replace("_", " ") for name in ACCOUNTS)
        raise Refused(f"“{shown(said)}” is no account I know; they are {known}")
    return account


KIND = Kind(
    key="budget",
    label="a budget",
    rank=5,
    columns=(
        PROPERTY,
        Column(
            "account",
            "Account",
            ("gl account", "account name", "line item", "category", "description", "account description"),
        ),
        Column("month", "Month", ("period", "budget month", "date")),
        Column("budget", "Budget", ("budgeted", "budget amount", "planned", "plan")),
    ),
    needs=(("account",), ("month",), ("budget",)),
    models=(GlMonth,),
    resources=("gl_months",),
    take=take,
    across=month_column,
    across_counts_as=("month", "budget"),
)
