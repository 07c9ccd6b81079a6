"""Which budgets there are and which of them a call counts against. Not for: what is held and spent (holdings.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from app.db.engine import Database
from app.db.models.spending import SpendBudget
from app.db.upsert import insert_for
from app.domain.clock import Clock
from app.domain.errors import Fixable
from app.gateways.spend import CallContext, RouteFacts
from app.security.audit import AuditEvent, AuditLog

Period = Literal["day", "month"]
WHOLE = "*"
READ_EVERY = timedelta(seconds=2)


class Kind(StrEnum):
    WORKSPACE = "workspace"
    CHANNEL = "channel"
    USER = "user"
    MODEL = "model"
    INTEGRATION = "integration"  # a gateway or a provider


@dataclass(frozen=True)
class Budget:
    """`subject` is a channel id, user id, model name, gateway or provider; `*` for the workspace."""

    workspace_id: str
    kind: Kind
    subject: str
    period: Period
    limit_microdollars: int
    alert_channel: str = ""

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.subject}"

    def holds_for(self, call: CallContext, route: RouteFacts) -> bool:
        if self.workspace_id != call.workspace_id:
            return False
        match self.kind:
            case Kind.WORKSPACE:
                return True
            case Kind.CHANNEL:
                return self.subject == call.channel
            case Kind.USER:
                return self.subject == call.user_id
            case Kind.MODEL:
                return self.subject in (route.model, route.name)
            case Kind.INTEGRATION:
                return self.subject in (route.gateway, route.provider)

    @property
    def alerts_to(self) -> str:
        """The channel that owns the budget; '' when nobody was named."""
        return self.alert_channel or (self.subject if self.kind is Kind.CHANNEL else "")


@dataclass(frozen=True)
class Window:
    """A budget's day or month where the company is."""

    budget: Budget
    starts_at: datetime
    ends_at: datetime

    @property
    def id(self) -> str:
        return f"{self.budget.id}@{self.starts_at:%Y-%m-%d}"

    @property
    def key(self) -> tuple[str, str]:
        return self.budget.workspace_id, self.id


class Budgets:
    """The budgets of all workspaces; read at most every two seconds by each process.

    default: the company's own budget from the settings, which a stored one for the workspace replaces. timezone: the
    IANA zone whose midnight ends a day and a month.
    """

    def __init__(
        self, db: Database, clock: Clock, audit: AuditLog, *, timezone: str, default: Budget | None = None
    ) -> None:
        self._db = db
        self._clock = clock
        self._audit = audit
        self._zone = ZoneInfo(timezone)
        self._default = default
        self._known: Sequence[Budget] = ()
        self._known_until: datetime | None = None

    def take_up(self, default: Budget | None) -> None:
        """Goes on with this budget from the settings."""
        if default != self._default:
            self._default, self._known_until = default, None

    async def on(self, call: CallContext, route: RouteFacts) -> list[Budget]:
        """Every budget that this call on this route counts against."""
        return [budget for budget in await self.all() if budget.holds_for(call, route)]

    async def all(self) -> Sequence[Budget]:
        now = self._clock.now()
        if self._known_until is None or now >= self._known_until:
            async with self._db.reading() as session:
                rows = (await session.execute(select(SpendBudget))).scalars().all()
            stored = [_read(row) for row in rows]
            default = self._default
            if default and not any((b.workspace_id, b.id) == (default.workspace_id, default.id) for b in stored):
                stored.append(default)
            self._known, self._known_until = stored, now + READ_EVERY
        return self._known

    def window(self, budget: Budget) -> Window:
        """The day or the month of the budget that it is now."""
        day = self._clock.now().astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        if budget.period == "day":
            return Window(budget, day, day + timedelta(days=1))
        first = day.replace(day=1)
        return Window(budget, first, (first + timedelta(days=32)).replace(day=1))

    async def set(self, budget: Budget, *, by: str) -> None:
        """Sets or changes a budget and records it in the audit chain. Raises Fixable for one that cannot be."""
        if (
            budget.limit_microdollars < 0
            or not budget.subject
            or (budget.kind is Kind.WORKSPACE) != (budget.subject == WHOLE)
        ):
            raise Fixable(
                f"“{budget.id}” is no budget.",
                next_step="Use workspace, channel:<id>, user:<id>, model:<name> or integration:<name>.",
                code="bad_budget",
            )
        values = {
            "period": budget.period,
            "limit_microdollars": budget.limit_microdollars,
            "alert_channel": budget.alert_channel,
            "changed_by": by,
            "changed_at": self._clock.now(),
        }
        detail = {"limit": str(dollars(budget.limit_microdollars)), "period": budget.period}
        async with self._db.transaction() as session:
            await session.execute(
                insert_for(session, SpendBudget)
                .values(workspace_id=budget.workspace_id, id=budget.id, **values)
                .on_conflict_do_update(index_elements=["workspace_id", "id"], set_=values)
            )
            await self._audit.append_in(session, AuditEvent(budget.workspace_id, by, "budget.set", budget.id, detail))
        self._known_until = None

    async def remove(self, workspace_id: str, budget_id: str, *, by: str) -> bool:
        """True when there was one; recorded in the audit chain."""
        async with self._db.transaction() as session:
            gone = await session.execute(
                delete(SpendBudget)
                .where(SpendBudget.workspace_id == workspace_id, SpendBudget.id == budget_id)
                .returning(SpendBudget.id)
            )
            there = gone.first() is not None
            if there:
                await self._audit.append_in(session, AuditEvent(workspace_id, by, "budget.removed", budget_id))
        self._known_until = None
        return there


def default_budget(workspace_id: str, limit: Decimal | None, alert_channel: str) -> Budget | None:
    """The company's budget from the settings, `limit` in dollars a month; None without one."""
    if limit is None:
        return None
    return Budget(workspace_id, Kind.WORKSPACE, WHOLE, "month", microdollars(limit), alert_channel)


def microdollars(amount: Decimal) -> int:
    return int(amount * 1_000_000)


def dollars(microdollars: int) -> Decimal:
    return Decimal(microdollars) / 1_000_000


def _read(row: SpendBudget) -> Budget:
    kind, _, subject = row.id.partition(":")
    period: Period = "day" if row.period == "day" else "month"
    return Budget(row.workspace_id, Kind(kind), subject, period, row.limit_microdollars, row.alert_channel)
