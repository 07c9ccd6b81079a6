"""Wherever a stream breaks, on whatever road: no character is lost or doubled, and no cut stream passes for whole."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessageChunk
from langchain_core.messages.tool import tool_call_chunk

from app.gateways.faults import FaultKind, RouteFault
from app.gateways.models import ChatModels
from app.gateways.providers import Access
from app.gateways.splice import CONTINUE
from tests.gateways.scripted import Pieces, provider, says
from tests.gateways.standins import FixedPlanner, Uses, streamed, turn_model

BROKEN = RouteFault(FaultKind.TRANSIENT, "connection lost")
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=40)


def asked(first: Pieces, second: Pieces) -> tuple[str, AIMessageChunk]:
    async def run() -> tuple[str, AIMessageChunk]:
        models = ChatModels(
            access={"first": Access("k"), "second": Access("k")},
            planner=lambda **_: FixedPlanner(),
            uses=Uses(),
            providers={"first": provider("first", first), "second": provider("second", second)},
        )
        pieces, whole = await streamed(turn_model(models))
        return "".join(pieces), whole

    return asyncio.run(run())


@settings(max_examples=150, deadline=None, derandomize=True)
@given(pieces=st.lists(WORDS, min_size=1, max_size=8), data=st.data(), truncated=st.booleans())
def test_a_text_cut_after_any_piece_is_continued_to_the_same_text(
    pieces: list[str], data: st.DataObject, truncated: bool
) -> None:
    text = "".join(["The answer: ", *pieces, " and that is all there is to say."])
    cut = data.draw(st.integers(0, len(text)), label="characters before the cut")
    # a continuation that happens to begin as the text ended cannot be told from one that repeats
    assume(not any(text[:cut].endswith(text[cut : cut + n]) for n in range(3, len(text) - cut + 1)))
    size = data.draw(st.integers(1, 12), label="characters in a piece")
    before = [AIMessageChunk(content=text[at : min(at + size, cut)]) for at in range(0, cut, size)]

    def goes_on(messages: list) -> list:  # pyright: ignore[reportMissingTypeArgument, reportUnknownParameterType]
        if messages[-1].content != CONTINUE:
            return says(text)
        said = str(messages[-2].content)
        assert text.startswith(said)
        rest = text[len(said) :]
        return says(*(rest[at : at + size] for at in range(0, len(rest), size)))

    got, whole = asked(lambda _: [*before] if truncated else [*before, BROKEN], goes_on)
    if cut < len(text):
        assert got == text
        assert whole.response_metadata["provider"] == "second"


@pytest.mark.parametrize("truncated", [True, False])
@pytest.mark.parametrize("cut", range(len('{"property": "Maple Grove"}') + 1))
def test_a_tool_call_cut_anywhere_in_its_arguments_is_never_handed_on(cut: int, truncated: bool) -> None:
    arguments = '{"property": "Maple Grove"}'
    begun = AIMessageChunk(
        content="", tool_call_chunks=[tool_call_chunk(name="get_occupancy", args="", id="1", index=0)]
    )
    part = AIMessageChunk(
        content="", tool_call_chunks=[tool_call_chunk(name=None, args=arguments[:cut], id=None, index=0)]
    )
    got, whole = asked(lambda _: [begun, part] if truncated else [begun, part, BROKEN], lambda _: says("No tool."))
    assert (got, whole.tool_calls) == ("No tool.", [])
