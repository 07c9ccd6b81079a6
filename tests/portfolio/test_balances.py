"""What a lease owes: payments settle the oldest charge first."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import delete, select, update

from app.db.engine import Database
from app.db.models.leasing import Lease, LedgerEntry
from app.portfolio.balances import recompute_leases, recompute_property, refresh_past_due
from tests import demo

TODAY = date(2026, 3, 18)
MARCH = date(2026, 3, 1)
FEBRUARY = date(2026, 2, 1)
Entries = list[tuple[str, int, date]]


async def write(db: Database, lease_id: str, entries: Entries, workspace_id: str = "w") -> None:
    async with db.transaction() as session:
        session.add(
            Lease(
                workspace_id=workspace_id, id=lease_id, as_of=demo.NOW, property_id="e:p", unit_id="e:u",
                resident_id="e:r", status="current", start_on=date(2025, 9, 1), end_on=date(2026, 8, 31),
                rent_cents=1_500_00,
            )
        )  # fmt: skip
        for number, (kind, cents, day) in enumerate(entries):
            session.add(
                LedgerEntry(
                    workspace_id=workspace_id, id=f"{lease_id}-{number}", as_of=demo.NOW, lease_id=lease_id,
                    property_id="e:p", kind=kind, code="rent" if kind == "charge" else kind, amount_cents=cents,
                    posted_on=day, due_on=day if kind == "charge" else None,
                )
            )  # fmt: skip


async def owing(db: Database, lease_id: str, workspace_id: str = "w") -> tuple[int, int, date | None]:
    async with db.reading() as session:
        lease = await session.get_one(Lease, (workspace_id, lease_id))
        return lease.balance_cents, lease.past_due_cents, lease.oldest_open_charge_on


CASES: dict[str, tuple[Entries, tuple[int, int, date | None]]] = {
    "nothing posted": ([], (0, 0, None)),
    "paid in full": ([("charge", 100, MARCH), ("payment", -100, MARCH)], (0, 0, None)),
    "unpaid since February": (
        [("charge", 100, FEBRUARY), ("charge", 100, MARCH)],
        (200, 200, FEBRUARY),
    ),
    "a late payment settles February first": (
        [("charge", 100, FEBRUARY), ("charge", 100, MARCH), ("payment", -100, MARCH)],
        (100, 100, MARCH),
    ),
    "a part payment leaves February open": (
        [("charge", 100, FEBRUARY), ("charge", 100, MARCH), ("payment", -99, MARCH)],
        (101, 101, FEBRUARY),
    ),
    "due today is not past due": ([("charge", 100, TODAY)], (100, 0, TODAY)),
    "due yesterday is": ([("charge", 100, TODAY - timedelta(days=1))], (100, 100, TODAY - timedelta(days=1))),
    "paid ahead": ([("payment", -150, FEBRUARY), ("charge", 100, MARCH)], (-50, 0, None)),
    "a credit counts like a payment": ([("charge", 100, MARCH), ("credit", -40, MARCH)], (60, 60, MARCH)),
}


@pytest.mark.parametrize(("entries", "expected"), CASES.values(), ids=CASES.keys())
async def test_what_a_lease_owes(db: Database, entries: Entries, expected: tuple[int, int, date | None]) -> None:
    await write(db, "e:1", entries)
    async with db.transaction() as session:
        await recompute_leases(session, "w", ["e:1"], TODAY)
    assert await owing(db, "e:1") == expected


async def test_random_ledgers_agree_with_paying_off_one_by_one(db: Database) -> None:
    rng = Random(4)
    ledgers: dict[str, Entries] = {}
    for number in range(60):
        days = [FEBRUARY + timedelta(days=rng.randrange(60)) for _ in range(rng.randrange(12))]
        ledgers[f"e:{number}"] = [
            ("charge", rng.randrange(1, 400), day) if rng.random() < 0.6 else ("payment", -rng.randrange(1, 400), day)
            for day in days
        ]
        await write(db, f"e:{number}", ledgers[f"e:{number}"])
    async with db.transaction() as session:
        await recompute_property(session, "w", "e:p", TODAY)
    for lease_id, entries in ledgers.items():
        assert await owing(db, lease_id) == by_hand(entries), entries


def by_hand(entries: Entries) -> tuple[int, int, date | None]:
    paid = -sum(cents for kind, cents, _ in entries if kind != "charge")
    past_due, oldest = 0, None
    for kind, cents, day in sorted(entries, key=lambda entry: entry[2]):
        if kind != "charge":
            continue
        settled = min(paid, cents)
        paid -= settled
        if settled < cents:
            oldest = oldest or day
            past_due += cents - settled if day < TODAY else 0
    return sum(cents for _, cents, _ in entries), past_due, oldest


async def test_only_leases_that_changed_are_counted(db: Database) -> None:
    await write(db, "e:1", [("charge", 100, MARCH)])
    await write(db, "e:2", [])
    async with db.transaction() as session:
        assert await recompute_property(session, "w", "e:p", TODAY) == 1
        assert await recompute_property(session, "w", "e:p", TODAY) == 0


async def test_a_charge_that_falls_due_becomes_past_due_with_the_day(db: Database) -> None:
    await write(db, "e:1", [("charge", 100, TODAY)])
    async with db.transaction() as session:
        await recompute_leases(session, "w", ["e:1"], TODAY)
        assert await refresh_past_due(session, "w", TODAY + timedelta(days=1)) == 1
    assert await owing(db, "e:1") == (100, 100, TODAY)


async def test_entries_that_the_source_deleted_do_not_count(db: Database) -> None:
    await write(db, "e:1", [("charge", 100, MARCH)])
    async with db.transaction() as session:
        await session.execute(update(LedgerEntry).where(LedgerEntry.workspace_id == "w").values(deleted_at=demo.NOW))
        await recompute_leases(session, "w", ["e:1"], TODAY)
    assert await owing(db, "e:1") == (0, 0, None)


async def test_a_ledger_that_is_gone_leaves_nothing_owed(db: Database) -> None:
    await write(db, "e:1", [("charge", 100, MARCH)])
    async with db.transaction() as session:
        await recompute_leases(session, "w", ["e:1"], TODAY)
        await session.execute(delete(LedgerEntry).where(LedgerEntry.workspace_id == "w"))
        await recompute_leases(session, "w", ["e:1"], TODAY)
    assert await owing(db, "e:1") == (0, 0, None)


async def test_the_same_lease_id_in_another_workspace_is_left_alone(db: Database) -> None:
    await write(db, "e:1", [("charge", 100, MARCH)])
    await write(db, "e:1", [("charge", 900, MARCH)], workspace_id="other")
    async with db.transaction() as session:
        await recompute_property(session, "w", "e:p", TODAY)
    assert (await owing(db, "e:1"))[0] == 100
    assert (await owing(db, "e:1", "other"))[0] == 0


async def test_thousands_of_leases_at_once_stay_within_the_drivers_limits(demo_db: Database) -> None:
    async with demo_db.transaction() as session:
        everyone = await session.scalars(select(Lease.id).where(Lease.workspace_id == demo.WORKSPACE))
        assert await recompute_leases(session, demo.WORKSPACE, everyone.all(), demo.TODAY) == 0
