"""How each resource of each connected system stands: what was read, how old it is, what failed. For operators; what a
person sees of a source's age in an answer is app/portfolio/sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select

from app.db.engine import Database
from app.db.models.sync import SyncState
from app.integrations.base import ConnectorSpec, Resource

Standing = Literal["fresh", "late", "failing", "never read"]


@dataclass(frozen=True)
class Progress:
    """A resource that is being read: by how many readings at once, the rows they have stored so far, rows a second."""

    parts: int
    rows: int
    rate: float


@dataclass(frozen=True)
class ResourceStanding:
    """One resource. `parts` were begun (a property each, or the account), `unread` of them never came to an end.
    `age` is that of the part read longest ago, None when a part was never read whole."""

    source: str
    label: str
    resource: str
    target: timedelta
    parts: int = 0
    unread: int = 0
    age: timedelta | None = None
    error: str = ""
    reading: Progress | None = None

    @property
    def standing(self) -> Standing:
        if self.error:
            return "failing"
        if self.age is None:
            return "never read"
        return "fresh" if self.age <= self.target else "late"


async def standings(
    db: Database, workspace_id: str, specs: list[ConnectorSpec], now: datetime
) -> list[ResourceStanding]:
    """The resources of these connectors, in the order in which they are read."""
    async with db.reading() as session:
        states = list(await session.scalars(select(SyncState).where(SyncState.workspace_id == workspace_id)))
    return [
        _standing(spec, resource, [one for one in states if one.id.startswith(f"{spec.key}:{resource.key}:")], now)
        for spec in specs
        for resource in spec.resources
    ]


def _standing(spec: ConnectorSpec, resource: Resource, states: list[SyncState], now: datetime) -> ResourceStanding:
    read = [state.last_success_at for state in states if state.last_success_at is not None]
    unread = len(states) - len(read)
    return ResourceStanding(
        source=spec.key,
        label=spec.label,
        resource=resource.label,
        target=resource.fresh_within,
        parts=len(states),
        unread=unread,
        age=now - min(read) if read and not unread else None,
        error=next((state.last_error for state in states if state.last_error), ""),
        reading=_progress([state for state in states if state.held_until is not None and state.held_until > now], now),
    )


def _progress(held: list[SyncState], now: datetime) -> Progress | None:
    if not held:
        return None
    rows = sum(state.rows for state in held)
    begun = min((state.last_attempt_at for state in held if state.last_attempt_at is not None), default=now)
    seconds = (now - begun).total_seconds()
    return Progress(len(held), rows, rows / seconds if seconds > 0 else 0.0)
