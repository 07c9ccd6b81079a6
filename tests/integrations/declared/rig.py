"""Every declared service, opened against a scripted server: its tools are run as the gate would run them."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from app.domain.clock import CountingIds
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.http.outbound import Outbound
from app.integrations.declared.client import DeclaredService
from app.integrations.declared.operation import Operation, Write
from app.integrations.declared.registry import BUILT_IN, discover
from app.integrations.declared.service import Service
from app.tools.core.complaints import checked
from app.tools.core.registry import AnyTool
from app.tools.core.tool import ToolContext
from app.tools.declared.showing import DeclaredResult
from app.tools.declared.tools import tool_of
from tests.http.scripted import Answer, Scripted, scripted

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
ME = Principal(WorkspaceId("W1"), UserId("U-ADA"), "Ada", frozenset({Role.ADMIN}))
SECRET = "the-key-that-nobody-may-see-4711"
MADE_UP = Path(__file__).parent / "services"
"""Services that don't exist, for what the real ones don't use: other ways of signing in, of paging, of writing once."""
OWN_FOLDER = os.environ.get("SERVICES_FOLDER", "")
SERVICES = discover([BUILT_IN, MADE_UP, *([Path(OWN_FOLDER)] if OWN_FOLDER else [])])


@dataclass(frozen=True)
class Case:
    """One operation of one service."""

    service: Service
    tool: str

    @property
    def operation(self) -> Operation:
        return self.service.operations[self.tool]

    @property
    def write(self) -> Write:
        """What makes it a write. Only for those of WRITES."""
        assert self.operation.write is not None
        return self.operation.write

    @property
    def arguments(self) -> dict[str, Any]:
        """Every argument with a value that its schema takes."""
        return {name: example(one.schema_ or {}) for name, one in self.operation.arguments.items()}

    def __str__(self) -> str:
        return f"{self.service.service}:{self.tool}"


CASES = [Case(service, tool) for service in SERVICES.values() for tool in service.operations]
READS = [case for case in CASES if case.operation.write is None]
LISTS = [case for case in READS if case.operation.rows is not None]
PAGED = [case for case in LISTS if case.operation.pages is not None]
WRITES = [case for case in CASES if case.operation.write is not None]
ERRING = [case for case in READS if case.service.errors.code]
LINKED = [case for case in READS if case.operation.link is not None]
LOOKING = [case for case in WRITES if case.write.look_first is not None]
PROVEN = [case for case in WRITES if case.write.read_back is not None]
KEYED = [case for case in WRITES if case.write.once == "key_header"]


def example(schema: dict[str, Any]) -> Any:
    """A value that the schema takes."""
    if "enum" in schema:
        return schema["enum"][-1]
    if "example" in schema or "examples" in schema:
        return schema.get("example") or schema["examples"][0]
    kinds = {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1.5), "boolean": True}
    given = schema.get("type", "")
    kind = given[0] if isinstance(given, list) else given
    if kind == "array":
        return [example(schema["items"])]
    if schema.get("format") == "date":
        return "2026-03-18"
    return kinds.get(kind, "example")


@dataclass
class PassingClock:
    """A clock that goes on when somebody waits."""

    at: datetime = NOW
    waits: list[float] = field(default_factory=list[float])

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)


@dataclass
class Tried:
    """A tool whose service is the scripted server."""

    case: Case
    tool: AnyTool
    opened: DeclaredService
    server: Scripted
    clock: PassingClock

    async def run(self, *script: Answer, rows: int = 1000, key: str = "", **arguments: Any) -> DeclaredResult:
        """What the tool's run returns while the server answers so; the last answer is repeated."""
        self._plays(script)
        args = checked(self.tool.args, arguments or self.case.arguments)
        return await self.tool.run(self.context(rows=rows, key=key), args)

    async def prepare(self, *script: Answer, **arguments: Any) -> Any:
        self._plays(script)
        assert self.tool.prepare is not None
        return await self.tool.prepare(self.context(), checked(self.tool.args, arguments or self.case.arguments))

    async def reconcile(self, *script: Answer, key: str) -> Any:
        self._plays(script)
        assert self.tool.reconcile is not None
        return await self.tool.reconcile(self.context(key=key), checked(self.tool.args, self.case.arguments))

    def shown(self, result: DeclaredResult) -> Any:
        return self.tool.present(checked(self.tool.args, self.case.arguments), result)

    def context(self, *, rows: int = 1000, key: str = "") -> ToolContext:
        nothing = cast(Any, None)
        return ToolContext(ME, self.clock, CountingIds(), nothing, nothing, idempotency_key=key, rows=rows)

    @property
    def waits(self) -> list[float]:
        return self.clock.waits

    @property
    def asked(self) -> list[bytes]:
        """The raw requests of the last step."""
        return self.server.seen

    def _plays(self, script: tuple[Answer, ...]) -> None:
        self.server.script[:] = script
        self.server.seen.clear()
        self.clock.waits.clear()
        self.clock.at += timedelta(minutes=5)


@asynccontextmanager
async def tried(case: Case) -> AsyncGenerator[Tried]:
    clock = PassingClock()
    outbound = Outbound(clock, sleep=clock.sleep, monotonic=clock.seconds, chance=lambda: 0.0)
    async with scripted(None) as server:
        opened = DeclaredService(case.service, values_of(case.service, server.url), outbound)
        yield Tried(case, tool_of(case.tool, opened, _allowed), opened, server, clock)
        await outbound.close()


def values_of(service: Service, url: str) -> dict[str, str]:
    """Settings that point the service at an address."""
    given = {one.variable: SECRET if one.secret else "acme" for one in service.settings}
    return given | {service.address_variable: url}


async def _allowed(workspace_id: str, switch: str) -> None:
    """Nothing is switched off."""
