"""Where the reading of one resource of one property stands, and whose it is (`sync_states`).

Several processes sync one workspace: a part is read by the run that holds it. A hold is renewed with every page; that
of a run that died ends by itself, and whoever takes the part over goes on at the page where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson
from sqlalchemy import CursorResult, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.sync import SyncState
from app.db.upsert import insert_or_ignore
from app.portfolio.sync.report import SyncMode

STALE = timedelta(hours=24)  # an unfinished reading older than this begins anew
HOLD = timedelta(minutes=5)  # a page that takes longer may be read twice; it is stored once

Left = Literal["held", "rested"]
"""Why a part is not read: another run holds it, or it was read so recently that it rests."""


@dataclass(frozen=True)
class Place:
    """A reading in progress. `since` is None for a full one; `cursor` is the page to read next. `second`: it has come
    to its end once and is made again, because of rows that did not come."""

    mode: Literal["full", "incremental"]
    started: datetime
    since: datetime | None = None
    cursor: str = ""
    second: bool = False

    def at(self, cursor: str) -> Place:
        return replace(self, cursor=cursor)

    def dumped(self) -> str:
        made = {"m": self.mode[0], "s": self.started.isoformat(), "c": self.cursor}
        if self.since is not None:
            made["f"] = self.since.isoformat()
        if self.second:
            made["n"] = "2"
        return orjson.dumps(made).decode()


def _loaded(text: str) -> Place | None:
    if not text:
        return None
    raw = orjson.loads(text)
    since = datetime.fromisoformat(raw["f"]) if "f" in raw else None
    mode = "full" if raw["m"] == "f" else "incremental"
    return Place(mode, datetime.fromisoformat(raw["s"]), since, raw["c"], second="n" in raw)


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


class TakenOver(Exception):
    """Another run holds the part by now, or somebody wants it read anew: nothing of this page is stored."""


@dataclass(frozen=True)
class Claim:
    """Who wants to read, how, and how recently read parts they leave alone."""

    holder: str
    mode: SyncMode
    rest: timedelta
    now: datetime


async def begin(
    session: AsyncSession, key: PlaceKey, claim: Claim, *, incremental: bool, overlap: timedelta
) -> Place | Left:
    """Takes hold of the part and notes the attempt. The place to read from is where an unfinished reading stopped,
    else a new full or incremental one."""
    state = await _held(session, key, claim)
    if state is None:
        return "held"
    mode, now = claim.mode, claim.now
    if _rests(state, claim):
        state.held_by, state.held_until = "", None
        return "rested"
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


async def _held(session: AsyncSession, key: PlaceKey, claim: Claim) -> SyncState | None:
    """The part's row, held by the claim's run from now on; None when another one holds it. One statement decides, so
    of two runs that ask at once one gets it."""
    fresh = {"cursor": "", "last_error": "", "rows": 0, "held_by": ""}
    await insert_or_ignore(session, SyncState, {"workspace_id": key.workspace_id, "id": key.row_id, **fresh})
    row = (SyncState.workspace_id == key.workspace_id, SyncState.id == key.row_id)
    free = or_(SyncState.held_until.is_(None), SyncState.held_until < claim.now, SyncState.held_by == claim.holder)
    taken: CursorResult[Any] = await session.execute(  # type: ignore[assignment]
        update(SyncState).where(*row, free).values(held_by=claim.holder, held_until=claim.now + HOLD)
    )
    if not taken.rowcount:
        return None
    return await session.get_one(SyncState, (key.workspace_id, key.row_id), populate_existing=True)


def _rests(state: SyncState, claim: Claim) -> bool:
    """An unfinished reading never rests, unless it failed: then it waits like a finished one."""
    if state.cursor and not state.last_error:
        return False
    read = state.last_full_at if claim.mode == "full" else state.last_attempt_at
    return read is not None and claim.now - read < claim.rest


async def advance(session: AsyncSession, key: PlaceKey, holder: str, place: Place, *, rows: int, now: datetime) -> None:
    """A page was stored; `place` is the one after it. Raises TakenOver when the part is another run's by now, or is to
    be read anew (its row is gone)."""
    state = await session.get(SyncState, (key.workspace_id, key.row_id), with_for_update=True)
    if state is None or state.held_by != holder:
        raise TakenOver
    state.cursor, state.held_until = place.dumped(), now + HOLD
    state.rows += rows


async def finish(session: AsyncSession, key: PlaceKey, place: Place) -> None:
    """The reading is whole. What it saw is at least as new as its start."""
    state = await session.get_one(SyncState, (key.workspace_id, key.row_id))
    state.cursor, state.last_error, state.last_success_at = "", "", place.started
    state.held_by, state.held_until = "", None
    if place.mode == "full":
        state.last_full_at = place.started


async def fail(session: AsyncSession, key: PlaceKey, holder: str, sentence: str, *, restart: bool) -> None:
    """The reading stopped; it goes on from its place next time, or from its beginning when `restart`. Of a part that
    another run holds by now, or that is to be read anew, nothing is said."""
    state = await session.get(SyncState, (key.workspace_id, key.row_id), with_for_update=True)
    if state is None or state.held_by != holder:
        return
    state.held_by, state.held_until = "", None
    state.last_error = sentence[:500]
    if restart:
        state.cursor = ""
