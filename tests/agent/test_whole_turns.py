"""Every development utterance as a whole turn: planner, gate, real tools, demo portfolio, figure check.

What is right for the planner is measured elsewhere; here nothing may break, fall silent, or doubt a tool's own words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from app.agent.agent import Agent, Surroundings
from app.agent.figures import Ledger, check
from app.agent.limits import TurnLimits
from app.agent.memory import ThreadMemory
from app.agent.prompts import Prompts
from app.db.engine import Database
from app.domain.answer import Answer, AnswerKind
from app.domain.clock import CountingIds, FixedClock, local_date
from app.domain.principal import Principal, Role, Surface, UserId, WorkspaceId
from app.domain.turn import Conversation, SilentProgress, Turn
from app.gateways.embedded.factory import EmbeddedPlanners
from app.gateways.embedded.planner import Planner
from app.gateways.models import ChatModels
from app.portfolio.names import load_names
from app.security.budget import NO_LIMITS
from app.security.keys import KeyRing
from app.security.redaction import Redactor
from app.security.safeguards import Safeguards
from app.tools.core.gate import CallOrigin, Done, Gate, Outcome, Workbench
from app.tools.core.registry import all_tools
from app.tools.core.services import Services
from tests import demo
from tests.gateways.standins import Uses
from tests.knowledge.shelves import documents_in
from tests.tools.conftest import Outbox, PropertySystem

pytestmark = pytest.mark.timeout(600)  # the first test of a run builds the demo portfolio

ADMIN = Principal(WorkspaceId(demo.WORKSPACE), UserId("U-ADMIN"), "Ada Admin", frozenset({Role.ADMIN}))


@dataclass
class MovingClock:
    """Goes on by a second each time it is asked: turns of a thread follow each other."""

    seconds: int = 0

    def now(self) -> datetime:
        self.seconds += 1
        return demo.NOW + timedelta(seconds=self.seconds)


@dataclass
class Office:
    """The whole house over the demo portfolio, with the embedded planner; `outcomes` is what the gate gave."""

    agent: Agent
    outbox: Outbox
    outcomes: list[tuple[str, Outcome]]
    asked: int = 0

    async def ask(self, text: str, thread: str = "") -> Answer:
        self.asked += 1
        place = Conversation("D1", thread or f"{self.asked}.0")
        turn = Turn(f"turn_{self.asked}", ADMIN, text, Surface.CONSOLE, place, demo.NOW)
        return await self.agent.run(turn, SilentProgress())


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner([tool.spec for tool in all_tools().values()])


@pytest.fixture
async def office(demo_db: Database, planner: Planner) -> AsyncIterator[Office]:
    clock, ids, redactor, tools = FixedClock(demo.NOW), CountingIds(), Redactor(), all_tools()
    guards = Safeguards.build(
        demo_db, KeyRing(b"a secret for tests only, long enough"), clock, redactor.value,
        turns=NO_LIMITS, calls=NO_LIMITS,
    )  # fmt: skip
    outbox = Outbox()
    gate = Gate(
        tools,
        Workbench(
            demo_db,
            clock,
            ids,
            Services(messages=outbox, systems=PropertySystem(demo_db, crm="hubspot"), documents=documents_in(demo_db)),
        ),
        guards,
    )
    outcomes: list[tuple[str, Outcome]] = []

    async def call(principal: Principal, name: str, arguments: dict[str, Any], origin: CallOrigin) -> Outcome:
        outcomes.append((name, await gate.call(principal, name, arguments, origin)))
        return outcomes[-1][1]

    agent = Agent(
        Surroundings(
            tools=tools, gate=call, models=ChatModels(access={}, planner=EmbeddedPlanners(planner), uses=Uses()),
            memory=ThreadMemory(demo_db, MovingClock()), names=lambda principal: load_names(demo_db, principal, clock),
            prompts=Prompts(), redactor=redactor, clock=clock, ids=ids,
        ),
        TurnLimits(seconds=300),
    )  # fmt: skip
    yield Office(agent, outbox, outcomes)


@pytest.mark.slow
async def test_every_development_utterance_ends_in_an_answer_whose_figures_are_traced(
    office: Office, shared: Path
) -> None:
    lines = [json.loads(line) for line in (shared / "data/planner/dev.jsonl").read_text().splitlines()]
    wrong: list[str] = []
    kinds: Counter[str] = Counter()
    for line in lines:
        answer = await office.ask(line["utterance"])
        kinds[answer.kind] += 1
        if not answer.text or "Something went wrong on my side" in answer.text or answer.notes:
            wrong.append(f"{line['utterance']} → {answer.kind}: {answer.text} {answer.notes}")
        elif answer.kind is AnswerKind.ANSWER and answer.tables and not answer.sources:
            wrong.append(f"{line['utterance']} → no source")
    assert wrong == []
    assert kinds[AnswerKind.ANSWER] > len(lines) / 3
    assert kinds[AnswerKind.APPROVAL] > 10
    assert office.outbox.sent == {}
    assert _doubted_when_rounded(office.outcomes) == []


def _doubted_when_rounded(outcomes: list[tuple[str, Outcome]]) -> list[str]:
    """A model that repeats a tool's text with its amounts and shares rounded must not be doubted either."""
    doubted: list[str] = []
    for name, outcome in outcomes:
        if isinstance(outcome, Done):
            ledger = Ledger(local_date(FixedClock(demo.NOW), ADMIN.timezone), ADMIN.timezone)
            ledger.add_words(json.dumps(outcome.arguments, default=str) + outcome.presentation.text)
            ledger.add_later(outcome.result)
            text = _rounded(outcome.presentation.text)
            doubted += [f"{name}: {number} in “{text}”" for number in check(text, ledger).unconfirmed]
    return doubted


def _rounded(text: str) -> str:
    def amount(match: re.Match[str]) -> str:
        dollars = float(match[1].replace(",", ""))
        if dollars >= 1_000_000:
            return f"${dollars / 1_000_000:.1f}M"
        return f"${dollars / 1_000:.1f}k" if dollars >= 1_000 else f"${dollars:.0f}"

    text = re.sub(r"\$(\d[\d,]*(?:\.\d+)?)", amount, text)
    return re.sub(r"(\d+\.\d+)%", lambda match: f"{Decimal(match[1]).quantize(Decimal(1), ROUND_HALF_UP)}%", text)


async def test_a_follow_up_in_the_thread_changes_one_part_of_the_question(office: Office) -> None:
    first = await office.ask("What is the occupancy at Maple Grove?", "7.0")
    second = await office.ask("and at Oakwood?", "7.0")
    assert first.kind is second.kind is AnswerKind.ANSWER
    assert [call[0] for call in (*first.calls, *second.calls)] == ["get_occupancy", "get_occupancy"]
    assert "Oakwood" in second.text
    assert first.text != second.text


async def test_a_request_given_in_three_parts_ends_in_one_card(office: Office) -> None:
    first = await office.ask("open a work order", "9.0")
    second = await office.ask("204 at Stonegate", "9.0")
    third = await office.ask("the kitchen sink is leaking", "9.0")
    assert [first.kind, second.kind, third.kind] == [AnswerKind.QUESTION, AnswerKind.QUESTION, AnswerKind.APPROVAL]
    (name, arguments), *_ = third.calls
    assert name == "create_work_order"
    assert (arguments["unit"], arguments["property"]) == ("204", "Stonegate")
    assert "sink" in str(arguments["description"])
