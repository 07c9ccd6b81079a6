"""Where the reading of one resource of one property stands (`sync_states`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.property import SyncState
from app.portfolio.sync.report import SyncMode

STALE = timedelta(hours=24)  # an unfinished reading older than this begins anew


@dataclass(frozen=True)
class Place:
    """A reading in progress. `since` is None for a full one; `cursor` is the page to read next."""

    mode: Literal["full", "incremental"]
    started: datetime
    since: datetime | None = None
    cursor: str = ""

    def at(self, cursor: str) -> Place:
        return replace(self, cursor=cursor)

    def dumped(self) -> str:
        made = {"m": self.mode[0], "s": self.started.isoformat(), "c": self.cursor}
        if self.since is not None:
            made["f"] = self.since.isoformat()
        return orjson.dumps(made).decode()


def _loaded(text: str) -> Place | None:
    if not text:
        return None
    raw = orjson.loads(text)
    since = datetime.fromisoformat(raw["f"]) if "f" in raw else None
    return Place("full" if raw["m"] == "f" else "incremental", datetime.fromisoformat(raw["s"]), since, raw["c"])


@dataclass(frozen=True)
class PlaceKey:
    """Which state row it is. `property_id` is the source's own id, empty for the whole account."""

    workspace_id: str
    source: str
    resource: str
    property_id: str

    @property
    def row_id(self) -> str:
        return f"{self.source}:{self.resource}:{self.property_id or '*'}"


async def begin(
    session: AsyncSession, key: PlaceKey, *, mode: SyncMode, incremental: bool, overlap: timedelta, now: datetime
) -> Place:
    """The place to read from: where an unfinished reading stopped, else a new full or incremental one. Notes the
    attempt."""
    state = await _state(session, key)
    state.last_attempt_at = now
    unfinished = _loaded(state.cursor)
    if unfinished is not None and now - unfinished.started < STALE and (mode != "full" or unfinished.mode == "full"):
        return unfinished
    if mode == "full" or not incremental or state.last_success_at is None:
        place = Place("full", now)
    else:
        place = Place("incremental", now, since=state.last_success_at - overlap)
    state.cursor, state.rows = place.dumped(), 0
    return place


async def advance(session: AsyncSession, key: PlaceKey, place: Place, rows: int) -> None:
    """A page was stored; `place` is the one after it."""
    state = await _state(session, key)
    state.cursor = place.dumped()
    state.rows += rows


async def finish(session: AsyncSession, key: PlaceKey, place: Place) -> None:
    """The reading is whole. What it saw is at least as new as its start."""
    state = await _state(session, key)
    state.cursor, state.last_error, state.last_success_at = "", "", place.started


async def fail(session: AsyncSession, key: PlaceKey, sentence: str, *, restart: bool) -> None:
    """The reading stopped; it goes on from its place next time, or from its beginning when `restart`."""
    state = await _state(session, key)
    state.last_error = sentence[:500]
    if restart:
        state.cursor = ""


async def _state(session: AsyncSession, key: PlaceKey) -> SyncState:
    state = await session.get(SyncState, (key.workspace_id, key.row_id))
    if state is None:
        state = SyncState(workspace_id=key.workspace_id, id=key.row_id, cursor="", last_error="", rows=0)
        session.add(state)
    return state
