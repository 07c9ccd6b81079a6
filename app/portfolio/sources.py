"""Where rows came from, for the line under every answer. The age is the source's last confirmation, not our clock.

A row was confirmed when it was last written by a sync (`as_of`), or when its source was last read without the row
having changed (`sync_states.last_success_at`), whichever is later. The oldest row of a result speaks for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.sync import SyncState
from app.domain.answer import Source

SOPHIA = "sophia"

SYSTEMS: dict[str, str] = {
    SOPHIA: "Sophia's register",
    "demo": "Demo portfolio",
    "entrata": "Entrata",
    "yardi": "Yardi Voyager",
    "rentcafe": "RentCafe",
    "realpage": "RealPage",
    "appfolio": "AppFolio",
    "buildium": "Buildium",
    "costar": "CoStar",
    "hubspot": "HubSpot",
    "salesforce": "Salesforce",
    "gong": "Gong",
    "looker": "Looker",
}


def system_name(source: str) -> str:
    """What people call a source system: `entrata` is Entrata; unknown keys are capitalised."""
    return SYSTEMS.get(source, source.replace("_", " ").title())


async def cite(
    session: AsyncSession,
    workspace_id: str,
    resource: str,
    record: str,
    rows: Iterable[tuple[str, datetime]],
) -> tuple[Source, ...]:
    """One Source per system that `rows` (pairs of read-model id and as-of) came from, each naming `record`.

    `resource` is the synchronised resource ("units", "leases", "work_orders" …) whose last successful reading may be
    later than the rows themselves.
    """
    oldest: dict[str, datetime] = {}
    for row_id, as_of in rows:
        key = row_id.partition(":")[0]
        if key not in oldest or as_of < oldest[key]:
            oldest[key] = as_of
    if not oldest:
        return ()
    confirmed = await _last_read(session, workspace_id, resource, oldest)
    return tuple(
        Source(system=system_name(key), record=record, as_of=max(as_of, confirmed.get(key, as_of)))
        for key, as_of in sorted(oldest.items())
    )


async def _last_read(
    session: AsyncSession, workspace_id: str, resource: str, keys: Iterable[str]
) -> dict[str, datetime]:
    prefixes = {f"{key}:{resource}:": key for key in keys if key != SOPHIA}
    if not prefixes:
        return {}
    found = await session.execute(
        select(SyncState.id, SyncState.last_success_at).where(
            SyncState.workspace_id == workspace_id,
            SyncState.last_success_at.is_not(None),
            or_(*(SyncState.id.startswith(prefix, autoescape=True) for prefix in prefixes)),
        )
    )
    confirmed: dict[str, datetime] = {}
    for state_id, at in found:
        key = state_id.partition(":")[0]
        if at is not None:
            confirmed[key] = min(at, confirmed.get(key, at))
    return confirmed
