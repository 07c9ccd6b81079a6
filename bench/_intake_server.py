"""A web process as production runs it (HTTP door, durable intake, runs, Slack out) with a small agent that takes a
moment and answers with what it was asked. Killed and started again by the intake benchmark and by the crash tests."""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Sequence
from typing import Any

import uvicorn
from slack_sdk.web.async_client import AsyncWebClient

from app.channels.slack.files import SlackFiles
from app.channels.slack.post import Poster
from app.channels.slack.session import Sessions
from app.channels.slack.stream import Tempo
from app.db.engine import Database
from app.db.migrate import upgrade
from app.domain.answer import Answer, AnswerKind, ApprovalCard, EditableField
from app.domain.clock import RandomIds, SystemClock
from app.domain.principal import Principal, Role, UserId, WorkspaceId
from app.domain.turn import Turn, TurnProgress
from app.http.outbound import Outbound
from app.runtime.runtime import Runtime, RuntimeOptions
from app.tools.core.outcomes import Decision, Settled
from handlers.core.deps import Bot, Deps
from handlers.http.server import build_http

SECRET = "local-signing-secret"


class Echo:
    """Answers "answer to <words>" after a moment; every other answer is streamed."""

    def __init__(self, thinking: float) -> None:
        self._thinking = thinking
        self._dice = random.Random()

    async def run(self, turn: Turn, progress: TurnProgress) -> Answer:
        text = f"This is the answer to {turn.text} as it stands."
        if self._thinking and self._dice.random() < 0.5:
            await progress.step("look", "Looking it up", "in_progress")
            for word in text.split(" ")[:6]:
                await progress.delta(word + " ")
                await asyncio.sleep(self._thinking / 6)
            await progress.step("look", "Looking it up", "complete")
        else:
            await asyncio.sleep(self._thinking)
        return Answer(AnswerKind.ANSWER, text)


class NoApprovals:
    """A gate that never has anything to decide."""

    async def decide(self, *_: object) -> Decision:
        return Decision("refused", "There is nothing to approve here.")

    async def remember_card(self, *_: object) -> None:
        return None

    async def editable_fields(self, *_: object) -> list[EditableField]:
        return []

    async def approvers(self, *_: object) -> list[Principal]:
        return []

    async def waiting(self, *_: object) -> list[ApprovalCard]:
        return []

    async def reconcile_pending(self) -> list[Settled]:
        return []


async def principal_of(workspace_id: str, user_id: str) -> Principal:
    """Everybody is an administrator here."""
    return Principal(WorkspaceId(workspace_id), UserId(user_id), user_id, frozenset({Role.ADMIN}))


async def serve(options: argparse.Namespace) -> None:
    """Run until terminated."""
    db = Database(options.database)
    await upgrade(db)
    clock = SystemClock()
    runtime = Runtime(
        db,
        clock,
        RuntimeOptions(
            executor_id=options.executor, system_url=options.system, work=not options.intake_only, max_running=32
        ),
    )
    client = AsyncWebClient(token="xoxb-local-sophia", base_url=options.slack, retry_handlers=[])
    nothing: Any = None  # nobody shares a file or stops a digest here
    deps = Deps(
        agent=Echo(options.thinking),
        gate=NoApprovals(),
        tools={},
        principal_of=principal_of,
        db=db,
        runtime=runtime,
        clock=clock,
        ids=RandomIds(),
        client=client,
        bot=Bot("U07SOPHIA01", "B07SOPHIA01", "T07HEARTH1"),
        poster=Poster(client, runtime.deliveries),
        files=SlackFiles(client, Outbound(clock), token="xoxb-local-sophia", api_url=options.slack),
        library=nothing,
        audit=nothing,
        sessions=Sessions(client),
        signing_secret=SECRET,
        tempo=Tempo(before_stream=0.05, between_appends=0.1, between_updates=0.2),
    )
    web = build_http(deps)
    await runtime.start()
    config = uvicorn.Config(web, host="127.0.0.1", port=options.port, log_level="error", access_log=False)
    await uvicorn.Server(config).serve()
    await runtime.drain()
    await db.close()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--slack", default="http://127.0.0.1:9/api/")
    parser.add_argument("--database", required=True)
    parser.add_argument("--system", required=True)
    parser.add_argument("--executor", default="one")
    parser.add_argument("--thinking", type=float, default=0.0, help="seconds an answer takes")
    parser.add_argument("--intake-only", action="store_true", help="store and acknowledge, leave the work to others")
    asyncio.run(serve(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
