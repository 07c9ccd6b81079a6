"""The rent roll: every unit of a community with who lives there, what they pay and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease, Resident
from app.db.models.property import FloorPlan, Unit
from app.domain.money import Money
from app.portfolio.area import Area
from app.portfolio.find import LIVING
from app.portfolio.occupancy import lived_in_on


@dataclass(frozen=True)
class RentRollLine:
    """One unit. Resident, rent and dates are None when nobody lives there; `balance` is today's and only given for
    today's rent roll."""

    unit: str
    floor_plan: str
    bedrooms: int
    square_feet: int
    status: str
    market_rent: Money
    resident: str | None
    rent: Money | None
    lease_start: date | None
    lease_end: date | None
    deposit: Money | None
    balance: Money | None


@dataclass(frozen=True)
class RentRoll:
    """Totals and every line, by unit number. Rents are a month."""

    property: str
    units: int
    occupied: int
    rent: Money
    market_rent: Money
    vacant_market_rent: Money  # what the units without a lease would bring
    lines: tuple[RentRollLine, ...]


async def rent_roll(session: AsyncSession, area: Area, day: date, today: date) -> RentRoll:
    """The rent roll of the one community of `area`, today or on a past day."""
    now = day >= today
    living = Lease.status.in_(LIVING) if now else lived_in_on(day)
    found = await session.execute(
        select(Unit, FloorPlan.name, Lease, Resident.name)
        .outerjoin(FloorPlan, (FloorPlan.workspace_id == Unit.workspace_id) & (FloorPlan.id == Unit.floor_plan_id))
        .outerjoin(
            Lease,
            and_(Lease.workspace_id == Unit.workspace_id, Lease.unit_id == Unit.id, Lease.deleted_at.is_(None), living),
        )
        .outerjoin(Resident, (Resident.workspace_id == Lease.workspace_id) & (Resident.id == Lease.resident_id))
        .where(area.rows(Unit))
        .order_by(Unit.number, Lease.start_on.desc())
    )
    lines: dict[str, RentRollLine] = {}
    for unit, plan, lease, resident in found:
        lines.setdefault(unit.id, _line(unit, plan or "", lease, resident, now))
    by_number = tuple(sorted(lines.values(), key=lambda line: (len(line.unit), line.unit)))
    leased = [line for line in by_number if line.rent is not None]
    return RentRoll(
        property=area.name,
        units=len(by_number),
        occupied=len(leased),
        rent=Money(sum(line.rent.cents for line in leased if line.rent)),
        market_rent=Money(sum(line.market_rent.cents for line in by_number)),
        vacant_market_rent=Money(sum(line.market_rent.cents for line in by_number if line.rent is None)),
        lines=by_number,
    )


def _line(unit: Unit, plan: str, lease: Lease | None, resident: str | None, now: bool) -> RentRollLine:
    status = unit.status if now else ("occupied" if lease else "vacant")
    return RentRollLine(
        unit=unit.number,
        floor_plan=plan,
        bedrooms=unit.bedrooms,
        square_feet=unit.square_feet,
        status=status,
        market_rent=Money(unit.asking_rent_cents),
        resident=resident,
        rent=Money(lease.rent_cents) if lease else None,
        lease_start=lease.start_on if lease else None,
        lease_end=lease.end_on if lease else None,
        deposit=Money(lease.deposit_cents) if lease else None,
        balance=Money(lease.balance_cents) if lease and now else None,
    )
