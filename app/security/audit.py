"""The append-only record of who did what: a chain of signed entries for each workspace.

Each entry's digest signs the entry and the digest before it, so an edited, moved or removed row breaks the chain at
its place. A cut tail is noticed when the chain's head was anchored outside the database (app/security/anchors.py).
Not for: logs for operators (app/telemetry/logs.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.batch import Batch
from app.db.engine import Database
from app.db.models.security import AuditEntry, AuditHead
from app.db.upsert import insert_or_ignore
from app.domain.clock import Clock
from app.security.canonical import canonical
from app.security.keys import Signer

VERIFY_CHUNK = 2000
LONGEST_DETAIL = 8000  # characters


@dataclass(frozen=True)
class AuditEvent:
    """Something that happened. `actor` is a user id or `sophia`; `subject` what it happened to."""

    workspace_id: str
    actor: str
    action: str
    subject: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Verification:
    """`problem` is empty when the chain of `entries` entries is whole; else `number` is where it breaks."""

    entries: int
    problem: str = ""
    number: int | None = None

    @property
    def whole(self) -> bool:
        return not self.problem


# Built once: every call writes the chain, and building these costs more than running them.
_APPEND = insert(AuditEntry)
_MOVE_HEAD = update(AuditHead).where(AuditHead.workspace_id == bindparam("of")).values(digest=bindparam("newest"))
_RESERVE = (
    update(AuditHead)
    .where(AuditHead.workspace_id == bindparam("of"))
    .values(number=AuditHead.number + bindparam("more"))
    .returning(AuditHead.number, AuditHead.digest)
)


class AuditLog:
    """Adds entries and checks the chain. `redact` removes secrets from every string before it is stored."""

    def __init__(self, db: Database, signer: Signer, clock: Clock, redact: Callable[[Any], Any]) -> None:
        self._db = db
        self._signer = signer
        self._clock = clock
        self._redact = redact
        self._batch: Batch[AuditEvent, None] = Batch(self._write_group)

    async def append(self, event: AuditEvent) -> None:
        """Stores one entry in its own (shared) transaction; returns when it is committed."""
        await self._batch.add(event)

    async def append_in(self, session: AsyncSession, *events: AuditEvent) -> None:
        """Stores entries in the caller's transaction. Call it last there: the chain stays locked until the commit."""
        await self._add(session, [self._pending(event) for event in events])

    async def head(self, workspace_id: str) -> tuple[int, str]:
        """Number and digest of the newest entry; (0, "") for an empty chain."""
        async with self._db.reading() as session:
            head = await session.get(AuditHead, workspace_id)
            return (0, "") if head is None else (head.number, head.digest)

    async def newest(self, workspace_id: str, limit: int = 50) -> list[AuditEntry]:
        """The last entries, newest first."""
        async with self._db.reading() as session:
            found = await session.scalars(
                select(AuditEntry)
                .where(AuditEntry.workspace_id == workspace_id)
                .order_by(AuditEntry.number.desc())
                .limit(limit)
            )
            return list(found)

    async def workspaces(self) -> list[str]:
        """All workspaces that have a chain."""
        async with self._db.reading() as session:
            entries = select(AuditEntry.workspace_id).distinct()
            return sorted(await session.scalars(entries.union(select(AuditHead.workspace_id))))

    async def verify(self, workspace_id: str, anchors: Mapping[int, str] | None = None) -> Verification:
        """Walks the whole chain. `anchors` are digests by entry number that were kept outside the database."""
        anchors = anchors or {}
        number, digest = 0, ""
        while True:
            async with self._db.reading() as session:
                chunk = await session.scalars(
                    select(AuditEntry)
                    .where(AuditEntry.workspace_id == workspace_id, AuditEntry.number > number)
                    .order_by(AuditEntry.number)
                    .limit(VERIFY_CHUNK)
                )
                entries = list(chunk)
            for entry in entries:
                if entry.number != number + 1:
                    return Verification(number, f"entry {number + 1} was removed", number + 1)
                if not self._signer.accepts(digest + _content(entry), entry.digest):
                    return Verification(number, f"entry {entry.number} was changed", entry.number)
                if anchors.get(entry.number, entry.digest) != entry.digest:
                    return Verification(number, f"entry {entry.number} is not the anchored one", entry.number)
                number, digest = entry.number, entry.digest
            if len(entries) < VERIFY_CHUNK:
                break
        return await self._verify_end(workspace_id, number, digest, anchors)

    async def _verify_end(
        self, workspace_id: str, number: int, digest: str, anchors: Mapping[int, str]
    ) -> Verification:
        anchored = max(anchors, default=0)
        if anchored > number:
            return Verification(number, f"entries {number + 1} to {anchored} were cut off the end", number + 1)
        head_number, head_digest = await self.head(workspace_id)
        if head_number < number or (head_number == number and head_digest != digest):
            return Verification(number, "the chain's head was changed", number)
        if head_number > number and not await self._grew(workspace_id, number):
            return Verification(number, f"entries {number + 1} to {head_number} were cut off the end", number + 1)
        return Verification(number)

    async def _grew(self, workspace_id: str, number: int) -> bool:
        """True when entries after `number` exist by now, written while the chain was being walked."""
        async with self._db.reading() as session:
            return await session.get(AuditEntry, (workspace_id, number + 1)) is not None

    def _pending(self, event: AuditEvent) -> _Pending:
        detail = canonical(self._redact(dict(event.detail)))
        if len(detail) > LONGEST_DETAIL:
            detail = canonical({"cut": True, "start": detail[:LONGEST_DETAIL]})
        return _Pending(
            workspace_id=event.workspace_id,
            at=self._clock.now(),
            actor=event.actor[:64],
            action=event.action[:80],
            subject=self._redact(event.subject)[:200],
            detail=detail,
        )

    async def _write_group(self, group: Sequence[AuditEvent]) -> Sequence[None]:
        async with self._db.transaction() as session:
            await self.append_in(session, *group)
        return [None] * len(group)

    async def _add(self, session: AsyncSession, group: Sequence[_Pending]) -> None:
        for workspace_id in sorted({pending.workspace_id for pending in group}):
            mine = [pending for pending in group if pending.workspace_id == workspace_id]
            number, digest = await self._lock_head(session, workspace_id, len(mine))
            rows: list[dict[str, Any]] = []
            for pending in mine:
                number += 1
                row = {**vars(pending), "number": number}
                digest = self._signer.sign(digest + _content(AuditEntry(**row)))
                rows.append({**row, "digest": digest})
            connection = await session.connection()
            await connection.execute(_APPEND, rows)
            await connection.execute(_MOVE_HEAD, {"of": workspace_id, "newest": digest})

    async def _lock_head(self, session: AsyncSession, workspace_id: str, count: int) -> tuple[int, str]:
        """Reserves `count` numbers; returns the number and digest before them. The row's lock orders all writers."""
        connection, these = await session.connection(), {"of": workspace_id, "more": count}
        found = (await connection.execute(_RESERVE, these)).one_or_none()
        if found is None:
            await insert_or_ignore(session, AuditHead, {"workspace_id": workspace_id, "number": 0, "digest": ""})
            found = (await connection.execute(_RESERVE, these)).one()
        return found.number - count, found.digest


@dataclass(frozen=True)
class _Pending:
    workspace_id: str
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str


def _content(entry: AuditEntry) -> str:
    """What an entry's digest signs besides the digest before it."""
    return canonical(
        [
            entry.workspace_id,
            entry.number,
            entry.at.isoformat(timespec="microseconds"),
            entry.actor,
            entry.action,
            entry.subject,
            entry.detail,
        ]
    )
