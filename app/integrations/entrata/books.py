"""Budgets and actuals of a property by month and account.

getBudgetActuals compares a closed month with a budget, both named by the caller; getBudgets says which budgets there
are and what is planned for the months to come; the chart of accounts (the master GL tree) tells income from expenses.
Months before the property's GL post month are closed. Amounts of expenses are positive at Entrata, too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from app.db.models.finance import GlMonth
from app.domain.clock import Clock
from app.domain.gl_accounts import account_named
from app.integrations.base import Batch, Page, Problems, Reading, Row
from app.integrations.entrata import models
from app.integrations.entrata.client import EntrataClient, Method
from app.integrations.entrata.fields import as_list, inside, month, mountain_day, number, wire_month
from app.integrations.entrata.ids import read_model_id
from app.integrations.entrata.property import PROPERTIES
from app.integrations.entrata.statuses import GL_GROUP
from app.integrations.paging import Mark
from app.integrations.records import canonical, parsed, sample_of

TREES: Final = Method("financial", "getGlTrees", "r2")
BUDGETS: Final = Method("financial", "getBudgets")
ACTUALS: Final = Method("financial", "getBudgetActuals")
SINCE_MONTHS: Final = 2  # closed months before the last reading that are read again: corrections come late
_SLUG: Final = re.compile(r"[^a-z0-9]+")


class Account(NamedTuple):
    """An account of the read model; several of Entrata's may be one."""

    name: str
    is_income: bool


@dataclass
class Books:
    """What the months of a property have in common, fetched once for all its pages. `budget_of`: the budget of each
    month; `planned`: cents."""

    tree_id: int
    closed_before: date
    accounts: Mapping[str, Account]
    budget_of: dict[date, int] = field(default_factory=dict[date, int])
    planned: dict[tuple[date, Account], int] = field(
        default_factory=lambda: defaultdict[tuple[date, Account], int](int)
    )


class BookReader:
    """Reads the books of a property: first what is planned for the months that are not closed, then each closed month.
    Keeps what these have in common between the pages."""

    def __init__(self, client: EntrataClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._kept: dict[str, Books] = {}

    async def read(self, reading: Reading) -> Page:
        """A month, or on the first page the months to come."""
        problems = Problems()
        part = Mark.of(reading.cursor).part
        books = self._kept.get(reading.property_id) if part else None  # a new reading asks anew
        books = books or await self._fetch(reading, problems)
        if books is None:
            return Page((Batch(GlMonth, []),), problems=problems.all())
        self._kept[reading.property_id] = books
        items: list[Any] = []
        if part:
            at = date.fromisoformat(part)
            rows, items = await self._closed(reading.property_id, books, at, problems)
            following = _months_later(at, 1)
        else:
            rows = _to_come(reading.property_id, books)
            following = reading.horizon
            if reading.since is not None:
                following = max(following, _months_later(mountain_day(reading.since), -SINCE_MONTHS))
        cursor = Mark(following.isoformat()).cursor if following < books.closed_before else ""
        if not cursor:
            self._kept.pop(reading.property_id, None)
        return Page((Batch(GlMonth, rows),), cursor, problems.all(), sample=sample_of(items, "accountId"))

    async def _fetch(self, reading: Reading, problems: Problems) -> Books | None:
        """None, and a problem, when Entrata doesn't say which accounts there are or which months are closed."""
        found = await self._client.call(PROPERTIES, {"propertyIds": reading.property_id})
        closed_before = _post_month(inside(found, "PhysicalProperty", "Property", "PostMonths", "GlPostMonth"))
        trees = as_list(inside(await self._client.call(TREES), "glTrees", "glTree"))
        master = next((tree for tree in trees if number(inside(tree, "isMasterGlTree"))), None)
        if closed_before is None or master is None:
            lacks = "GL post month" if closed_before is None else "master chart of accounts"
            problems.add(f"property without a {lacks}, so its books are not read", reading.property_id)
            return None
        books = Books(number(inside(master, "id")) or 0, closed_before, _accounts(master, problems))
        years = range(reading.horizon.year, mountain_day(self._clock.now()).year + 2)
        params = {"propertyIds": reading.property_id, "fiscalYears": ",".join(map(str, years))}
        budgets = await self._client.call(BUDGETS, params)
        items = as_list(inside(budgets, "properties", "property", "budgets", "budget"))
        for budget in _chosen(parsed(models.Budget, items, problems, id_key="id"), problems):
            _take_plan(budget, books, problems)
        return books

    async def _closed(
        self, property_id: str, books: Books, at: date, problems: Problems
    ) -> tuple[list[Row], list[Any]]:
        """The rows of a closed month, and the lines they were made of."""
        budget = books.budget_of.get(at)
        if budget is None:
            problems.add("closed month without a budget, so it is not read", f"{property_id} {at:%Y-%m}")
            return [], []
        params: dict[str, Any] = {
            "propertyId": int(property_id),
            "glTreeId": books.tree_id,
            "budgetId": budget,
            "postMonthFrom": wire_month(at),
            "postMonthTo": wire_month(at),
            "accountingMethod": "accrual",
        }
        found = await self._client.call(ACTUALS, params)
        items = as_list(inside(found, "budgetVsActuals", "budgetVsActual"))
        actual: dict[Account, int] = defaultdict(int)
        planned: dict[Account, int] = defaultdict(int)
        for line in parsed(models.BudgetActual, items, problems, id_key="accountId"):
            if line.account_id is None:
                continue  # the sum of a group
            account = books.accounts.get(line.account_id)
            if account is None or line.actual is None or line.budget is None:
                problems.add(
                    f"budget line without {'a known account' if account is None else 'an amount'}", line.account_id
                )
                continue
            actual[account] += line.actual
            planned[account] += line.budget
        return [_row(property_id, at, account, actual[account], planned[account]) for account in actual], items


def _accounts(tree: Any, problems: Problems) -> Mapping[str, Account]:
    """The accounts of income and expenses by Entrata's id. One with an unknown name keeps it."""
    found: dict[str, Account] = {}
    for one in parsed(models.GlAccount, as_list(inside(tree, "glAccounts", "glAccount")), problems, id_key="id"):
        group = canonical(one.group, GL_GROUP, "group of GL accounts", one.id, problems)
        if group not in ("income", "expense"):
            continue
        name = account_named(one.name)
        if name is None:
            name = _SLUG.sub("_", one.name.lower()).strip("_")[:30] or "unnamed"
            problems.add(f"unknown GL account: {one.name[:60] or 'empty'}", one.id)
        found[one.id] = Account(name, group == "income")
    return found


def _chosen(budgets: Iterable[models.Budget], problems: Problems) -> list[models.Budget]:
    """The budget of each fiscal year that counts: the default one, or the only one."""
    by_year: dict[str, list[models.Budget]] = defaultdict(list)
    for one in budgets:
        by_year[one.year].append(one)
    chosen: list[models.Budget] = []
    for year, several in by_year.items():
        default = [one for one in several if one.default] or several
        if len(default) == 1:
            chosen += default
        else:
            problems.add(f"several budgets for {year[:20]} and not one of them the default", default[0].id)
    return chosen


def _take_plan(budget: models.Budget, books: Books, problems: Problems) -> None:
    for line in budget.accounts:
        account = books.accounts.get(line.id)
        if account is None:
            problems.add("budget line without a known account", line.id)
            continue
        for one in line.months:
            if one.month is None or one.amount is None:
                problems.add("budget line without a month or an amount", line.id)
                continue
            books.budget_of[one.month] = int(budget.id)
            books.planned[one.month, account] += one.amount


def _to_come(property_id: str, books: Books) -> list[Row]:
    """What is planned for the months that are not closed yet."""
    return [
        _row(property_id, at, account, None, cents)
        for (at, account), cents in books.planned.items()
        if at >= books.closed_before
    ]


def _row(property_id: str, at: date, account: Account, actual: int | None, planned: int) -> Row:
    kind = "income" if account.is_income else "expense"
    return {
        "id": read_model_id(f"gl-{property_id}-{at:%Y-%m}-{kind}-{account.name}"),
        "property_id": read_model_id(property_id),
        "month": at,
        "account": account.name,
        "is_income": account.is_income,
        "actual_cents": actual,
        "budget_cents": planned,
    }


def _post_month(value: Any) -> date | None:
    try:
        return month(value)
    except ValueError:
        return None


def _months_later(start: date, months: int) -> date:
    """The first of the month that many months after the start's month."""
    year, before = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, before + 1, 1)
