"""Asks the questions of a set as the people they are from, and turns people's thumbs into questions for a set."""

from __future__ import annotations

import json
from typing import Any, Literal

import yaml
from sqlalchemy import select

from app.agent.agent import Agent
from app.db.engine import Database
from app.db.models.assistant import ThreadTurn
from app.db.models.runtime import Feedback
from app.db.models.security import Person
from app.domain.answer import Answer
from app.domain.clock import Clock, Ids
from app.domain.principal import Principal, Surface, UserId, WorkspaceId
from app.domain.turn import Conversation, Turn
from app.knowledge.evaluation.answers import DOCUMENTS
from app.knowledge.evaluation.questions import Expected

MOST = 200  # candidates
_HEAD = """\
# Questions that people gave a thumb for. Complete each one: name the documents that answer it, or replace `documents`
# by `answerable: false`; then take it into a set of yours. The format is that of docs/evaluation.md.
"""


async def ask(agent: Agent, question: Expected, workspace_id: str, clock: Clock, ids: Ids) -> Answer:
    """The answer to the last question of a thread, in which the earlier ones were asked before. Each question is from a
    person of its own, so that nobody's limit of questions a minute is reached."""
    person = Principal(WorkspaceId(workspace_id), UserId(ids.new("eval")), "Evaluation", frozenset({question.role}))
    conversation = Conversation("eval", ids.new("thread"))

    async def answered(words: str) -> Answer:
        turn = Turn(
            turn_id=ids.new("turn"),
            principal=person,
            text=words,
            surface=Surface.CONSOLE,
            conversation=conversation,
            received_at=clock.now(),
        )
        return await agent.run(turn, _Silent())

    for words in question.after:
        await answered(words)
    return await answered(question.ask)


class _Silent:
    """Nobody watches."""

    async def status(self, text: str) -> None: ...

    async def step(self, key: str, title: str, state: Literal["in_progress", "complete", "error"]) -> None: ...

    async def delta(self, text: str) -> None: ...

    async def personal(self) -> None: ...


async def candidates(db: Database, workspace_id: str) -> str:
    """A question set in YAML of the newest questions to documents that got a thumb, the bad ones first."""
    async with db.reading() as session:
        rows = await session.execute(
            select(
                Feedback.verdict, ThreadTurn.id, ThreadTurn.question, ThreadTurn.answer, ThreadTurn.calls, Person.roles
            )
            .join(
                ThreadTurn,
                (ThreadTurn.workspace_id == Feedback.workspace_id) & (ThreadTurn.id == Feedback.turn_id),
            )
            .outerjoin(Person, (Person.workspace_id == Feedback.workspace_id) & (Person.id == ThreadTurn.user_id))
            .where(Feedback.workspace_id == workspace_id)
            .order_by(Feedback.verdict, Feedback.created_at.desc())
        )
        asked = [row for row in rows.all() if DOCUMENTS in [call["name"] for call in json.loads(row.calls)]][:MOST]
    written = [_HEAD, "questions:\n"] if asked else [_HEAD, "questions: []\n"]
    for verdict, turn_id, question, answer, calls, roles in asked:
        whole = next(call["arguments"]["query"] for call in json.loads(calls) if call["name"] == DOCUMENTS)
        entry: dict[str, Any] = {"id": f"feedback-{turn_id}", "ask": whole if len(whole) > len(question) else question}
        if roles:
            entry["as"] = sorted(roles.split("|"))[0]
        entry["documents"] = []
        said = " ".join(answer.split())[:160]
        text = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=110)
        written += [f"  # {verdict}; the answer began: {said}\n", *(f"  {line}\n" for line in text.splitlines())]
    return "".join(written)
