"""Which leases were followed by a renewal, worked out from their followers and kept on the lease.

Over a large portfolio, looking for the follower of every lease that ends in a period takes longer than all else that is
asked about it.
"""

from __future__ import annotations

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.db.models.leasing import Lease


async def recompute_renewals(session: AsyncSession, workspace_id: str, property_id: str) -> None:
    """Brings `renewed` of a property's leases in line: true where a lease that was not cancelled renews it."""
    following = aliased(Lease)
    followed = exists(
        select(following.id)
        .where(
            following.workspace_id == Lease.workspace_id,
            following.renewed_from_id == Lease.id,
            following.status != "cancelled",
            following.deleted_at.is_(None),
        )
        .correlate(Lease)
    )
    here = (Lease.workspace_id == workspace_id, Lease.property_id == property_id)
    # The same again where nothing changed would write every lease anew.
    await session.execute(update(Lease).where(*here, Lease.renewed.is_(False), followed).values(renewed=True))
    await session.execute(update(Lease).where(*here, Lease.renewed.is_(True), ~followed).values(renewed=False))
