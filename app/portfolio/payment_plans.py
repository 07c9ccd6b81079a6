"""Payment plans: splitting what a resident owes into monthly installments."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.leasing import Lease, PaymentPlan
from app.domain.money import Money


@dataclass(frozen=True)
class Installment:
    due_on: date
    amount: Money


def monthly(total: Money, number: int, first: date) -> tuple[Installment, ...]:
    """`number` payments a month apart that add up to `total` exactly; the odd cents go to the first ones. A day that
    a month does not have becomes its last day."""
    each, odd = divmod(total.cents, number)
    return tuple(Installment(_months_later(first, n), Money(each + (1 if n < odd else 0))) for n in range(number))


def _months_later(first: date, months: int) -> date:
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))


async def active_plan(session: AsyncSession, lease: Lease) -> PaymentPlan | None:
    """The payment plan that runs for a lease already."""
    found = await session.scalars(
        select(PaymentPlan)
        .where(
            PaymentPlan.workspace_id == lease.workspace_id,
            PaymentPlan.lease_id == lease.id,
            PaymentPlan.status == "active",
            PaymentPlan.deleted_at.is_(None),
        )
        .limit(1)
    )
    return found.first()
