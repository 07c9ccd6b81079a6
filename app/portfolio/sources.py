"""Where rows came from, for the line under every answer. The age is the source's last confirmation, not our clock.

A row was confirmed when it was last written by a sync (`as_of`), or when its source was last read without the row
having changed (`sync_states.last_success_at`), whichever is later. The oldest row of a result speaks for it. Imported
rows name their file.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.sync import SyncState
from app.domain.answer import Source
from app.portfolio.imported import IMPORT, ImportedFile, home_of, imported_files

SOPHIA = "sophia"

SYSTEMS: dict[str, str] = {
    SOPHIA: "Sophia's register",
    IMPORT: "Imported files",
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
    rows = list(rows)
    imported = [row for row in rows if row[0].startswith(f"{IMPORT}:")]
    oldest = _oldest((row_id.partition(":")[0], as_of) for row_id, as_of in rows if not row_id.startswith(f"{IMPORT}:"))
    confirmed = await _last_read(session, workspace_id, resource, oldest)
    named = {system_name(key): max(as_of, confirmed.get(key, as_of)) for key, as_of in sorted(oldest.items())}
    if imported:
        files = await imported_files(session, workspace_id, resource)
        named |= _oldest(_from_file(files.get(home_of(row_id)), as_of) for row_id, as_of in imported)
    return tuple(Source(system=system, record=record, as_of=as_of) for system, as_of in named.items())


def _oldest(named: Iterable[tuple[str, datetime]]) -> dict[str, datetime]:
    oldest: dict[str, datetime] = {}
    for name, as_of in named:
        oldest[name] = min(as_of, oldest.get(name, as_of))
    return oldest


def _from_file(file: ImportedFile | None, as_of: datetime) -> tuple[str, datetime]:
    """The file that an imported row came from, and the moment it speaks for."""
    return (file.shown, max(as_of, file.as_of)) if file is not None else (system_name(IMPORT), as_of)


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
