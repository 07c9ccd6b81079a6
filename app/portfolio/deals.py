"""Deals of the sales pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.business import Company, Deal
from app.domain.money import Money
from app.domain.principal import Principal
from app.portfolio.visible import visible

STAGES = ("prospecting", "qualified", "proposal", "negotiation", "closed_won", "closed_lost")
OPEN_STAGES = STAGES[:4]
UNKNOWN = "unknown"
"""The stage of a deal whose own system calls it something that nobody has explained; it counts as open, and shows."""


@dataclass(frozen=True)
class DealLine:
    name: str
    company: str
    owner: str
    stage: str
    amount: Money
    close_on: date | None


@dataclass(frozen=True)
class StageTotal:
    deals: int
    amount: Money


@dataclass(frozen=True)
class DealList:
    """Totals by stage over everything that fits, and the largest deals as rows."""

    total: int
    amount: Money
    by_stage: dict[str, StageTotal]
    lines: tuple[DealLine, ...]
    origins: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True)
class DealFilter:
    """Without a stage: the open ones, unless a close date in the past is asked for. `owner` is a full name."""

    stage: str | None = None
    owner: str | None = None
    min_cents: int | None = None
    close_start: date | None = None
    close_end: date | None = None

    @property
    def stages(self) -> tuple[str, ...]:
        return (self.stage,) if self.stage else (*OPEN_STAGES, UNKNOWN)


async def deals(session: AsyncSession, principal: Principal, wanted: DealFilter, limit: int) -> DealList:
    """The deals that fit."""
    fits = [visible(principal, Deal), *_conditions(wanted)]
    totals = await session.execute(
        select(Deal.stage, func.count(), func.sum(Deal.amount_cents)).where(*fits).group_by(Deal.stage)
    )
    by_stage = {stage: StageTotal(number, Money(int(cents or 0))) for stage, number, cents in totals}
    order = case({stage: number for number, stage in enumerate(STAGES)}, value=Deal.stage, else_=len(STAGES))
    found = await session.execute(
        select(Deal, Company.name)
        .outerjoin(Company, (Company.workspace_id == Deal.workspace_id) & (Company.id == Deal.company_id))
        .where(*fits)
        .order_by(Deal.amount_cents.desc(), order, Deal.name)
        .limit(limit)
    )
    rows = [(row[0], row[1]) for row in found]
    return DealList(
        total=sum(stage.deals for stage in by_stage.values()),
        amount=Money(sum(stage.amount.cents for stage in by_stage.values())),
        by_stage={stage: by_stage[stage] for stage in (*STAGES, UNKNOWN) if stage in by_stage},
        lines=tuple(
            DealLine(deal.name, company or "", deal.owner, deal.stage, Money(deal.amount_cents), deal.close_on)
            for deal, company in rows
        ),
        origins=tuple((deal.id, deal.as_of) for deal, _ in rows),
    )


def _conditions(wanted: DealFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Deal.stage.in_(wanted.stages)]
    if wanted.owner is not None:
        conditions.append(Deal.owner == wanted.owner)
    if wanted.min_cents is not None:
        conditions.append(Deal.amount_cents >= wanted.min_cents)
    if wanted.close_start is not None:
        conditions.append(Deal.close_on >= wanted.close_start)
    if wanted.close_end is not None:
        conditions.append(Deal.close_on <= wanted.close_end)
    return conditions
