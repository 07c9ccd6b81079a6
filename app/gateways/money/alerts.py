"""Tells the channel that owns a budget when 50, 80 and 100 % of it are used, each once, with a forecast.

What was told stands in the database before it is posted, so that of several processes one tells it. Not for: refusing
calls (ledger.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update

from app.db.engine import Database
from app.db.models.spending import SpendWindow
from app.domain.clock import Clock
from app.gateways.money.budgets import Budgets, Kind, Window, dollars

MARKS = (100, 80, 50)
_NAMES = {Kind.WORKSPACE: "The company's AI budget", Kind.CHANNEL: "This channel's AI budget"}


@dataclass(frozen=True)
class BudgetAlert:
    """`percent` is the mark that was passed; amounts are microdollars; `forecast` is for the whole window."""

    window: Window
    percent: int
    spent: int
    forecast: int

    @property
    def key(self) -> str:
        """One of a kind: names the message in the outbox."""
        return f"budget:{self.window.id}:{self.percent}"

    @property
    def channel(self) -> str:
        return self.window.budget.alerts_to

    @property
    def text(self) -> str:
        budget = self.window.budget
        name = _NAMES.get(budget.kind, f"The AI budget of {budget.subject}")
        used = f"{name} for this {budget.period} is {self.percent} % used: ${dollars(self.spent):,.2f} of "
        used += f"${dollars(budget.limit_microdollars):,.2f}."
        if self.percent >= 100:
            return f"{used} Until it is raised or the {budget.period} ends, I answer here without paid models."
        return f"{used} At this pace it will be ${dollars(self.forecast):,.2f} by the end of the {budget.period}."


Tell = Callable[[BudgetAlert], Awaitable[None]]


def forecast(spent: int, window: Window, now: datetime) -> int:
    """What the whole window will come to when it goes on as so far; at least what is spent."""
    gone = (now - window.starts_at).total_seconds()
    whole = (window.ends_at.astimezone(UTC) - window.starts_at).total_seconds()  # a day of 23 hours is one
    return max(spent, round(spent * whole / gone)) if gone > 0 else spent


async def tell_budgets(db: Database, clock: Clock, budgets: Budgets, tell: Tell) -> int:
    """Tells every mark that was passed and not told yet, the highest of each budget only; returns how many."""
    now = clock.now()
    told = 0
    for budget in await budgets.all():
        alert = await _due(db, budgets.window(budget), now) if budget.alerts_to else None
        if alert is not None:
            try:
                await tell(alert)
            except Exception:
                await _take_back(db, alert)
                raise
            told += 1
    return told


async def _due(db: Database, window: Window, now: datetime) -> BudgetAlert | None:
    """The mark to tell now, claimed for this process; None when there is nothing new."""
    budget = window.budget
    here = (SpendWindow.workspace_id == budget.workspace_id, SpendWindow.id == window.id)
    async with db.transaction() as session:
        spent = await session.scalar(select(SpendWindow.spent_microdollars).where(*here))
        if spent is None or not budget.limit_microdollars:
            return None
        mark = next((mark for mark in MARKS if spent * 100 >= mark * budget.limit_microdollars), None)
        if mark is None:
            return None
        claimed = await session.execute(
            update(SpendWindow).where(*here, SpendWindow.told < mark).values(told=mark).returning(SpendWindow.id)
        )
        if claimed.first() is None:
            return None
    return BudgetAlert(window, mark, spent, forecast(spent, window, now))


async def _take_back(db: Database, alert: BudgetAlert) -> None:
    """It could not be told: the next look tries again."""
    workspace_id, window_id = alert.window.key
    async with db.transaction() as session:
        await session.execute(
            update(SpendWindow)
            .where(
                SpendWindow.workspace_id == workspace_id,
                SpendWindow.id == window_id,
                SpendWindow.told == alert.percent,
            )
            .values(told=0)
        )
