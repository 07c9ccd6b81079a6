"""The sums kept per month agree with the leases and ledgers they were made from, worked out by hand."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, func, select

from app.db.engine import Database
from app.db.models.leasing import Lease
from app.db.models.property import PropertyMonth
from app.domain.period import Period
from app.portfolio.months import LeaseSums, keep_months, measure, measure_flow, refresh_months, whole_months
from tests.tools import world

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
MAPLE_LEASES = and_(Lease.workspace_id == world.WS, Lease.property_id == world.MAPLE)


async def test_a_month_adds_up_who_lived_there_what_they_owed_and_who_left(db: Database) -> None:
    await world.build(db)
    async with db.reading() as session:
        found = await measure(session, MAPLE_LEASES, [JANUARY, FEBRUARY])
    # January 31: units 101, 102, 103, 108 (Omar Haddad moved out that day); Tyrone Banks owed 1,520 - 1,000
    assert found[JANUARY][world.MAPLE] == LeaseSums(4, 632_500, 52_000, 1, 1, 0, 1)
    # February 28: the same four; Tyrone Banks owed 520 + 1,520 + 100
    assert found[FEBRUARY][world.MAPLE] == LeaseSums(4, 632_500, 214_000, 1, 0, 0, 0)


async def test_a_renewed_lease_counts_as_ended_and_renewed(db: Database) -> None:
    await world.build(db)
    async with db.reading() as session:
        found = await measure(session, MAPLE_LEASES, [date(2025, 5, 1)])
    sums = found[date(2025, 5, 1)][world.MAPLE]
    assert (sums.expiring_leases, sums.renewed_leases, sums.move_outs) == (1, 1, 0)


async def test_kept_months_equal_measured_ones_and_are_rewritten_not_doubled(db: Database) -> None:
    await world.build(db)
    for _ in range(2):
        async with db.transaction() as session:
            await refresh_months(session, world.WS, [JANUARY, FEBRUARY])
    async with db.reading() as session:
        rows = (await session.scalars(select(PropertyMonth).where(PropertyMonth.month == FEBRUARY))).all()
    assert {row.property_id for row in rows} == {world.MAPLE, world.OAKWOOD, world.COURT, world.HARBOR}
    maple = next(row for row in rows if row.property_id == world.MAPLE)
    assert (maple.occupied_units, maple.leased_rent_cents, maple.past_due_cents) == (4, 632_500, 214_000)


async def test_keeping_up_writes_months_since_a_change_and_those_that_are_missing(db: Database) -> None:
    await world.build(db)
    today = date(2026, 3, 18)
    async with db.transaction() as session:
        assert await keep_months(session, world.WS, world.MAPLE, today) == 24
        assert await keep_months(session, world.WS, world.MAPLE, today, since=date(2026, 2, 6)) == 1
        assert await keep_months(session, world.WS, world.MAPLE, today, since=today) == 0
        assert await keep_months(session, world.WS, world.MAPLE, date(2026, 4, 2), since=date(2026, 4, 1)) == 1
    async with db.reading() as session:
        kept = await session.scalar(select(func.count()).select_from(PropertyMonth))
    assert kept == 25


def test_the_running_month_is_never_kept() -> None:
    months = whole_months(date(2026, 3, 18))
    assert (months[0], months[-1], len(months)) == (date(2024, 3, 1), date(2026, 2, 1), 24)


async def test_many_months_at_once_say_the_same_as_each_by_itself(db: Database) -> None:
    await world.build(db)
    months = whole_months(date(2026, 3, 18))
    leases = and_(Lease.workspace_id == world.WS, Lease.deleted_at.is_(None))
    async with db.reading() as session:
        together = await measure(session, leases, months)
        for month in months:
            assert together[month] == (await measure(session, leases, [month]))[month]
            flow = await measure_flow(session, leases, Period.month_of(month))
            for home, sums in flow.items():
                kept = together[month][home]
                assert (kept.expiring_leases, kept.renewed_leases, kept.move_outs) == (
                    sums.expiring_leases, sums.renewed_leases, sums.move_outs,
                )  # fmt: skip
        sparse = await measure(session, leases, [months[0], months[-1]])
    assert set(sparse) == {months[0], months[-1]}
    assert sparse[months[0]] == together[months[0]]
