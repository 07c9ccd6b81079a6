"""A small town for turns: a few tools on the real gate, people with different rights, and models that say what a
test tells them to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr

from app.agent.agent import Agent, Surroundings
from app.agent.limits import TurnLimits
from app.agent.memory import ThreadMemory
from app.agent.prompts import Prompts
from app.db.engine import Database
from app.domain.answer import Answer, Column, ColumnKind, FieldChange, Source, Table
from app.domain.clock import CountingIds, FixedClock
from app.domain.errors import Ambiguous, NotFound
from app.domain.money import Money
from app.domain.names import Names
from app.domain.principal import Principal, Role, Surface, UserId, WorkspaceId
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.domain.turn import Attachment, Conversation, Remark, Turn
from app.gateways.models import ChatModels
from app.security.keys import KeyRing
from app.security.redaction import Redactor
from app.security.safeguards import Safeguards
from app.tools.core.gate import Gate, Patience, Workbench
from app.tools.core.services import Services
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput
from tests.gateways.standins import Uses

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
AS_OF = datetime(2026, 3, 18, 11, 5, tzinfo=UTC)
OCCUPANCY = {"Maple Grove": Decimal("0.9466"), "Oakwood": Decimal("0.912")}
RENTS = {"204": Money(189_550), "305": Money(210_000)}
EXAMPLES = ("one", "two", "three")

MANAGER = Principal(WorkspaceId("T1"), UserId("U-MIA"), "Mia Manager", frozenset({Role.PROPERTY_MANAGER}))
GUEST = Principal(WorkspaceId("T1"), UserId("U-GUS"), "Gus Guest", frozenset({Role.GUEST}), frozenset())


class PropertyArgs(ToolArgs):
    property: str = Field(description="Property (community) name")


class UnitArgs(ToolArgs):
    unit: str = Field(description="Unit number")


class RentArgs(ToolArgs):
    unit: str = Field(description="Unit number")
    rent: int = Field(description="Dollars a month")


class TextArgs(ToolArgs):
    recipient: str = Field(description="Who")
    message: str = Field(description="What")


class Occupancy(ToolOutput):
    name: str
    share: Decimal
    units: int


class Rent(ToolOutput):
    unit: str
    rent: Money
    remark: str = ""


class Sent(ToolOutput):
    recipient: str


@dataclass
class Town:
    """What the tools do. `meet` is awaited by every read, to see which run at the same time."""

    remark: str = ""
    ran: list[tuple[str, str]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    meet: asyncio.Barrier | None = None
    at_once: int = 0
    most_at_once: int = 0

    def tools(self) -> dict[str, Tool[Any, Any]]:
        made = (self._occupancy(), self._rent(), self._set_rent(), self._text(), self._broken())
        return {tool.name: tool for tool in made}

    async def _enter(self, name: str, what: str) -> None:
        self.ran.append((name, what))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if self.meet is not None:
            await asyncio.wait_for(self.meet.wait(), 5)
        await asyncio.sleep(0)
        self.at_once -= 1

    def _occupancy(self) -> Tool[Any, Any]:
        async def run(ctx: ToolContext, args: PropertyArgs) -> Occupancy:
            await self._enter("get_occupancy", args.property)
            if args.property == "Maple":
                raise Ambiguous("Which Maple do you mean?", options=("Maple Grove", "Maple Court"))
            if args.property not in OCCUPANCY:
                raise NotFound(
                    f"I know no property “{args.property}”.", near=("Oakwood",), next_step="Did you mean it?"
                )
            source = Source("Entrata", f"241 units at {args.property}", AS_OF)
            return Occupancy(name=args.property, share=OCCUPANCY[args.property], units=241, sources=(source,))

        def present(args: Any, result: Occupancy) -> Presentation:
            columns = (Column("name", "Property"), Column("share", "Occupied", ColumnKind.PERCENT))
            return Presentation(
                text=f"{result.name} is {result.share:.1%} occupied.",
                table=Table("Occupancy", columns, ((result.name, result.share),)),
                follow_ups=("And at Oakwood?",),
            )

        return _read("get_occupancy", PropertyArgs, Occupancy, run, present, "Checking occupancy")

    def _rent(self) -> Tool[Any, Any]:
        async def run(ctx: ToolContext, args: UnitArgs) -> Rent:
            await self._enter("get_rent", args.unit)
            if args.unit not in RENTS:
                raise NotFound(f"There is no unit {args.unit}.")
            return Rent(unit=args.unit, rent=RENTS[args.unit], remark=self.remark)

        def present(args: Any, result: Rent) -> Presentation:
            return Presentation(text=f"Unit {result.unit} rents for {result.rent}. {result.remark}".strip())

        return _read("get_rent", UnitArgs, Rent, run, present, "Looking up the rent")

    def _broken(self) -> Tool[Any, Any]:
        async def run(ctx: ToolContext, args: UnitArgs) -> Rent:
            raise ZeroDivisionError("secret internals at 0x7f")

        return _read("get_broken", UnitArgs, Rent, run, lambda args, result: Presentation(""), "")

    def _set_rent(self) -> Tool[Any, Any]:
        async def prepare(ctx: ToolContext, args: RentArgs) -> Preparation:
            await self._enter("set_rent", args.unit)
            return Preparation(
                title=f"Change the rent of {args.unit}",
                consequence=f"The new rent of ${args.rent:,} is published at once.",
                arguments=args.model_dump(),
                changes=(FieldChange("Rent", str(RENTS[args.unit]), f"${args.rent:,}"),),
            )

        async def run(ctx: ToolContext, args: RentArgs) -> Rent:
            raise AssertionError("nothing may be written without approval")

        return Tool(
            name="set_rent", title="Change a rent", description="Changes a rent.", args=RentArgs, result=Rent,
            effect=Effect.WRITE, scope=Scope.PRICING_WRITE, run=run, present=lambda args, result: Presentation(""),
            examples=EXAMPLES, prepare=prepare, approval=Approval(Scope.APPROVE_LEASING),
        )  # fmt: skip

    def _text(self) -> Tool[Any, Any]:
        async def prepare(ctx: ToolContext, args: TextArgs) -> Preparation:
            return Preparation(
                title=f"Text {args.recipient}", consequence="The message leaves at once.",
                arguments=args.model_dump(), recipients=(args.recipient,),
            )  # fmt: skip

        async def run(ctx: ToolContext, args: TextArgs) -> Sent:
            self.texts.append((args.recipient, args.message))
            return Sent(recipient=args.recipient)

        return Tool(
            name="send_sms", title="Text message", description="Sends a text message.", args=TextArgs, result=Sent,
            effect=Effect.EGRESS, scope=Scope.MESSAGES_SEND, run=run, present=lambda a, r: Presentation("Sent."),
            examples=EXAMPLES, prepare=prepare, approval=Approval(Scope.APPROVE_MESSAGES), personal=True,
        )  # fmt: skip


def _read(name: str, args: Any, result: Any, run: Any, present: Any, doing: str) -> Tool[Any, Any]:
    return Tool(
        name=name, title=name, description=f"Does {name}.", args=args, result=result, effect=Effect.READ,
        scope=Scope.LEASING_READ, run=run, present=present, examples=EXAMPLES, doing=doing,
    )  # fmt: skip


Said = AIMessage | Exception


class Scripted(BaseChatModel):
    """Says the script's next message, word by word; the last one again and again when `endless`."""

    script: list[Any]
    endless: bool = False
    _seen: list[list[BaseMessage]] = PrivateAttr(default_factory=list)
    _wait: asyncio.Event | None = PrivateAttr(default=None)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def seen(self) -> list[list[BaseMessage]]:
        return self._seen

    def wait_for(self, event: asyncio.Event) -> None:
        self._wait = event

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        return self

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._next(messages))])

    async def _astream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
        if self._wait is not None:
            await self._wait.wait()
        message = self._next(messages)
        for word in str(message.content).split(" ") if message.content else []:
            yield ChatGenerationChunk(message=AIMessageChunk(content=f"{word} "))
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                content="", tool_calls=message.tool_calls, response_metadata=message.response_metadata
            )
        )

    def _next(self, messages: list[BaseMessage]) -> AIMessage:
        self._seen.append(list(messages))
        said = self.script[0] if self.endless and len(self.script) == 1 else self.script.pop(0)
        if isinstance(said, Exception):
            raise said
        if self.endless:
            number = len(self._seen)
            calls = [{**call, "id": f"{call['id']}_{number}"} for call in said.tool_calls]
            return AIMessage(str(said.content), tool_calls=calls)
        return said


def calls(*wanted: tuple[str, dict[str, Any]], text: str = "") -> AIMessage:
    """A model message that calls tools."""
    made = [
        {"name": name, "args": arguments, "id": f"call_{number}_{name}", "type": "tool_call"}
        for number, (name, arguments) in enumerate(wanted)
    ]
    return AIMessage(text, tool_calls=made)


@dataclass
class Watcher:
    """A surface that writes down what it is shown."""

    statuses: list[str] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)
    deltas: list[str] = field(default_factory=list)

    async def status(self, text: str) -> None:
        self.statuses.append(text)

    async def step(self, key: str, title: str, state: Literal["in_progress", "complete", "error"]) -> None:
        self.steps.append((title, state))

    async def delta(self, text: str) -> None:
        self.deltas.append(text)

    async def personal(self) -> None:
        self.statuses.append("personal")


@dataclass
class House:
    """An agent and everything around it."""

    db: Database
    town: Town
    gate: Gate
    agent: Agent
    model: Scripted
    watcher: Watcher
    turns: int = 0

    async def ask(
        self, text: str, principal: Principal = MANAGER, *, history: tuple[Remark, ...] = (),
        attachments: tuple[Attachment, ...] = (), turn_id: str = "",
    ) -> Answer:  # fmt: skip
        self.turns += 1
        turn = Turn(
            turn_id or f"turn_{self.turns}", principal, text, Surface.SLACK, Conversation("C1", "1.0", private=False),
            NOW, history, attachments,
        )  # fmt: skip
        return await self.agent.run(turn, self.watcher)


async def no_names(principal: Principal) -> Names:
    return Names()


def surroundings(
    db: Database,
    town: Town,
    models: ChatModels,
    *,
    memory: ThreadMemory | None = None,
    admit: Any = None,
    documents: Any = None,
) -> tuple[Gate, Surroundings]:
    clock, ids, redactor = FixedClock(NOW), CountingIds(), Redactor(["a-known-secret-value"])
    nothing: Any = None
    guards = Safeguards.build(db, KeyRing(b"a secret for tests only, long enough"), clock, redactor.value)
    tools = town.tools()
    bench = Workbench(db, clock, ids, Services(messages=nothing, systems=nothing, documents=documents))
    gate = Gate(tools, bench, guards, Patience(read=10, prepare=10, write=10))
    return gate, Surroundings(
        tools=tools, gate=gate.call, models=models, memory=memory or ThreadMemory(db, clock), names=no_names,
        prompts=Prompts(), redactor=redactor, clock=clock, ids=ids, admit=admit,
    )  # fmt: skip


def house(
    db: Database, *script: Said, endless: bool = False, limits: TurnLimits | None = None, town: Town | None = None,
    memory: ThreadMemory | None = None, admit: Any = None,
) -> House:  # fmt: skip
    """A house whose model says `script`."""
    model = Scripted(script=list(script), endless=endless)
    models = ChatModels(access={}, planner=lambda **_: model, uses=Uses())
    lived_in = town or Town()
    gate, around = surroundings(db, lived_in, models, memory=memory, admit=admit)
    return House(db, lived_in, gate, Agent(around, limits), model, Watcher())
