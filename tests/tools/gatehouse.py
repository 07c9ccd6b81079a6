"""A small company for the gate's tests: three people, a vendor that can lose answers, and real tools on top of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from app.db.engine import Database
from app.domain.answer import FieldChange
from app.domain.clock import CountingIds
from app.domain.errors import NotFound, OutcomeUnknown
from app.domain.principal import Principal, Role, Surface
from app.domain.scopes import Scope
from app.domain.tooling import Effect
from app.security.budget import CALL_LIMITS, Limits
from app.security.keys import KeyRing
from app.security.people import Member, principal_of, upsert_people
from app.security.redaction import Redactor
from app.security.safeguards import Safeguards
from app.tools.core.gate import CallOrigin, Gate, Patience, Waiting, Workbench
from app.tools.core.services import Services
from app.tools.core.tool import Approval, Preparation, Presentation, Tool, ToolArgs, ToolContext, ToolOutput

START = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
WORKSPACE = "T1"
EXAMPLES = ("one", "two", "three")
ORIGIN = CallOrigin(turn_id="turn-1", conversation="D1:1.0", surface=Surface.SLACK)


@dataclass
class MovableClock:
    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **duration: float) -> None:
        self.at += timedelta(**duration)


@dataclass
class Vendor:
    """Keeps what was written, by idempotency key. `before` and `after` run around the write, to break it there."""

    rents: dict[str, int] = field(default_factory=lambda: {"204": 1895, "305": 2100})
    homes: dict[str, str] = field(default_factory=lambda: {"204": "maple", "305": "oak"})
    written: list[tuple[str, str, int]] = field(default_factory=list)
    warning: str = ""  # what an approver should know first
    before: Callable[[], Awaitable[None]] | None = None
    after: Callable[[], Awaitable[None]] | None = None
    read_back: Callable[[], Awaitable[None]] | None = None

    async def write(self, key: str, unit: str, rent: int) -> None:
        if self.before is not None:
            await self.before()
        self.written.append((key, unit, rent))
        self.rents[unit] = rent
        if self.after is not None:
            await self.after()

    async def was_written(self, key: str) -> bool:
        if self.read_back is not None:
            await self.read_back()
        return any(written == key for written, _, _ in self.written)


async def lose_the_answer() -> None:
    raise OutcomeUnknown("The answer got lost.")


class LookArgs(ToolArgs):
    unit: str = Field(description="Unit number")


class RentArgs(ToolArgs):
    unit: str = Field(description="Unit number")
    rent: int = Field(ge=0, description="Rent in dollars")
    note: str | None = Field(default=None, description="Why")
    kind: Literal["asking", "renewal"] | None = Field(default=None, description="Which rent")


class RentResult(ToolOutput):
    unit: str
    rent: int


def rent_tools(vendor: Vendor) -> dict[str, Tool[Any, Any]]:
    """`look` reads a rent; `set_rent` writes it; `set_rent_by_two` needs a second person; `set_rent_blind` cannot be
    read back."""

    async def look(ctx: ToolContext, args: LookArgs) -> RentResult:
        if args.unit not in vendor.rents:
            raise NotFound(f"There is no unit {args.unit}.", near=("204",))
        return RentResult(unit=args.unit, rent=vendor.rents[args.unit])

    async def prepare(ctx: ToolContext, args: RentArgs) -> Preparation:
        if args.unit not in vendor.rents:
            raise NotFound(f"There is no unit {args.unit}.", near=("204",))
        return Preparation(
            title=f"Change the rent of {args.unit}",
            consequence=f"The new rent is published at once.{vendor.warning}",
            arguments=args.model_dump(),
            changes=(FieldChange("Rent", f"${vendor.rents[args.unit]:,}", f"${args.rent:,}"),),
            property_id=vendor.homes[args.unit],
            editable=("rent", "note"),
        )

    async def write(ctx: ToolContext, args: RentArgs) -> RentResult:
        await vendor.write(ctx.idempotency_key, args.unit, args.rent)
        return RentResult(unit=args.unit, rent=args.rent)

    async def reconcile(ctx: ToolContext, args: RentArgs) -> RentResult | None:
        return RentResult(unit=args.unit, rent=args.rent) if await vendor.was_written(ctx.idempotency_key) else None

    def present(args: Any, result: RentResult) -> Presentation:
        return Presentation(text=f"Unit {result.unit} rents for ${result.rent:,}.")

    def writing(name: str, *, self_approval: bool = True, with_read_back: bool = True) -> Tool[Any, Any]:
        return Tool(
            name=name,
            title="Change a rent",
            description="Changes a rent.",
            args=RentArgs,
            result=RentResult,
            effect=Effect.WRITE,
            scope=Scope.PRICING_WRITE,
            run=write,
            present=present,
            examples=EXAMPLES,
            prepare=prepare,
            approval=Approval(Scope.APPROVE_LEASING, self_approval=self_approval),
            reconcile=reconcile if with_read_back else None,
        )

    tools = (
        Tool(
            name="look",
            title="Rents",
            description="Reads a rent.",
            args=LookArgs,
            result=RentResult,
            effect=Effect.READ,
            scope=Scope.LEASING_READ,
            run=look,
            present=present,
            examples=EXAMPLES,
        ),
        writing("set_rent"),
        writing("set_rent_by_two", self_approval=False),
        writing("set_rent_blind", with_read_back=False),
    )
    return {tool.name: tool for tool in tools}


class _NoServices:
    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a test tool reached for {name}")


@dataclass
class Gatehouse:
    db: Database
    clock: MovableClock
    vendor: Vendor
    safeguards: Safeguards
    tools: dict[str, Tool[Any, Any]]
    gate: Gate

    async def person(self, user_id: str) -> Principal:
        return await principal_of(self.db, WORKSPACE, user_id, fresh=True)

    async def ask(self, user_id: str, tool: str = "set_rent", *, turn: str = "turn-1", **arguments: Any) -> str:
        """Puts a change in front of a person; returns the request's id."""
        wanted = {"unit": "204", "rent": 1950} | arguments
        origin = CallOrigin(turn_id=turn, conversation="D1:1.0", surface=Surface.SLACK)
        outcome = await self.gate.call(await self.person(user_id), tool, wanted, origin)
        assert isinstance(outcome, Waiting), outcome
        return outcome.card.approval_id

    async def audited(self) -> list[str]:
        """Actions in the audit chain, oldest first; the chain must be whole."""
        assert (await self.safeguards.audit.verify(WORKSPACE)).whole
        return [entry.action for entry in reversed(await self.safeguards.audit.newest(WORKSPACE, 1000))]


def gate_with(house: Gatehouse) -> Gate:
    """Another process's gate over the same database and vendor."""
    return Gate(house.tools, _bench(house.db, house.clock), house.safeguards, _PATIENCE)


_PATIENCE = Patience(read=5, prepare=5, write=5, read_back_after=(0.0, 0.0))


def _bench(db: Database, clock: MovableClock) -> Workbench:
    nothing: Any = _NoServices()
    return Workbench(db, clock, CountingIds(), Services(messages=nothing, systems=nothing, documents=nothing))


async def build_gatehouse(db: Database, *, calls: Limits = CALL_LIMITS, patience: Patience = _PATIENCE) -> Gatehouse:
    """Ada (administrator), Mia (manager of maple), Leo (leasing at maple), Max (maintenance), Otto (manager of oak)
    and Gus, a guest."""
    clock, vendor = MovableClock(), Vendor()
    maple = frozenset({"maple"})
    await upsert_people(
        db,
        WORKSPACE,
        [
            Member("U-ADA", "Ada Admin", frozenset({Role.ADMIN})),
            Member("U-MIA", "Mia Manager", frozenset({Role.PROPERTY_MANAGER}), maple),
            Member("U-LEO", "Leo Leasing", frozenset({Role.LEASING}), maple),
            Member("U-MAX", "Max Maintenance", frozenset({Role.MAINTENANCE}), maple),
            Member("U-OTTO", "Otto Oak", frozenset({Role.PROPERTY_MANAGER}), frozenset({"oak"})),
            Member("U-GUS", "Gus Guest", frozenset({Role.GUEST}), frozenset()),
        ],
    )
    safeguards = Safeguards.build(db, KeyRing(b"a secret for tests only"), clock, Redactor().value, calls=calls)
    tools = rent_tools(vendor)
    gate = Gate(tools, _bench(db, clock), safeguards, patience)
    return Gatehouse(db, clock, vendor, safeguards, tools, gate)


async def stop_forever() -> None:
    """Stands for a vendor that never answers."""
    await asyncio.Event().wait()
