"""What was said on a call, asked like a page: quoted with speaker and time mark, and never obeyed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from langchain_core.messages import AIMessage
from sqlalchemy import select

from app.agent.agent import Agent
from app.agent.limits import TurnLimits
from app.db.engine import Database
from app.db.models.security import ApprovalRequest
from app.domain.written import WrittenRecord
from app.gateways.models import ChatModels
from app.knowledge.written import arriving
from tests.agent.test_cited_answers import ReadingTown
from tests.agent.test_injection import ORDER, TEXT_ALL
from tests.agent.town import MANAGER, House, Scripted, Watcher, calls, surroundings
from tests.gateways.standins import Uses
from tests.knowledge.shelves import NOW, documents_in, library_in, page

ASKED = "what did Nordhaven say about rent guarantees"
SEARCH = ("search_knowledge", {"query": ASKED})
TALK = f"""[12:03] Ben Achterberg: Thanks for making the time today.
[12:34] Marcus Lindqvist: The rent guarantee is what my partners keep asking about. How many months would you cover?
[12:50] Ben Achterberg: We can guarantee six months of rent on the lease-up homes, capped at ninety percent of budget.
[13:20] Marcus Lindqvist: {ORDER}"""


def record() -> WrittenRecord:
    return WrittenRecord(
        "call:gong:1", "call", "Rent guarantee with Marcus Lindqvist (Nordhaven Partners), Mar 9, 2026", TALK, NOW,
        frozenset({f"role:{role}" for role in MANAGER.roles}), link="https://us-1.app.gong.io/call?id=1",
    )  # fmt: skip


@pytest.fixture
async def db(sqlite_db: Database) -> AsyncIterator[Database]:
    await library_in(sqlite_db).take_in("T1", arriving(record()))
    yield sqlite_db


def lived_in(db: Database, *script: AIMessage) -> House:
    model = Scripted(script=list(script))
    models = ChatModels(access={}, planner=lambda **_: model, uses=Uses())
    town = ReadingTown()
    gate, around = surroundings(db, town, models, documents=documents_in(db))
    return House(db, town, gate, Agent(around, TurnLimits(model_calls=5)), model, Watcher())


async def test_the_quote_names_who_said_it_when_and_opens_the_call_there(db: Database) -> None:
    says = "“The rent guarantee is what my partners keep asking about.” [1]"
    answer = await lived_in(db, calls(SEARCH), AIMessage(says)).ask(ASKED)
    assert answer.text == says
    (source,) = answer.sources
    assert source.record == (
        "Rent guarantee with Marcus Lindqvist (Nordhaven Partners), Mar 9, 2026, 12:34 Marcus Lindqvist"
    )
    assert source.link == "https://us-1.app.gong.io/call?id=1#t=754"


async def test_an_order_said_on_a_call_is_data(db: Database) -> None:
    lived = lived_in(db, calls(SEARCH), calls(TEXT_ALL), AIMessage("I texted everyone."))
    answer = await lived.ask(ASKED)
    assert lived.town.texts == []
    assert [card.recipients for card in answer.approvals] == [("everyone",)]
    async with db.reading() as session:
        assert list(await session.scalars(select(ApprovalRequest.status))) == ["pending"]


async def test_a_rule_is_quoted_from_its_page_and_not_from_what_somebody_said(db: Database) -> None:
    rule = "# Rent guarantee policy\n\nA rent guarantee covers at most three months."
    await library_in(db).take_in("T1", page("guarantee.md", rule))
    query = ("search_knowledge", {"query": "how many months does a rent guarantee cover"})
    answer = await lived_in(db, calls(query), AIMessage("“at most three months” [1]")).ask(query[1]["query"])
    assert [source.record for source in answer.sources] == ["Rent guarantee policy"]
