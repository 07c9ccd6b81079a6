"""An answer in a given shape, whatever road it comes by."""

from __future__ import annotations

from typing import Any

import pytest
from llmock.pytest_plugin import LLMock
from llmock.scenarios import Fail, Match
from pydantic import BaseModel

from tests.gateways.standins import QUESTION, Providers, turn_model


class Occupancy(BaseModel):
    """Occupancy of a community."""

    community: str
    percent: float


MAPLE: dict[str, Any] = {"community": "Maple Grove", "percent": 94.7}


async def shaped(providers: Providers, *names: str) -> Any:
    return await turn_model(providers.models(*names)).with_structured_output(Occupancy).ainvoke(QUESTION)


@pytest.mark.parametrize(("provider", "forced"), [("openai", "required"), ("anthropic", {"type": "any"})])
async def test_an_answer_has_the_shape_asked_for_and_the_model_has_to_give_it(
    llm: LLMock, providers: Providers, provider: str, forced: object
) -> None:
    llm.call_tool("Occupancy", MAPLE)
    assert await shaped(providers, provider) == Occupancy(**MAPLE)
    choice = llm.requests[0].body["tool_choice"]
    assert choice == forced


async def test_the_shape_holds_when_another_provider_takes_over(llm: LLMock, providers: Providers) -> None:
    llm.add(Fail(500, match=Match(provider="openai")))
    llm.call_tool("Occupancy", MAPLE, provider="anthropic")
    assert await shaped(providers) == Occupancy(**MAPLE)
    assert [record.provider for record in llm.requests] == ["openai", "anthropic"]


async def test_without_a_choice_the_model_is_free_to_answer_in_words(llm: LLMock, providers: Providers) -> None:
    llm.reply("In words.")
    assert (await turn_model(providers.models("openai")).bind_tools([Occupancy]).ainvoke(QUESTION)).text == "In words."
    assert "tool_choice" not in llm.requests[0].body
