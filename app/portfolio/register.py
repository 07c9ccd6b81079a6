"""Sophia's own register: records that she keeps herself because no connected system does.

A record made for an approved action has the action's idempotency key as its id, so that a repeat changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.engine import Database
from app.db.models.base import Sourced
from app.db.models.business import CallNote, Company, Contact, Deal, Task
from app.domain.answer import Source
from app.domain.clock import Clock
from app.domain.errors import NotFound
from app.integrations.writing import RecordKind, Write
from app.portfolio.find import folded
from app.portfolio.sources import SOPHIA, system_name

Row = TypeVar("Row", bound=Sourced)


def register_id(idempotency_key: str) -> str:
    """The read-model id of the record that an action makes."""
    return f"{SOPHIA}:{idempotency_key}"


async def record_once(session: AsyncSession, model: type[Row], workspace_id: str, key: str, **values: Any) -> Row:
    """The record of that idempotency key, made now unless it was made before."""
    row_id = register_id(key)
    known = await session.get(model, (workspace_id, row_id))
    if known is not None:
        return known
    make: Any = model
    row: Row = make(workspace_id=workspace_id, id=row_id, **values)
    session.add(row)
    await session.flush()
    return row


async def recorded(session: AsyncSession, model: type[Sourced], workspace_id: str, key: str) -> bool:
    """Whether the action of that idempotency key has made its record."""
    return await session.get(model, (workspace_id, register_id(key))) is not None


def own_source(record: str, now: datetime) -> tuple[Source, ...]:
    """The source line of something that was just written to the register."""
    return (Source(system=system_name(SOPHIA), record=record, as_of=now),)


class Register:
    """The register as a taker of writes (`app.integrations.writing.RecordSystem`): deals, tasks, notes and contacts
    that no connected system keeps."""

    source = SOPHIA
    writes: frozenset[RecordKind] = frozenset({"deal", "note", "task", "contact"})

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def write(self, write: Write) -> str:
        """Makes or changes the record; a repeat under the same key changes nothing."""
        async with self._db.transaction() as session:
            match write.kind:
                case "deal":
                    return await self._deal(session, write)
                case "contact":
                    return await self._contact(session, write)
                case _:
                    made = {"created_at": self._clock.now(), **_columns(write)}
                    return (await self._once(session, _MODELS[write.kind], write, made)).id

    async def find(self, kind: RecordKind, *, workspace_id: str, idempotency_key: str) -> str | None:
        """What an action made: its id is known beforehand."""
        row_id = register_id(idempotency_key)
        async with self._db.reading() as session:
            return row_id if await session.get(_MODELS[kind], (workspace_id, row_id)) is not None else None

    async def _deal(self, session: AsyncSession, write: Write) -> str:
        deal = await session.get(Deal, (write.workspace_id, write.record_id))
        if deal is None:
            raise NotFound("I don't have that deal.", next_step="Please check its name.")
        deal.stage = write.values["stage"]
        deal.updated_at = deal.as_of = self._clock.now()
        return deal.id

    async def _contact(self, session: AsyncSession, write: Write) -> str:
        columns = _columns(write)
        if not columns["company_id"] and (name := write.values.get("company")):
            columns["company_id"] = (await self._once(session, Company, write, {"name": name})).id
        return (await self._once(session, Contact, write, columns)).id

    async def _once(self, session: AsyncSession, model: type[Row], write: Write, columns: dict[str, Any]) -> Row:
        now = self._clock.now()
        return await record_once(session, model, write.workspace_id, write.idempotency_key, as_of=now, **columns)


_MODELS: Final[Mapping[RecordKind, type[Sourced]]] = {
    "deal": Deal,
    "note": CallNote,
    "task": Task,
    "contact": Contact,
}


def _columns(write: Write) -> dict[str, Any]:
    """The values that are columns of the record's own table."""
    values = write.values
    match write.kind:
        case "task":
            return {name: values[name] for name in ("title", "assignee", "due_on", "created_by")}
        case "note":
            return {name: values[name] for name in ("contact_id", "note", "created_by")}
        case _:
            columns = {name: values.get(name) for name in ("name", "company_id")}
            return {
                **columns,
                "search_name": folded(values["name"]),
                "email": values.get("email") or "",
                "phone": values.get("phone") or "",
            }
