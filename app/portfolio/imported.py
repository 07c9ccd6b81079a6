"""Which file the rows of a community were imported from, for the line under every answer.

An import notes in `sync_states` for every community and resource it wrote: the file (`cursor`), the moment the file
speaks for (`last_success_at`) and when it was imported (`last_attempt_at`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.sync import SyncState

IMPORT = "import"
"""Source key of imported rows. Their ids are `import:<community>/…`, where the community is the rest of its own id when
it was imported too (`import:maple-grove/204`), else its whole id (`import:entrata:1/gl/rent/2026-03`)."""


@dataclass(frozen=True)
class ImportedFile:
    """`name` with its kind: "rent roll Maple.xlsx"."""

    name: str
    as_of: datetime
    imported_at: datetime

    @property
    def shown(self) -> str:
        return f"{self.name}, imported {self.imported_at:%b %-d, %Y}"


def home_of(row_id: str) -> str:
    """The property id of an imported row, by its own id."""
    community = row_id.removeprefix(f"{IMPORT}:").partition("/")[0]
    return community if ":" in community else f"{IMPORT}:{community}"


async def imported_files(session: AsyncSession, workspace_id: str, resource: str) -> dict[str, ImportedFile]:
    """The last file of a resource ("units", "leases" …) by property id."""
    prefix = f"{IMPORT}:{resource}:"
    found = await session.scalars(
        select(SyncState).where(
            SyncState.workspace_id == workspace_id, SyncState.id.startswith(prefix, autoescape=True)
        )
    )
    return {
        state.id.removeprefix(prefix): ImportedFile(state.cursor, state.last_success_at, state.last_attempt_at)
        for state in found
        if state.last_success_at is not None and state.last_attempt_at is not None
    }
