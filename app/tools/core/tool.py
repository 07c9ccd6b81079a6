"""What a tool is.

A tool file in `app/tools/` defines `Args` and `Result` (pydantic), `run`, `present`, for writes `prepare`, and
`TOOL = Tool(...)`. The registry finds it by that name. A tool does not know who calls it or how it is shown.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from app.db.engine import Database
from app.domain.answer import Chart, FieldChange, Source, Table
from app.domain.clock import Clock, Ids, local_date
from app.domain.principal import Principal
from app.domain.scopes import Scope
from app.domain.tooling import Effect, ToolSpec
from app.tools.core.services import Services

ROWS_CARRIED = 1000
"""Rows a list carries in an answer; the totals it states always cover everything."""
ROWS_IN_A_FILE = 100_000
"""Rows a list carries in a file. A spreadsheet takes a million; Slack and memory prefer less."""


class ToolArgs(BaseModel):
    """Base of every tool's arguments: unknown arguments are refused, strings are trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class ToolOutput(BaseModel):
    """Base of every tool's result: typed data and where it came from."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    sources: tuple[Source, ...] = ()

    def passages(self) -> tuple[str, ...] | None:
        """The texts of documents that may be quoted from; None from a tool that looks into no documents. In an answer
        with such texts every quotation is held to them (app/agent/quotations.py)."""
        return None

    def numbered_after(self, last: int) -> Self:
        """The same result with the numbers of its citations going on after `last`; itself when nothing is numbered."""
        return self

    def readers(self) -> frozenset[str] | None:
        """The reader tokens that all documents behind the result have in common; None when there is none behind it. In
        a shared channel the result is shown only where these let everybody read it."""
        return None


@dataclass(frozen=True)
class Presentation:
    """How a result is shown. `text` is one to three plain sentences that hold the main figures. Numbers in the
    text must come from the result. The CSV is made from `table` by app/channels/csv.py. `definitions` are the keys of
    the definitions (app/portfolio/definitions.py) that its figures rest on."""

    text: str
    table: Table | None = None
    charts: tuple[Chart, ...] = ()
    follow_ups: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preparation:
    """What a write would do, worked out before anyone approves it.

    `arguments` are the normalised arguments that will be executed (names resolved to canonical ones); the approval
    is bound to their hash. `property_id` scopes the action (None = company-wide).
    """

    title: str
    consequence: str
    arguments: dict[str, Any]
    changes: tuple[FieldChange, ...] = ()
    recipients: tuple[str, ...] = ()
    property_id: str | None = None
    editable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Approval:
    """Who may approve. A person who holds `scope` may approve; the requester may approve their own action only when
    they hold it too (and `self_approval` is True)."""

    scope: Scope
    self_approval: bool = True


@dataclass(frozen=True)
class ToolContext:
    """Everything a tool may use. `idempotency_key` is set when a write is executed, never while preparing. `rows` is
    how many a list may carry."""

    principal: Principal
    clock: Clock
    ids: Ids
    db: Database
    services: Services
    idempotency_key: str = ""
    rows: int = ROWS_CARRIED

    @property
    def today(self) -> date:
        """Today's date for the asking person."""
        return local_date(self.clock, self.principal.timezone)


A = TypeVar("A", bound=ToolArgs)
R = TypeVar("R", bound=ToolOutput)


@dataclass(frozen=True)
class Tool(Generic[A, R]):
    """One thing Sophia can do.

    run(ctx, args) returns the typed result or raises a SophiaError. present(args, result) says how it looks.
    prepare(ctx, args) is required for WRITE and EGRESS; it must change nothing. reconcile(ctx, args) is asked after
    an unknown outcome: it reads back and returns the result if the write did happen, None if it did not. A tool whose
    run is harmless to repeat under the same idempotency key may give `run` itself. personal: its results tell of
    persons (who lives where, who owes what, how to reach them), so in a shared channel they are shown only where
    everybody holds the tool's scope.
    """

    name: str
    title: str  # "Work orders", for buttons and status lines
    description: str
    args: type[A]
    result: type[R]
    effect: Effect
    scope: Scope
    run: Callable[[ToolContext, A], Awaitable[R]]
    present: Callable[[A, R], Presentation]
    examples: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    prepare: Callable[[ToolContext, A], Awaitable[Preparation]] | None = None
    approval: Approval | None = None
    reconcile: Callable[[ToolContext, A], Awaitable[R | None]] | None = None
    personal: bool = False
    doing: str = ""  # status line while it runs: "Checking the rent roll"
    spec: ToolSpec = field(init=False)

    def __post_init__(self) -> None:
        if len(self.examples) < 3:
            raise ValueError(f"tool {self.name}: at least three example questions are needed")
        if (self.effect is Effect.READ) == (self.prepare is not None or self.approval is not None):
            raise ValueError(f"tool {self.name}: exactly the tools that write or send need prepare and approval")
        spec = ToolSpec(
            name=self.name,
            description=self.description,
            parameters=parameters_of(self.args),
            effect=self.effect,
            phrases=self.phrases,
            examples=self.examples,
        )
        object.__setattr__(self, "spec", spec)


def parameters_of(args: type[ToolArgs]) -> dict[str, Any]:
    """The JSON schema of the arguments as the public tool catalogue writes it: no titles, no nulls, no defaults."""
    schema = args.model_json_schema()
    properties: dict[str, Any] = {}
    for name, described in schema.get("properties", {}).items():
        kinds = [kind for kind in described.get("anyOf", [described]) if kind.get("type") != "null"]
        flat: dict[str, Any] = {**described, **kinds[0]}
        for noise in ("anyOf", "title", "default"):
            flat.pop(noise, None)
        properties[name] = flat
    return {"type": "object", "properties": properties, "required": schema.get("required", [])}
