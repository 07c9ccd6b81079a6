"""Answers from documents, with a real model's SDK on llmock and the real search behind the real gate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer

from app.agent.agent import Agent
from app.agent.limits import TurnLimits
from app.agent.quotations import note_for
from app.db.engine import Database
from app.domain.answer import ASKER_ALONE
from app.domain.principal import Role
from app.gateways.models import ChatModels
from app.gateways.providers import Access
from app.tools.core.tool import Tool
from app.tools.search_knowledge import TOOL
from tests.agent.town import MANAGER, House, Scripted, Town, Watcher, calls, surroundings
from tests.gateways.standins import Uses
from tests.knowledge.shelves import documents_in, library_in, page

PETS = "# Pet policy\n\nA household may keep up to two cats or dogs. The monthly fee for each pet is $35."
BONUS = "# Bonus\n\nLeasing agents get a bonus of $200 for each signed lease with a pet."
QUESTION = "how many cats or dogs may a household keep"


class ReadingTown(Town):
    """The town, with its documents."""

    def tools(self) -> dict[str, Tool[Any, Any]]:
        return {**super().tools(), TOOL.name: TOOL}


@pytest.fixture
def llm() -> Iterator[LLMock]:
    with LLMockServer() as server:
        yield LLMock(server).tool_mode("off")


@pytest.fixture
async def lived(llm: LLMock, sqlite_db: Database) -> AsyncIterator[House]:
    library = library_in(sqlite_db)
    await library.take_in("T1", page("pets.md", PETS, link="https://docs.example.com/pets"))
    await library.take_in("T1", page("bonus.md", BONUS, "role:executive"))
    planner = Scripted(script=[AIMessage("The planner answers.")], endless=True)
    models = ChatModels(
        access={"openai": Access("sk-test", "gpt-4o-mini", llm.base_url("openai"))},
        planner=lambda **_: planner,
        uses=Uses(),
    )
    town = ReadingTown()
    gate, around = surroundings(sqlite_db, town, models, documents=documents_in(sqlite_db))
    yield House(sqlite_db, town, gate, Agent(around, TurnLimits(model_calls=5)), planner, Watcher())
    await models.aclose()


async def test_a_verbatim_quotation_stays_and_its_source_opens_the_page(llm: LLMock, lived: House) -> None:
    says = "“A household may keep up to two cats or dogs.” [1]"
    llm.call_tool("search_knowledge", {"query": QUESTION})
    llm.reply(says)
    answer = await lived.ask(QUESTION)
    assert (answer.text, answer.notes) == (says, ())
    (source,) = answer.sources
    assert (source.number, source.record) == (1, "Pet policy")
    assert source.link.startswith("https://docs.example.com/pets")


async def test_a_quotation_that_no_passage_holds_loses_its_marks_and_a_note_says_so(llm: LLMock, lived: House) -> None:
    llm.call_tool("search_knowledge", {"query": QUESTION})
    llm.reply("“A household may keep as many cats as it likes.” [1] Snakes are fine too [4].")
    answer = await lived.ask(QUESTION)
    assert answer.text == "A household may keep as many cats as it likes. [1] Snakes are fine too."
    assert answer.notes == (note_for(1),)
    assert "".join(lived.watcher.deltas) == answer.text


async def test_words_that_a_model_searched_for_are_no_source_of_a_quotation(llm: LLMock, lived: House) -> None:
    made_up = "a household may keep as many cats or dogs as it likes"
    llm.call_tool("search_knowledge", {"query": made_up})
    llm.reply(f"It says “{made_up}” [1].")
    answer = await lived.ask(QUESTION)
    assert answer.text == f"It says {made_up} [1]."
    assert answer.notes == (note_for(1),)


async def test_a_passage_that_the_person_may_not_read_reaches_no_model_and_cannot_be_quoted(
    llm: LLMock, lived: House
) -> None:
    llm.call_tool("search_knowledge", {"query": "bonus for each signed lease with a pet"})
    llm.reply("“Leasing agents get a bonus for each signed lease” [1]")
    answer = await lived.ask("what is the bonus for a lease with a pet")
    assert "$200" not in str([record.body for record in llm.requests])
    assert "“" not in answer.text


async def test_in_a_shared_channel_a_page_that_is_not_for_all_is_answered_to_the_asking_person_alone(
    llm: LLMock, lived: House
) -> None:
    boss = replace(MANAGER, roles=MANAGER.roles | {Role.EXECUTIVE})
    llm.call_tool("search_knowledge", {"query": "bonus for each signed lease with a pet"})
    llm.reply("$200 for each [1].")
    answer = await lived.ask("what is the bonus for a lease with a pet", boss)
    assert answer.readers_need == (ASKER_ALONE,)
    assert "personal" in lived.watcher.statuses
    llm.call_tool("search_knowledge", {"query": QUESTION})
    llm.reply("Two [1].")
    assert (await lived.ask(QUESTION)).readers_need == ()


def test_the_tool_offers_its_texts_and_not_its_query_to_quote() -> None:
    found = TOOL.result(query="free for all", documents=3, near=("Pet policy",))
    assert found.passages() == ("Pet policy",)


async def test_a_second_look_into_documents_goes_on_counting(sqlite_db: Database, llm: LLMock, lived: House) -> None:
    late = "# Late fees\n\nRent is late after the third of the month. The late fee is $50."
    await library_in(sqlite_db).take_in("T1", page("late.md", late))
    planner = Scripted(
        script=[
            calls((TOOL.name, {"query": QUESTION}), (TOOL.name, {"query": "what is the late fee"})),
            AIMessage("“A household may keep up to two cats or dogs.” [1] “The late fee is $50.” [2]"),
        ]
    )
    models = ChatModels(access={}, planner=lambda **_: planner, uses=Uses())
    _, around = surroundings(sqlite_db, ReadingTown(), models, documents=documents_in(sqlite_db))
    answer = await replace(lived, agent=Agent(around)).ask("how many pets, and what is the late fee?")
    # Both looks run at the same time: which of them counts first is not said, only that no number means two pages.
    assert sorted(source.number for source in answer.sources) == [1, 2]
    assert {source.record for source in answer.sources} == {"Pet policy", "Late fees"}
    assert answer.text.endswith("[1] “The late fee is $50.” [2]")
