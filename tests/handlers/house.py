"""A small real house behind the handlers: an agent and a gate that keep their contracts, on a real runtime."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import uvicorn
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from app.channels.slack.files import SlackFiles
from app.channels.slack.post import Poster
from app.channels.slack.session import Sessions
from app.channels.slack.stream import Tempo
from app.db.engine import Database
from app.domain.answer import Answer, AnswerKind, ApprovalCard, EditableField
from app.domain.clock import RandomIds, SystemClock
from app.domain.errors import NotAllowed
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.domain.turn import Turn, TurnProgress
from app.http.outbound import Outbound
from app.runtime.runtime import Runtime, RuntimeOptions
from app.sandbox.slack.seed import demo_workspace
from app.security.audit import AuditLog
from app.security.keys import KeyRing
from app.tools.core.outcomes import CallOrigin, Decision, Outcome, Refused, Settled
from app.tools.core.registry import all_tools
from handlers.app import build_slack_app, who_am_i
from handlers.core.deps import Deps
from handlers.http.server import build_http
from tests.knowledge.shelves import library_in
from tests.runtime.conftest import until

FAST = Tempo(before_stream=0.02, between_appends=0.03, between_updates=0.05)

WATCHED = "C07MAINTNC"
"""The channel whose files are read without a mention."""


class ScriptedAgent:
    """Answers with what the test gives it, and streams it when asked to; keeps the turns it saw."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.answers: dict[str, Answer | Exception] = {}
        self.streams = False
        self.final: Answer | None = None  # what is answered after other words were streamed
        self.gate = asyncio.Event()
        self.gate.set()

    async def run(self, turn: Turn, progress: TurnProgress) -> Answer:
        self.turns.append(turn)
        answer = self.answers.get(turn.text) or Answer(AnswerKind.ANSWER, f"You said: {turn.text}")
        if isinstance(answer, Answer) and answer.readers_need:
            await progress.personal()
        if self.streams and isinstance(answer, Answer):
            await progress.step("rent_roll", "Checking the rent roll", "in_progress")
            words = answer.text.split(" ")
            for word in words[: len(words) // 2]:
                await progress.delta(word + " ")
                await asyncio.sleep(0.03)
            await progress.step("rent_roll", "Checking the rent roll", "complete")
        await self.gate.wait()
        if isinstance(answer, Exception):
            raise answer
        return self.final or answer


class SmallGate:
    """Keeps cards and decides them once; a person named in `refuses` may not."""

    def __init__(self) -> None:
        self.cards: dict[str, ApprovalCard] = {}
        self.decided: dict[str, Decision] = {}
        self.calls: list[tuple[str, str, str, dict[str, Any] | None]] = []
        self.refuses: set[str] = set()
        self.may_approve: list[str] = []
        self.settled: list[Settled] = []

    async def call(self, principal: Principal, name: str, arguments: dict[str, Any], origin: CallOrigin) -> Outcome:
        return Refused(NotAllowed("This gate lets nothing through."))

    async def decide(
        self,
        approval_id: str,
        principal: Principal,
        verdict: Literal["approve", "decline"],
        edits: dict[str, Any] | None = None,
    ) -> Decision:
        self.calls.append((approval_id, principal.user_id, verdict, edits))
        if principal.user_id in self.refuses:
            return Decision("refused", "Only a property manager can approve this.", card=self.cards[approval_id])
        if approval_id in self.decided:
            return replace(self.decided[approval_id], status="already", sentence="Jen approved this already.")
        sentence = "Done: WO-1042 is open." if verdict == "approve" else "Declined. Nothing was changed."
        status: Literal["executed", "declined"] = "executed" if verdict == "approve" else "declined"
        self.decided[approval_id] = Decision(status, sentence, decided_by=principal.user_id)
        return self.decided[approval_id]

    async def editable_fields(self, approval_id: str, principal: Principal) -> list[EditableField]:
        priorities = ("low", "high", "emergency")
        return [
            EditableField("description", "Kitchen faucet leaks", required=True),
            EditableField("priority", "high", options=priorities),
        ]

    async def approvers(self, workspace_id: str, approval_id: str) -> list[Principal]:
        return [person(workspace_id, user) for user in self.may_approve]

    async def waiting(self, principal: Principal) -> list[ApprovalCard]:
        return list(self.cards.values())

    async def reconcile_pending(self) -> list[Settled]:
        settled, self.settled = self.settled, []
        return settled


@dataclass
class House:
    """Everything that serves one workspace."""

    deps: Deps
    agent: ScriptedAgent
    gate: SmallGate
    runtime: Runtime
    stoppers: list[Any] = field(default_factory=list)


def person(workspace_id: str, user_id: str) -> Principal:
    """Who a user of the local workspace is; Pete is a guest."""
    known = {member.id: member for member in demo_workspace().people}
    member = known.get(user_id)
    role = Role.GUEST if member is None or member.role == "guest" else Role.ADMIN
    name = member.name if member else ""
    return Principal(WorkspaceId(workspace_id), UserId(user_id), name, frozenset({role}))


async def build_house(
    db: Database,
    folder: Path,
    api_url: str,
    *,
    executor_id: str = "one",
    signing_secret: str = "local-signing-secret",
    tempo: Tempo = FAST,
    **options: Any,
) -> House:
    """The objects of one process, not started."""
    runtime = Runtime(
        db,
        SystemClock(),
        RuntimeOptions(executor_id=executor_id, system_url=f"sqlite:///{folder}/runs.db", poll_every=0.05, **options),
    )
    client = AsyncWebClient(token="xoxb-local-sophia", base_url=api_url, retry_handlers=[])
    agent, gate = ScriptedAgent(), SmallGate()

    async def principal_of(workspace_id: str, user_id: str) -> Principal:
        return person(workspace_id, user_id)

    deps = Deps(
        agent=agent,
        gate=gate,
        tools=all_tools(),
        principal_of=principal_of,
        db=db,
        runtime=runtime,
        clock=SystemClock(),
        ids=RandomIds(),
        client=client,
        bot=await who_am_i(client),
        poster=Poster(client, runtime.deliveries),
        sessions=Sessions(client),
        files=SlackFiles(client, Outbound(SystemClock()), token="xoxb-local-sophia", api_url=api_url),
        library=library_in(db),
        audit=AuditLog(db, KeyRing(b"k" * 32).signer("audit"), SystemClock(), lambda value: value),
        signing_secret=signing_secret,
        watched=frozenset({WATCHED}),
        tempo=tempo,
    )
    return House(deps, agent, gate, runtime)


async def serve_socket(house: House) -> None:
    """Start the house on Socket Mode."""
    app = build_slack_app(house.deps)
    await house.runtime.start()
    handler = AsyncSocketModeHandler(app, "xapp-local-sophia")
    await handler.connect_async()
    house.stoppers.append(handler.close_async)


async def serve_http(house: House, port: int) -> None:
    """Start the house on signed HTTP."""
    web = build_http(house.deps)
    await house.runtime.start()
    server = uvicorn.Server(uvicorn.Config(web, host="127.0.0.1", port=port, log_level="warning"))
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)

    async def stop() -> None:
        server.should_exit = True
        await task

    house.stoppers.append(stop)


async def close(house: House) -> None:
    """Stop serving, then drain."""
    for stop in house.stoppers:
        await stop()
    await house.runtime.drain(patience=3)
