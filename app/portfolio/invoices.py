"""Vendors' invoices: which are open, overdue, waiting for approval or paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.finance import Invoice
from app.db.models.maintenance import Vendor
from app.db.models.property import Property
from app.domain.money import Money
from app.domain.period import Period
from app.domain.principal import Principal
from app.portfolio.visible import first_rows, visible

OPEN = ("unpaid", "pending_approval")


@dataclass(frozen=True)
class InvoiceLine:
    """One invoice; `property` is empty for company-wide ones, `vendor` for one of a company that no list has. `status`
    is overdue for unpaid ones past their day."""

    number: str
    vendor: str
    property: str
    amount: Money
    invoiced_on: date
    due_on: date
    paid_on: date | None
    status: str
    description: str
    days_overdue: int


@dataclass(frozen=True)
class InvoiceFilter:
    """What to list; `status` None means everything open. `vendor` is a vendor's name as it stands in the read model:
    one company has a record in each system that pays it. `dated` limits the invoice date."""

    status: str | None = None
    vendor: str | None = None
    min_amount: Money | None = None
    dated: Period | None = None


@dataclass(frozen=True)
class InvoiceSum:
    invoices: int
    amount: Money


@dataclass(frozen=True)
class Invoices:
    """Totals over everything that fits, by status, and the invoices (soonest due first, paid ones latest first)."""

    total: InvoiceSum
    by_status: dict[str, InvoiceSum]
    invoices: tuple[InvoiceLine, ...]


async def invoices(
    session: AsyncSession, principal: Principal, wanted: InvoiceFilter, today: date, limit: int
) -> Invoices:
    """The invoices a person may see that fit."""
    fits = and_(visible(principal, Invoice), *_conditions(principal, wanted, today))
    overdue = and_(Invoice.status == "unpaid", Invoice.due_on < today)
    status = case((overdue, "overdue"), else_=Invoice.status)
    counts = select(status, func.count(), func.sum(Invoice.amount_cents)).where(fits).group_by(status)
    by_status = {key: InvoiceSum(number, Money(int(cents))) for key, number, cents in await session.execute(counts)}
    order = Invoice.paid_on.desc() if wanted.status == "paid" else Invoice.due_on
    first = first_rows(principal, Invoice, fits, (order, Invoice.number), limit)
    found = await session.execute(
        select(*_COLUMNS, Vendor.name.label("vendor"), Property.name.label("home"))
        .outerjoin(Vendor, (Vendor.workspace_id == Invoice.workspace_id) & (Vendor.id == Invoice.vendor_id))
        .outerjoin(Property, (Property.workspace_id == Invoice.workspace_id) & (Property.id == Invoice.property_id))
        .where(first)
        .order_by(order, Invoice.number, Invoice.id)
    )
    return Invoices(
        total=InvoiceSum(
            sum(one.invoices for one in by_status.values()),
            Money(sum(one.amount.cents for one in by_status.values())),
        ),
        by_status=by_status,
        invoices=tuple(_line(row, today) for row in found),
    )


def _conditions(principal: Principal, wanted: InvoiceFilter, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is None:
        conditions.append(Invoice.status.in_(OPEN))
    elif wanted.status == "overdue":
        conditions += [Invoice.status == "unpaid", Invoice.due_on < today]
    else:
        conditions.append(Invoice.status == wanted.status)
    if wanted.vendor is not None:
        named = select(Vendor.id).where(Vendor.workspace_id == principal.workspace_id, Vendor.name == wanted.vendor)
        conditions.append(Invoice.vendor_id.in_(named))
    if wanted.min_amount is not None:
        conditions.append(Invoice.amount_cents >= wanted.min_amount.cents)
    if wanted.dated is not None:
        conditions.append(Invoice.invoiced_on.between(wanted.dated.start, wanted.dated.end))
    return conditions


_COLUMNS = (
    Invoice.number,
    Invoice.amount_cents,
    Invoice.invoiced_on,
    Invoice.due_on,
    Invoice.paid_on,
    Invoice.status,
    Invoice.description,
)


def _line(row: Any, today: date) -> InvoiceLine:
    late = (today - row.due_on).days if row.status == "unpaid" and row.due_on < today else 0
    return InvoiceLine(
        number=row.number,
        vendor=row.vendor or "",
        property=row.home or "",
        amount=Money(row.amount_cents),
        invoiced_on=row.invoiced_on,
        due_on=row.due_on,
        paid_on=row.paid_on,
        status="overdue" if late else row.status,
        description=row.description,
        days_overdue=late,
    )
