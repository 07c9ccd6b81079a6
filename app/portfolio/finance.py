"""The general ledger by month: actual against budget, and the months that are closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.finance import GlMonth
from app.domain.money import Money
from app.domain.period import Period
from app.portfolio.area import Area
from app.portfolio.definitions import share


def months_in(period: Period) -> list[date]:
    """The first days of the calendar months that a period touches."""
    months: list[date] = []
    month = period.start.replace(day=1)
    while month <= period.end:
        months.append(month)
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
    return months


def span(months: Sequence[date]) -> str:
    """`February 2026`, `Jan–Feb 2026`, `Nov 2025 – Feb 2026`."""
    first, last = months[0], months[-1]
    if first == last:
        return f"{first:%B %Y}"
    if first.year == last.year:
        return f"{first:%b}–{last:%b %Y}"
    return f"{first:%b %Y} – {last:%b %Y}"


async def last_closed(session: AsyncSession, area: Area, until: date) -> date | None:
    """The latest month (first day) with actuals in an area, not after `until`."""
    return await session.scalar(
        select(GlMonth.month)
        .where(area.rows(GlMonth), GlMonth.month <= until, GlMonth.actual_cents.is_not(None))
        .order_by(GlMonth.month.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class AccountVariance:
    """One account. `variance` is actual minus budget; `favorable` is income above or expense below budget;
    `share` is the variance as a fraction of the budget."""

    account: str
    is_income: bool
    actual: Money
    budget: Money
    variance: Money
    share: float
    favorable: bool


@dataclass(frozen=True)
class Variance:
    """Actual against budget over the closed months of a period."""

    months: tuple[date, ...]
    open_months: tuple[date, ...]  # in the period, but not closed yet
    income: AccountVariance
    expenses: AccountVariance
    noi: AccountVariance
    accounts: tuple[AccountVariance, ...]


def _against(account: str, is_income: bool, actual: int, budget: int) -> AccountVariance:
    variance = actual - budget
    return AccountVariance(
        account=account,
        is_income=is_income,
        actual=Money(actual),
        budget=Money(budget),
        variance=Money(variance),
        share=share(variance, budget),
        favorable=variance >= 0 if is_income else variance <= 0,
    )


async def budget_variance(session: AsyncSession, area: Area, period: Period) -> Variance:
    """Actual against budget by account, income first, for the months of a period that are closed."""
    months = months_in(period)
    sums = (
        select(
            GlMonth.month,
            GlMonth.account,
            GlMonth.is_income,
            func.sum(GlMonth.actual_cents),
            func.sum(GlMonth.budget_cents),
        )
        .where(area.rows(GlMonth), GlMonth.month.between(months[0], months[-1]), GlMonth.actual_cents.is_not(None))
        .group_by(GlMonth.month, GlMonth.account, GlMonth.is_income)
    )
    closed: set[date] = set()
    accounts: dict[tuple[str, bool], tuple[int, int]] = {}
    for month, account, is_income, actual, budget in await session.execute(sums):
        closed.add(month)
        had = accounts.get((account, is_income), (0, 0))
        accounts[(account, is_income)] = (had[0] + int(actual or 0), had[1] + int(budget or 0))
    lines = [_against(name, kind, *cents) for (name, kind), cents in accounts.items()]
    lines.sort(key=lambda line: (not line.is_income, -abs(line.variance.cents), line.account))
    income, expenses = _sum("income", True, lines), _sum("expenses", False, lines)
    return Variance(
        months=tuple(sorted(closed)),
        open_months=tuple(month for month in months if month not in closed),
        income=income,
        expenses=expenses,
        noi=_against(
            "NOI",
            True,
            income.actual.cents - expenses.actual.cents,
            income.budget.cents - expenses.budget.cents,
        ),
        accounts=tuple(lines),
    )


def _sum(name: str, is_income: bool, lines: Sequence[AccountVariance]) -> AccountVariance:
    mine = [line for line in lines if line.is_income is is_income]
    return _against(name, is_income, sum(line.actual.cents for line in mine), sum(line.budget.cents for line in mine))


@dataclass(frozen=True)
class GlSums:
    """Actual income, operating expenses and turnover cost, in cents."""

    income: int = 0
    expenses: int = 0
    turnover: int = 0

    def __add__(self, other: GlSums) -> GlSums:
        return GlSums(self.income + other.income, self.expenses + other.expenses, self.turnover + other.turnover)


async def gl_sums(
    session: AsyncSession, area: Area, months: Sequence[date], *, by_home: bool = False
) -> dict[tuple[str, date], GlSums]:
    """Actuals of the closed months among `months` (which follow each other), by month, and by property id when
    `by_home` (else under the empty id)."""
    if not months:
        return {}
    actual = GlMonth.actual_cents
    query = (
        select(
            GlMonth.property_id if by_home else literal(""),
            GlMonth.month,
            func.sum(case((GlMonth.is_income, actual), else_=0)),
            func.sum(case((GlMonth.is_income, 0), else_=actual)),
            func.sum(case((GlMonth.account == "turnover", actual), else_=0)),
        )
        .where(area.rows(GlMonth), GlMonth.month.between(months[0], months[-1]), actual.is_not(None))
        .group_by(*((GlMonth.property_id, GlMonth.month) if by_home else (GlMonth.month,)))
    )
    return {
        (home, month): GlSums(int(income), int(expenses), int(turnover))
        for home, month, income, expenses, turnover in await session.execute(query)
    }
