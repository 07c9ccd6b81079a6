"""A desk to ask tools at: the hand-made portfolio on both databases, and ways out that only write down."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.db.engine import Database
from app.db.models.maintenance import WorkOrder
from app.domain.clock import CountingIds, FixedClock
from app.domain.delivery import Delivery
from app.domain.errors import NotAllowed
from app.domain.principal import Principal
from app.integrations.writing import RecordKind, RecordSystem, Write
from app.portfolio.register import Register
from app.tools.core.registry import AnyTool
from app.tools.core.services import Services
from app.tools.core.tool import Preparation, Presentation, ToolContext, ToolOutput
from tests.knowledge.shelves import documents_in
from tests.tools import world


@dataclass
class Outbox:
    """Takes messages and writes them down; a repeated key is taken once. `blocked` are opted-out numbers."""

    sent: dict[str, tuple[str, ...]] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)

    async def send_sms(self, *, sender: Principal, to: str, body: str, idempotency_key: str) -> Delivery:
        if to in self.blocked:
            raise NotAllowed("This person has opted out of text messages.")
        self.sent.setdefault(idempotency_key, ("sms", to, body))
        return Delivery(provider="outbox", message_id=idempotency_key, status="queued")

    async def send_email(
        self, *, sender: Principal, to: str, subject: str, body: str, idempotency_key: str
    ) -> Delivery:
        self.sent.setdefault(idempotency_key, ("email", to, subject, body))
        return Delivery(provider="outbox", message_id=idempotency_key, status="sent")

    async def find(self, *, workspace_id: str, idempotency_key: str) -> Delivery | None:
        if idempotency_key not in self.sent:
            return None
        return Delivery(provider="outbox", message_id=idempotency_key, status="sent")


@dataclass
class PropertySystem:
    """A property system that takes work orders straight into the read model, as a connector's read-back would."""

    db: Database
    source: str = "entrata"
    writes: frozenset[RecordKind] = frozenset({"work_order"})
    made: dict[str, str] = field(default_factory=dict)
    crm: str = "sophia"  # whose deals can be moved

    def of(self, source: str, kind: RecordKind) -> RecordSystem:
        if source in ("sophia", self.crm):
            return self.keeper(kind)
        if source != self.source or kind not in self.writes:
            raise NotAllowed(f"{source} can only be read.")
        return self

    def keeper(self, kind: RecordKind, source: str = "") -> RecordSystem:
        return Register(self.db, FixedClock(world.NOW))

    async def write(self, write: Write) -> str:
        if write.record_id:
            async with self.db.transaction() as session:
                row = await session.get_one(WorkOrder, (write.workspace_id, write.record_id))
                for name, value in write.values.items():
                    setattr(row, name, value)
            return write.record_id
        if write.idempotency_key not in self.made:
            row_id = f"entrata:wo{3000 + len(self.made)}"
            async with self.db.transaction() as session:
                session.add(
                    WorkOrder(
                        workspace_id=write.workspace_id, id=row_id, as_of=world.NOW,
                        number=row_id.removeprefix("entrata:wo"), status="open",
                        created_at=world.NOW, updated_at=world.NOW, **write.values,
                    )
                )  # fmt: skip
            self.made[write.idempotency_key] = row_id
        return self.made[write.idempotency_key]

    async def find(self, kind: RecordKind, *, workspace_id: str, idempotency_key: str) -> str | None:
        return self.made.get(idempotency_key)


def _tool(name: str) -> AnyTool:
    return importlib.import_module(f"app.tools.{name}").TOOL


@dataclass
class Desk:
    """Asks tools in a person's name and returns what they show."""

    db: Database
    outbox: Outbox
    system: PropertySystem

    def context(self, principal: Principal = world.ADMIN, key: str = "") -> ToolContext:
        services = Services(messages=self.outbox, systems=self.system, documents=documents_in(self.db))
        return ToolContext(principal, FixedClock(world.NOW), CountingIds(), self.db, services, idempotency_key=key)

    async def result(self, name: str, /, principal: Principal = world.ADMIN, key: str = "", **given: Any) -> ToolOutput:
        tool = _tool(name)
        return await tool.run(self.context(principal, key), tool.args.model_validate(given))

    async def ask(self, name: str, /, principal: Principal = world.ADMIN, key: str = "", **given: Any) -> Presentation:
        tool = _tool(name)
        args = tool.args.model_validate(given)
        return tool.present(args, await tool.run(self.context(principal, key), args))

    async def prepare(self, name: str, /, principal: Principal = world.ADMIN, **given: Any) -> Preparation:
        tool = _tool(name)
        assert tool.prepare is not None
        return await tool.prepare(self.context(principal), tool.args.model_validate(given))

    async def do(self, name: str, /, key: str = "k1", principal: Principal = world.ADMIN, **given: Any) -> Presentation:
        """Prepare, then carry out exactly what was prepared, as the gate does after an approval."""
        prepared = await self.prepare(name, principal, **given)
        return await self.ask(name, principal, key, **prepared.arguments)


@pytest.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    """The hand-made portfolio, on SQLite and on PostgreSQL."""
    await world.build(db)
    yield Desk(db, Outbox(), PropertySystem(db))


@pytest.fixture
async def sqlite_desk(sqlite_db: Database) -> AsyncIterator[Desk]:
    """The same on SQLite alone, for what does not depend on the database."""
    await world.build(sqlite_db)
    yield Desk(sqlite_db, Outbox(), PropertySystem(sqlite_db))
