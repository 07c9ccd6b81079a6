"""How fresh the read model is, per source system, for the Home tab and for operators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db.engine import Database
from app.db.models.sync import SyncState
from app.portfolio.sources import system_name


@dataclass(frozen=True)
class SourceState:
    """One system: when it was last read in full, whether its last attempt failed, and how many rows were read so far
    by a reading that goes on now (None when there is none)."""

    system: str
    read_at: datetime | None
    failing: bool
    reading: int | None = None


async def freshness(db: Database, workspace_id: str, now: datetime) -> list[SourceState]:
    """The systems this workspace reads, by name. `read_at` is the oldest of its resources' last successes."""
    async with db.reading() as session:
        rows = list(await session.scalars(select(SyncState).where(SyncState.workspace_id == workspace_id)))
    systems: dict[str, list[SyncState]] = {}
    for row in rows:
        systems.setdefault(row.id.partition(":")[0], []).append(row)
    return [
        SourceState(
            system=system_name(source),
            read_at=None if any(row.last_success_at is None for row in states) else _oldest(states),
            failing=any(row.last_error for row in states),
            reading=_being_read(states, now),
        )
        for source, states in sorted(systems.items())
    ]


def _being_read(states: list[SyncState], now: datetime) -> int | None:
    held = [row.rows for row in states if row.held_until is not None and row.held_until > now]
    return sum(held) if held else None


def _oldest(states: list[SyncState]) -> datetime | None:
    return min((row.last_success_at for row in states if row.last_success_at is not None), default=None)
