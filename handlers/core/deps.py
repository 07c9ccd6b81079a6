"""What handlers need from the rest of the house, given by app/main.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from app.channels.slack.files import SlackFiles
from app.channels.slack.post import Poster
from app.channels.slack.session import Sessions
from app.channels.slack.stream import Tempo
from app.db.engine import Database
from app.domain.answer import Answer, ApprovalCard, EditableField
from app.domain.clock import Clock, Ids
from app.domain.principal import Principal
from app.domain.turn import Turn, TurnProgress
from app.integrations.telling import Telling
from app.knowledge.library import Library
from app.runtime.runtime import Runtime
from app.security.audit import AuditLog
from app.tools.core.outcomes import CallOrigin, Decision, Outcome, Settled
from app.tools.core.registry import AnyTool


class Answers(Protocol):
    """app/agent: one turn in, one answer out."""

    async def run(self, turn: Turn, progress: TurnProgress) -> Answer: ...


class Decides(Protocol):
    """app/tools/core/gate.py: a call, and what a click on an approval card leads to."""

    async def call(self, principal: Principal, name: str, arguments: dict[str, Any], origin: CallOrigin) -> Outcome: ...

    async def decide(
        self,
        approval_id: str,
        principal: Principal,
        verdict: Literal["approve", "decline"],
        edits: dict[str, Any] | None = None,
    ) -> Decision: ...

    async def editable_fields(self, approval_id: str, principal: Principal) -> list[EditableField]: ...

    async def approvers(self, workspace_id: str, approval_id: str) -> list[Principal]: ...

    async def waiting(self, principal: Principal) -> list[ApprovalCard]: ...

    async def reconcile_pending(self) -> list[Settled]: ...


@dataclass(frozen=True)
class Bot:
    """Sophia's own identity in the workspace, from `auth.test`."""

    user_id: str
    bot_id: str
    team_id: str


async def _nobody(system: str, resource: str, record_id: str, told: datetime) -> bool:
    return False


@dataclass(frozen=True)
class Changes:
    """What connected systems tell of changes: the systems that do, for which workspace, and what reads a record again
    (system, resource, id there, when its change was heard of)."""

    workspace_id: str = ""
    telling: Mapping[str, Telling] = field(default_factory=dict[str, Telling])
    refresh: Callable[[str, str, str, datetime], Awaitable[bool]] = _nobody


@dataclass(frozen=True)
class Deps:
    """One per process. `principal_of(workspace_id, user_id)` says who somebody is."""

    agent: Answers
    gate: Decides
    tools: Mapping[str, AnyTool]
    principal_of: Callable[[str, str], Awaitable[Principal]]
    db: Database
    runtime: Runtime
    clock: Clock
    ids: Ids
    client: AsyncWebClient
    bot: Bot
    poster: Poster
    sessions: Sessions
    files: SlackFiles
    library: Library
    audit: AuditLog
    signing_secret: str
    company: str = "your company"
    watched: frozenset[str] = frozenset()  # channels whose files are read without a mention
    changes: Changes = field(default_factory=Changes)
    tempo: Tempo = field(default_factory=Tempo)
    longest_message: int = 8_000  # characters
    largest_body: int = 1_048_576  # bytes
