"""Whether a lease was renewed follows from the leases that renew it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.db.engine import Database
from app.db.models.leasing import Lease
from app.integrations.base import Batch, Page
from app.portfolio.renewals import recompute_renewals
from app.portfolio.sync.derive import follow_page
from tests import demo

HOME = "e:p"


async def write(db: Database, lease_id: str, renews: str | None = None, *, workspace_id: str = "w") -> None:
    async with db.transaction() as session:
        session.add(
            Lease(
                workspace_id=workspace_id, id=lease_id, as_of=demo.NOW, property_id=HOME, unit_id="e:u",
                resident_id="e:r", status="current", start_on=date(2025, 9, 1), end_on=date(2026, 8, 31),
                rent_cents=1_500_00, renewed_from_id=renews,
            )
        )  # fmt: skip


async def change(db: Database, lease_id: str, **values: object) -> None:
    async with db.transaction() as session:
        lease = await session.get_one(Lease, ("w", lease_id))
        for name, value in values.items():
            setattr(lease, name, value)


async def renewed(db: Database, workspace_id: str = "w") -> set[str]:
    async with db.transaction() as session:
        await recompute_renewals(session, workspace_id, HOME)
    async with db.reading() as session:
        return set(
            await session.scalars(select(Lease.id).where(Lease.workspace_id == workspace_id, Lease.renewed.is_(True)))
        )


async def test_a_lease_is_renewed_while_another_follows_it(db: Database) -> None:
    await write(db, "first")
    assert await renewed(db) == set()
    await write(db, "second", "first")
    assert await renewed(db) == {"first"}
    await write(db, "third", "second")
    assert await renewed(db) == {"first", "second"}


@pytest.mark.parametrize("gone", [{"status": "cancelled"}, {"deleted_at": demo.NOW}, {"renewed_from_id": None}])
async def test_a_renewal_that_came_to_nothing_renews_nothing(db: Database, gone: dict[str, object]) -> None:
    await write(db, "first")
    await write(db, "second", "first")
    await renewed(db)
    await change(db, "second", **gone)
    assert await renewed(db) == set()


async def test_the_same_ids_in_another_workspace_are_left_alone(db: Database) -> None:
    for workspace in ("w", "v"):
        await write(db, "first", workspace_id=workspace)
    await write(db, "second", "first", workspace_id="v")
    assert await renewed(db) == set()
    assert await renewed(db, "v") == {"first"}


async def test_a_page_of_changes_brings_its_properties_in_line(db: Database) -> None:
    await write(db, "first")
    await write(db, "second", "first")
    page = Page((Batch(Lease, ({"id": "second", "property_id": HOME},)),))
    async with db.transaction() as session:
        await follow_page(session, "w", page, demo.CLOCK)
    async with db.reading() as session:
        assert (await session.get_one(Lease, ("w", "first"))).renewed


async def test_a_page_that_takes_a_lease_away_does_too(db: Database) -> None:
    await write(db, "first")
    await write(db, "second", "first")
    assert await renewed(db) == {"first"}
    await change(db, "second", deleted_at=demo.NOW)
    async with db.transaction() as session:
        await follow_page(session, "w", Page((), gone=((Lease, "second"),)), demo.CLOCK)
    async with db.reading() as session:
        assert not (await session.get_one(Lease, ("w", "first"))).renewed


async def test_every_lease_of_the_demo_portfolio_is_in_line(demo_db: Database) -> None:
    following = aliased(Lease)
    followed = (
        select(following.renewed_from_id)
        .where(following.status != "cancelled", following.deleted_at.is_(None), following.renewed_from_id.is_not(None))
        .distinct()
    )
    async with demo_db.reading() as session:
        truly = set(await session.scalars(followed))
        kept = set(await session.scalars(select(Lease.id).where(Lease.renewed.is_(True))))
        assert await session.scalar(select(func.count()).select_from(Lease)) != len(kept)
    assert kept == truly
    assert len(kept) > 100
