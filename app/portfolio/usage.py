"""What Sophia herself used: model calls, tokens and cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.assistant import UsageRecord
from app.db.models.security import Person
from app.domain.money import Money
from app.domain.period import Period
from app.domain.principal import Principal
from app.portfolio.visible import visible

_UNKNOWN = and_(
    UsageRecord.cost_microdollars == 0,
    UsageRecord.input_tokens > 0,
    UsageRecord.priced_microdollars.is_(None),
    UsageRecord.reported_microdollars.is_(None),
)
_RECONCILED = (
    func.coalesce(func.sum(case((_UNKNOWN, 1), else_=0)), 0),
    func.count(UsageRecord.reported_microdollars),
    func.coalesce(func.sum(UsageRecord.reported_microdollars - UsageRecord.priced_microdollars), 0),
)


@dataclass(frozen=True)
class UsageLine:
    """`turns` are questions answered, `calls` model calls; costs add up exactly in micro-dollars, `cost` is rounded to
    the cent."""

    key: str
    turns: int
    calls: int
    input_tokens: int
    output_tokens: int
    cost_microdollars: int
    cost: Money


@dataclass(frozen=True)
class Usage:
    whole: UsageLine
    lines: tuple[UsageLine, ...]
    days: tuple[tuple[date, int], ...]  # cost per day, in micro-dollars
    unpriced_calls: int  # used tokens, and nobody knows what they cost
    reported_calls: int  # calls whose cost the provider named itself
    reported_more: int  # micro-dollars that providers took above the price table, for those calls


async def usage(session: AsyncSession, principal: Principal, period: Period, group_by: str) -> Usage:
    """Usage of the period by user, channel, model or day, the dearest (then busiest) first; days in order."""
    fits = [visible(principal, UsageRecord), UsageRecord.day >= period.start, UsageRecord.day <= period.end]
    sums = (
        func.count(func.distinct(func.nullif(UsageRecord.turn_id, ""))),
        func.count(),
        func.coalesce(func.sum(UsageRecord.input_tokens), 0),
        func.coalesce(func.sum(UsageRecord.output_tokens), 0),
        func.coalesce(func.sum(UsageRecord.cost_microdollars), 0),
    )
    column: Any = {
        "user": UsageRecord.user_id,
        "channel": UsageRecord.channel,
        "model": UsageRecord.model,
        "day": UsageRecord.day,
    }[group_by]
    whole = (await session.execute(select(*sums).where(*fits))).one()
    order = (column,) if group_by == "day" else (sums[4].desc(), sums[1].desc(), column)
    grouped = await session.execute(select(column, *sums).where(*fits).group_by(column).order_by(*order))
    by_day = await session.execute(
        select(UsageRecord.day, sums[4]).where(*fits).group_by(UsageRecord.day).order_by(UsageRecord.day)
    )
    unpriced, reported, more = (await session.execute(select(*_RECONCILED).where(*fits))).one()
    names = await _names(session, principal) if group_by == "user" else {}
    return Usage(
        whole=_line("", whole),
        lines=tuple(_line(_shown(row[0], names), row[1:]) for row in grouped.all()),
        days=tuple((row[0], int(row[1])) for row in by_day),
        unpriced_calls=int(unpriced),
        reported_calls=int(reported),
        reported_more=int(more),
    )


def _line(key: str, sums: Sequence[Any]) -> UsageLine:
    turns, calls, tokens_in, tokens_out, cost = (int(value) for value in sums)
    return UsageLine(key, turns, calls, tokens_in, tokens_out, cost, Money.of(Decimal(cost) / 1_000_000))


def _shown(key: Any, names: dict[str, str]) -> str:
    if isinstance(key, date):
        return f"{key:%b %-d, %Y}"
    return names.get(key, key) or "none"


async def _names(session: AsyncSession, principal: Principal) -> dict[str, str]:
    found = await session.execute(select(Person.id, Person.name).where(Person.workspace_id == principal.workspace_id))
    return {row[0]: row[1] for row in found}
