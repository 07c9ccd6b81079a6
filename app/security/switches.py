"""The kill switch: one tool, one integration, or Sophia as a whole, off within seconds on every replica.

Switches live in the database and are read at most every two seconds by each process. Switches of the workspace `*`
hold for every workspace.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.db.engine import Database
from app.db.models.security import Switch
from app.db.upsert import insert_for
from app.domain.clock import Clock
from app.domain.errors import Fixable, NotAllowed
from app.security.audit import AuditEvent, AuditLog

EVERYWHERE = "*"
BOT = "bot"
_KINDS = ("tool", "integration")


@dataclass(frozen=True)
class Thrown:
    """A switch that is off now."""

    workspace_id: str
    name: str
    reason: str
    changed_by: str
    changed_at: datetime


class Switches:
    def __init__(self, db: Database, clock: Clock, audit: AuditLog, *, cache_seconds: float = 2.0) -> None:
        self._db = db
        self._clock = clock
        self._audit = audit
        self._cache_for = timedelta(seconds=cache_seconds)
        self._known: dict[tuple[str, str], Thrown] = {}
        self._known_until: datetime | None = None

    async def require(self, workspace_id: str, *names: str) -> None:
        """Raises NotAllowed with a sentence when the bot or one of `names` (`tool:send_sms`) is off."""
        thrown = await self._current()
        for name in (BOT, *names):
            off = thrown.get((workspace_id, name)) or thrown.get((EVERYWHERE, name))
            if off is not None:
                why = f": {off.reason.rstrip('.')}." if off.reason else "."
                raise NotAllowed(
                    f"{_what(name)} is switched off at the moment{why}",
                    next_step="An administrator can switch it on again.",
                    code="switched_off",
                )

    async def set(self, workspace_id: str, name: str, *, on: bool, by: str, reason: str = "") -> None:
        """Throws a switch and records it in the audit chain. Raises Fixable for a name that nothing has."""
        kind, _, target = name.partition(":")
        if name != BOT and not (kind in _KINDS and target):
            raise Fixable(
                f"There is no switch “{name}”.",
                next_step="Use bot, tool:<name> or integration:<name>.",
                code="unknown_switch",
            )
        values = {"on": on, "reason": reason[:300], "changed_by": by, "changed_at": self._clock.now()}
        event = AuditEvent(
            workspace_id=workspace_id,
            actor=by,
            action="switch.on" if on else "switch.off",
            subject=name,
            detail={"reason": reason},
        )
        async with self._db.transaction() as session:
            await session.execute(
                insert_for(session, Switch)
                .values(workspace_id=workspace_id, id=name, **values)
                .on_conflict_do_update(index_elements=["workspace_id", "id"], set_=values)
            )
            await self._audit.append_in(session, event)
        self._known_until = None

    async def thrown(self) -> list[Thrown]:
        """Everything that is off now, read afresh."""
        self._known_until = None
        return list((await self._current()).values())

    async def _current(self) -> dict[tuple[str, str], Thrown]:
        now = self._clock.now()
        if self._known_until is None or now >= self._known_until:
            async with self._db.reading() as session:
                rows = list(await session.scalars(select(Switch).where(Switch.on.is_(False))))
            self._known = {
                (row.workspace_id, row.id): Thrown(row.workspace_id, row.id, row.reason, row.changed_by, row.changed_at)
                for row in rows
            }
            self._known_until = now + self._cache_for
        return self._known


def _what(name: str) -> str:
    kind, _, target = name.partition(":")
    if kind == BOT:
        return "Sophia"
    if kind == "integration":
        return f"The connection to {target.capitalize()}"
    return f"“{target.replace('_', ' ').capitalize()}”"
