"""An agent for measurements: the real graph, gate, audit, memory and failover over SQLite; a model that only waits."""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, ToolMessage
from langchain_core.messages.tool import ToolCallChunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field, SkipValidation

import app.tools
from app.agent.agent import Agent, Surroundings
from app.agent.limits import TurnLimits
from app.agent.memory import ThreadMemory
from app.agent.prompts import Prompts
from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.answer import Column, ColumnKind, Source, Table
from app.domain.clock import RandomIds, SystemClock
from app.domain.names import Names
from app.domain.principal import Principal, Role, Surface, UserId, WorkspaceId
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.domain.turn import Conversation, Turn
from app.gateways.models import ChatModels
from app.gateways.providers import Access, Deadlines, Provider
from app.gateways.usage import UsageRecorder
from app.security.budget import NO_LIMITS
from app.security.keys import KeyRing
from app.security.redaction import Redactor
from app.security.safeguards import Safeguards
from app.tools.core.gate import Gate, Patience, Workbench
from app.tools.core.services import Services
from app.tools.core.tool import Presentation, Tool, ToolArgs, ToolContext, ToolOutput

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
ROWS = tuple((f"Property {number}", 0.9 + number / 1000) for number in range(12))
PIECES = ("Portfolio occupancy is 94.7% ", "this week, with 12 properties ", "between 90.0% and 91.1%. ") * 2


class LookArgs(ToolArgs):
    property: str = Field(description="Property (community) name")


class LookResult(ToolOutput):
    share: float


class WaitingModel(BaseChatModel):
    """Plans one call, then says two sentences. Waits before each message, as `wait` says."""

    wait: SkipValidation[Callable[[], Any]]

    @property
    def _llm_type(self) -> str:
        return "waiting"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        return self.bind(tools=tools)

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        raise NotImplementedError

    async def _astream(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        await self.wait()
        if isinstance(messages[-1], ToolMessage):
            for piece in PIECES:  # few: what a provider's SDK spends on each token is the model's time, not ours
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
            yield _end("stop")
            return
        call = ToolCallChunk(
            name="look", args=json.dumps({"property": "Maple Grove"}), id="c1", index=0, type="tool_call_chunk"
        )
        yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[call]))
        yield _end("tool_calls")


def _end(finish: str) -> ChatGenerationChunk:
    usage: Any = {"input_tokens": 900, "output_tokens": 40, "total_tokens": 940}
    return ChatGenerationChunk(
        message=AIMessageChunk(content="", usage_metadata=usage, response_metadata={"finish_reason": finish})
    )


@dataclass
class Bench:
    agent: Agent
    usage: UsageRecorder

    def turn(self, number: int) -> Turn:
        principal = Principal(
            WorkspaceId("T1"), UserId(f"U{number % 500}"), "Mia Manager", frozenset({Role.PROPERTY_MANAGER})
        )
        place = Conversation(f"D{number}", "1.0")
        return Turn(f"turn_{number}", principal, "What is our occupancy at Maple Grove?", Surface.SLACK, place, NOW)


def _look(seconds: float) -> Tool[Any, Any]:
    async def run(ctx: ToolContext, args: LookArgs) -> LookResult:
        await asyncio.sleep(seconds)
        return LookResult(share=0.947, sources=(Source("Entrata", "2,400 units", NOW),))

    def present(args: Any, result: LookResult) -> Presentation:
        columns = (Column("name", "Property"), Column("share", "Occupied", ColumnKind.PERCENT))
        table = Table("Occupancy", columns, ROWS)
        return Presentation(text=f"Portfolio occupancy is {result.share:.1%} over 12 properties.", table=table)

    return Tool(
        name="look", title="Occupancy", description="Occupancy of a property.", args=LookArgs, result=LookResult,
        effect=Effect.READ, scope=Scope.LEASING_READ, run=run, present=present, examples=("a", "b", "c"),
    )  # fmt: skip


def _all_tools() -> dict[str, Tool[Any, Any]]:
    """The catalogue's tools, so that a model gets as many schemas as in real life."""
    names = [found.name for found in pkgutil.iter_modules(app.tools.__path__, "app.tools.") if not found.ispkg]
    tools = (getattr(importlib.import_module(name), "TOOL", None) for name in names)
    return {tool.name: tool for tool in tools if isinstance(tool, Tool)}


async def _no_names(principal: Principal) -> Names:
    return Names()


@asynccontextmanager
async def bench_agent(wait: Callable[[], Any], *, tool_seconds: float, limits: TurnLimits) -> AsyncIterator[Bench]:
    """An agent over a fresh SQLite database whose only model waits as `wait` says."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory(prefix="sophia-bench-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        db = Database(url)
        await upgrade(db)
        clock, ids, redactor, nothing = SystemClock(), RandomIds(), Redactor(), None
        guards = Safeguards.build(
            db, KeyRing(b"a secret for measurements only"), clock, redactor.value, turns=NO_LIMITS, calls=NO_LIMITS
        )
        tools = {**_all_tools(), "look": _look(tool_seconds)}
        services: Any = Services(messages=nothing, systems=nothing, documents=nothing)  # type: ignore[arg-type]
        patience = Patience(read=limits.seconds, prepare=limits.seconds, write=limits.seconds)
        gate = Gate(tools, Workbench(db, clock, ids, services), guards, patience)
        usage = UsageRecorder(db, clock, ids, timezone="UTC")
        provider = Provider(
            name="waiting", label="Waiting", key_variable="", default_model="waiting-1",
            build=lambda access, deadlines: WaitingModel(wait=wait), fault=lambda error: None, close=_nothing,
        )  # fmt: skip
        models = ChatModels(
            access={"waiting": Access("none")},
            planner=lambda **_: WaitingModel(wait=wait),
            uses=usage,
            providers={"waiting": provider},
            deadlines=Deadlines(first_token=limits.seconds, between=limits.seconds),
        )
        agent = Agent(
            Surroundings(
                tools=tools, gate=gate.call, models=models, memory=ThreadMemory(db, clock), names=_no_names,
                prompts=Prompts(), redactor=redactor, clock=clock, ids=ids,
            ),
            limits,
        )  # fmt: skip
        yield Bench(agent, usage)
        await usage.settle()
        await db.close()


async def _nothing(_: Any) -> None:
    return None
