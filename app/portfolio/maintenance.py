"""Work orders: which there are, and one of them in full."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Resident
from app.db.models.maintenance import WorkOrder
from app.db.models.property import Property, Unit
from app.domain.errors import Ambiguous, NotFound
from app.domain.principal import Principal
from app.portfolio.area import Area
from app.portfolio.find import UnitPlace
from app.portfolio.visible import first_rows, visible

UNFINISHED = ("open", "in_progress", "on_hold")
ACTIVE = ("open", "in_progress")
COMPLETED_DAYS = 90  # "completed" without dates means lately

_TRADES: dict[str, str] = {  # words, and stems that end in '*'
    "plumbing": "leak* sink* toilet* faucet* drain* shower* tub* bathtub* pipe* clog* plumb* flood* overflow* "
    "water_heater* hot_water garbage_disposal",
    "electrical": "outlet* breaker* light* lamp* electric* power switch* wiring smoke_detector* spark*",
    "hvac": "heat heating heater* hvac a/c ac air_condition* thermostat* furnace* cooling vent* radiator*",
    "appliance": "fridge* refrigerator* oven* stove* dishwasher* washer* dryer* microwave* freezer* appliance*",
    "pest": "roach* cockroach* mice mouse rat rats ant ants bed_bug* bedbug* pest* wasp* termite* rodent*",
}


def _pattern(hints: str) -> re.Pattern[str]:
    """Any of the hints as whole words; a stem may go on."""
    spelled = (
        re.escape(hint.rstrip("*")).replace("_", " ") + (r"\w*" if hint.endswith("*") else "") for hint in hints.split()
    )
    return re.compile(rf"\b(?:{'|'.join(spelled)})\b")


_HINTS = {trade: _pattern(hints) for trade, hints in _TRADES.items()}


def trade_of(description: str) -> str:
    """The trade a problem belongs to, from its words; `general` when none fits. Hot water is plumbing, not heat."""
    text = description.lower()
    return next((trade for trade, hints in _HINTS.items() if hints.search(text)), "general")


@dataclass(frozen=True)
class WorkOrderLine:
    """A work order as a list shows it. `number` is as people say it (`WO-1042`); days are the community's own;
    `age_days` counts from opening."""

    number: str
    property: str
    unit: str
    description: str
    category: str
    priority: str
    status: str
    assignee: str
    opened_on: date
    completed_on: date | None
    age_days: int


@dataclass(frozen=True)
class WorkOrderFilter:
    """What to list. `status` None means everything unfinished; "open" means open or in progress, not on hold."""

    status: str | None = None
    priority: str | None = None
    category: str | None = None
    unit_id: str | None = None

    @property
    def statuses(self) -> Sequence[str]:
        if self.status is None:
            return UNFINISHED
        return ACTIVE if self.status == "open" else (self.status,)


@dataclass(frozen=True)
class WorkOrderList:
    """Counts over everything that fits, and the most urgent (for completed ones: the latest) as rows."""

    total: int
    by_status: dict[str, int]
    by_priority: dict[str, int]
    oldest_days: int
    lines: tuple[WorkOrderLine, ...]


async def work_orders(
    session: AsyncSession, area: Area, wanted: WorkOrderFilter, now: datetime, limit: int
) -> WorkOrderList:
    """The work orders of an area that fit."""
    fits = and_(area.rows(WorkOrder), *_conditions(wanted, now))
    counts = await session.execute(
        select(WorkOrder.status, WorkOrder.priority, func.count(), func.min(WorkOrder.created_at))
        .where(fits)
        .group_by(WorkOrder.status, WorkOrder.priority)
    )
    by_status: dict[str, int] = {}
    by_priority: dict[str, int] = {}
    opened: list[datetime] = []
    for status, priority, number, first in counts:
        by_status[status] = by_status.get(status, 0) + number
        by_priority[priority] = by_priority.get(priority, 0) + number
        opened.append(first)
    urgency = case({"emergency": 0, "high": 1, "normal": 2}, value=WorkOrder.priority, else_=3)
    order = (WorkOrder.completed_at.desc(),) if wanted.status == "completed" else (urgency, WorkOrder.created_at)
    first = first_rows(area.principal, WorkOrder, fits, order, limit)
    found = await session.execute(
        select(*_COLUMNS, WorkOrder.property_id, Unit.number.label("unit"))
        .outerjoin(Unit, (Unit.workspace_id == WorkOrder.workspace_id) & (Unit.id == WorkOrder.unit_id))
        .where(first)
        .order_by(*order, WorkOrder.id)
    )
    homes = {community.id: community for community in area.communities}
    return WorkOrderList(
        total=sum(by_status.values()),
        by_status=by_status,
        by_priority=by_priority,
        oldest_days=(now - min(opened)).days if opened else 0,
        lines=tuple(
            _line(row, homes[row.property_id].name, row.unit, ZoneInfo(homes[row.property_id].timezone), now)
            for row in found
        ),
    )


def _conditions(wanted: WorkOrderFilter, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [WorkOrder.status.in_(wanted.statuses)]
    if wanted.status == "completed":
        conditions.append(WorkOrder.completed_at >= now - timedelta(days=COMPLETED_DAYS))
    if wanted.priority is not None:
        conditions.append(WorkOrder.priority == wanted.priority)
    if wanted.category is not None:
        conditions.append(WorkOrder.category == wanted.category)
    if wanted.unit_id is not None:
        conditions.append(WorkOrder.unit_id == wanted.unit_id)
    return conditions


_COLUMNS = (
    WorkOrder.number,
    WorkOrder.description,
    WorkOrder.category,
    WorkOrder.priority,
    WorkOrder.status,
    WorkOrder.assignee,
    WorkOrder.created_at,
    WorkOrder.completed_at,
)


def spoken(number: str) -> str:
    """A work order's number as people say it: `1042` is `WO-1042`."""
    return number if number.upper().startswith("WO-") else f"WO-{number}"


def _line(row: Any, home: str, unit: str | None, zone: ZoneInfo, now: datetime) -> WorkOrderLine:
    return WorkOrderLine(
        number=spoken(row.number),
        property=home,
        unit=unit or "",
        description=row.description,
        category=row.category,
        priority=row.priority,
        status=row.status,
        assignee=row.assignee,
        opened_on=row.created_at.astimezone(zone).date(),
        completed_on=row.completed_at.astimezone(zone).date() if row.completed_at else None,
        age_days=max((now - row.created_at).days, 0),
    )


@dataclass(frozen=True)
class WorkOrderDetails:
    """One work order in full, with ids for whoever writes it back."""

    id: str
    property_id: str
    line: WorkOrderLine
    resident: str
    permission_to_enter: bool
    scheduled_on: date | None
    as_of: datetime


async def find_work_order(session: AsyncSession, principal: Principal, number: str, now: datetime) -> WorkOrderDetails:
    """The work order that people call `number`. Raises NotFound or Ambiguous (two systems used the number)."""
    bare = number.upper().removeprefix("WO-")
    found = await _details(session, principal, WorkOrder.number.in_((bare, f"WO-{bare}")), now)
    if not found:
        raise NotFound(
            f"I couldn't find work order WO-{bare}.",
            next_step="Please check the number, or ask me for the open work orders of the community.",
        )
    if len(found) > 1:
        options = tuple(f"WO-{bare} at {one.line.property}" for one in found)
        raise Ambiguous(f"There are several work orders WO-{bare}. Which one?", options=options)
    return found[0]


async def work_order_by_id(session: AsyncSession, principal: Principal, row_id: str, now: datetime) -> WorkOrderDetails:
    """The work order of that read-model id."""
    found = await _details(session, principal, WorkOrder.id == row_id, now)
    if not found:
        raise NotFound("That work order is no longer there.", code="work_order_gone")
    return found[0]


async def unfinished_in(
    session: AsyncSession, principal: Principal, place: UnitPlace, category: str, now: datetime
) -> tuple[WorkOrderDetails, ...]:
    """Unfinished work orders of a trade in a unit: likely duplicates of a new one."""
    same = and_(WorkOrder.unit_id == place.unit.id, WorkOrder.category == category, WorkOrder.status.in_(UNFINISHED))
    return tuple(await _details(session, principal, same, now))


async def _details(
    session: AsyncSession, principal: Principal, condition: ColumnElement[bool], now: datetime
) -> list[WorkOrderDetails]:
    query = (
        select(WorkOrder, Property.name, Property.timezone, Unit.number, Resident.name)
        .join(Property, (Property.workspace_id == WorkOrder.workspace_id) & (Property.id == WorkOrder.property_id))
        .outerjoin(Unit, (Unit.workspace_id == WorkOrder.workspace_id) & (Unit.id == WorkOrder.unit_id))
        .outerjoin(Resident, (Resident.workspace_id == WorkOrder.workspace_id) & (Resident.id == WorkOrder.resident_id))
        .where(visible(principal, WorkOrder), condition)
        .order_by(WorkOrder.created_at.desc())
        .limit(10)
    )
    return [
        WorkOrderDetails(
            id=row.id,
            property_id=row.property_id,
            line=_line(row, home, unit, ZoneInfo(zone), now),
            resident=resident or "",
            permission_to_enter=row.permission_to_enter,
            scheduled_on=row.scheduled_on,
            as_of=row.as_of,
        )
        for row, home, zone, unit, resident in await session.execute(query)
    ]
