"""Who owes what: delinquent residents and one resident's ledger. The terms are defined in
app/portfolio/definitions.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease, LedgerEntry, Resident
from app.db.models.property import Property, Unit
from app.domain.money import Money
from app.domain.period import Period
from app.portfolio.area import Area
from app.portfolio.definitions import BUCKET_ENDS, BUCKETS, Bucket
from app.portfolio.find import LIVING, Tenancy
from app.portfolio.visible import first_rows


@dataclass(frozen=True)
class Delinquent:
    """A resident who is behind. `days_late` counts from the oldest charge still open."""

    resident: str
    property: str
    unit: str
    past_due: Money
    days_late: int
    oldest_open_on: date
    phone: str


@dataclass(frozen=True)
class Ageing:
    """The balances whose oldest open charge falls into one bucket."""

    bucket: Bucket
    residents: int
    past_due: Money


@dataclass(frozen=True)
class Delinquency:
    """Totals over everyone who fits, by age, and the largest balances as rows."""

    total: int
    past_due: Money
    ageing: tuple[Ageing, ...]
    residents: tuple[Delinquent, ...]


async def delinquents(
    session: AsyncSession, area: Area, today: date, min_balance: Money, min_days: int, limit: int
) -> Delinquency:
    """The people living in an area who are past due by at least these amounts and days."""
    behind = and_(
        area.rows(Lease),
        Lease.status.in_(LIVING),
        Lease.past_due_cents >= max(min_balance.cents, 1),
        Lease.oldest_open_charge_on <= today - timedelta(days=min_days),
    )
    starts = [today - timedelta(days=end) for end in BUCKET_ENDS]
    bucket = case(*((Lease.oldest_open_charge_on >= start, n) for n, start in enumerate(starts)), else_=len(starts))
    counts = select(bucket, func.count(), func.sum(Lease.past_due_cents)).where(behind).group_by(bucket)
    by_bucket = {number: (people, int(cents)) for number, people, cents in await session.execute(counts)}
    found = await session.execute(
        select(
            Resident.name,
            Property.name,
            Unit.number,
            Lease.past_due_cents,
            Lease.oldest_open_charge_on,
            Resident.phone,
        )
        .select_from(Lease)
        .join(Resident, (Resident.workspace_id == Lease.workspace_id) & (Resident.id == Lease.resident_id))
        .join(Property, (Property.workspace_id == Lease.workspace_id) & (Property.id == Lease.property_id))
        .join(Unit, (Unit.workspace_id == Lease.workspace_id) & (Unit.id == Lease.unit_id))
        .where(first_rows(area.principal, Lease, behind, (Lease.past_due_cents.desc(),), limit))
        .order_by(Lease.past_due_cents.desc(), Resident.name, Unit.number)
    )
    return Delinquency(
        total=sum(people for people, _ in by_bucket.values()),
        past_due=Money(sum(cents for _, cents in by_bucket.values())),
        ageing=tuple(
            Ageing(name, by_bucket.get(n, (0, 0))[0], Money(by_bucket.get(n, (0, 0))[1]))
            for n, name in enumerate(BUCKETS)
        ),
        residents=tuple(
            Delinquent(who, home, unit, Money(cents), (today - oldest).days, oldest, phone)
            for who, home, unit, cents, oldest, phone in found
            if oldest is not None
        ),
    )


@dataclass(frozen=True)
class LedgerLine:
    """One entry with the balance after it."""

    posted_on: date
    kind: str
    description: str
    charge: Money | None
    payment: Money | None
    balance: Money


@dataclass(frozen=True)
class Ledger:
    """A resident's ledger over a period. `balance` and `past_due` are today's, `opening` is before the period."""

    resident: str
    property: str
    unit: str
    balance: Money
    past_due: Money
    oldest_open_on: date | None
    days_late: int
    opening: Money
    charges: Money
    payments: Money
    last_payment_on: date | None
    last_payment: Money | None
    total_lines: int
    lines: tuple[LedgerLine, ...]


async def ledger(session: AsyncSession, tenancy: Tenancy, period: Period, today: date, limit: int) -> Ledger:
    """The ledger of all leases of a resident, newest entry last; when there are more than `limit`, the newest."""
    leases = (
        await session.scalars(
            select(Lease).where(
                Lease.workspace_id == tenancy.resident.workspace_id,
                Lease.resident_id == tenancy.resident.id,
                Lease.deleted_at.is_(None),
            )
        )
    ).all()
    entries = await _entries(session, leases, period.end)
    before = sum(entry.amount_cents for entry in entries if entry.posted_on < period.start)
    within = [entry for entry in entries if entry.posted_on >= period.start]
    lines: list[LedgerLine] = []
    running = before
    for entry in within:
        running += entry.amount_cents
        lines.append(_line(entry, running))
    oldest = min((lease.oldest_open_charge_on for lease in leases if lease.oldest_open_charge_on), default=None)
    paid = [entry for entry in entries if entry.kind == "payment"]
    return Ledger(
        resident=tenancy.resident.name,
        property=tenancy.home.name,
        unit=tenancy.unit.number if tenancy.unit else "",
        balance=Money(sum(lease.balance_cents for lease in leases)),
        past_due=Money(sum(lease.past_due_cents for lease in leases)),
        oldest_open_on=oldest,
        days_late=(today - oldest).days if oldest else 0,
        opening=Money(before),
        charges=Money(sum(entry.amount_cents for entry in within if entry.kind == "charge")),
        payments=Money(-sum(entry.amount_cents for entry in within if entry.kind != "charge")),
        last_payment_on=paid[-1].posted_on if paid else None,
        last_payment=Money(-paid[-1].amount_cents) if paid else None,
        total_lines=len(lines),
        lines=tuple(lines[-limit:]),
    )


async def _entries(session: AsyncSession, leases: Sequence[Lease], until: date) -> Sequence[LedgerEntry]:
    if not leases:
        return ()
    found = await session.scalars(
        select(LedgerEntry)
        .where(
            LedgerEntry.workspace_id == leases[0].workspace_id,
            LedgerEntry.lease_id.in_([lease.id for lease in leases]),
            LedgerEntry.posted_on <= until,
            LedgerEntry.deleted_at.is_(None),
        )
        .order_by(LedgerEntry.posted_on, LedgerEntry.id)
    )
    return found.all()


def _line(entry: LedgerEntry, running: int) -> LedgerLine:
    charge = entry.kind == "charge"
    return LedgerLine(
        posted_on=entry.posted_on,
        kind=entry.kind,
        description=entry.description or entry.code.replace("_", " "),
        charge=Money(entry.amount_cents) if charge else None,
        payment=None if charge else Money(-entry.amount_cents),
        balance=Money(running),
    )
