"""Words come sentence by sentence, checked, and what was said stays the beginning of the answer."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.agent.figures import Ledger
from app.agent.quotations import Quotable
from app.agent.speech import Speaker


def speaker() -> tuple[Speaker, list[str]]:
    said: list[str] = []

    async def passed_on(text: str) -> None:
        said.append(text)

    return Speaker(Ledger(date(2026, 3, 18), "America/Chicago"), Quotable(), passed_on), said


LONG = "This is a first sentence that is long enough to be more than a preamble, with many words in it, and more. " * 3


async def test_a_short_text_before_a_tool_call_is_not_part_of_the_answer() -> None:
    one, said = speaker()
    one.begin()
    await one.hear("Let me look that up.")
    await one.end(calls_tools=True)
    assert (one.said, said) == ("", [])


async def test_a_long_text_before_a_tool_call_stays_and_the_rest_is_a_new_paragraph() -> None:
    one, said = speaker()
    for text, calls_tools in ((LONG, True), ("And so it is.", False)):
        one.begin()
        await one.hear(text)
        await one.end(calls_tools=calls_tools)
    assert one.said == LONG.strip() + "\n\nAnd so it is."
    assert "".join(said) == one.said


@pytest.mark.parametrize(
    "text",
    [
        "Call Mr. Stone at St. Louis Ave. today, e.g. at noon. Then rest.",
        "- First point.\n- Second point: see below.\n\n1. One.\n2. Two.\n",
        "Is it so? Yes! “Quoted.” (Really.) **Bold.** Done",
    ],
)
async def test_text_comes_through_whole(text: str) -> None:
    one, said = speaker()
    one.begin()
    for character in LONG + text:
        await one.hear(character)
    await one.end(calls_tools=False)
    assert one.said == (LONG + text).strip()
    assert "".join(said) == one.said


async def test_a_number_cut_by_the_stream_is_checked_whole() -> None:
    one, said = speaker()
    one._ledger.add_words("1,895.50")
    one.begin()
    for piece in (LONG, "It is $1,", "895", ".50 now. ", "Not $2,", "000 then. ", "End"):
        await one.hear(piece)
    await one.end(calls_tools=False)
    assert one.said.endswith("It is $1,895.50 now. Not $2,000 (unconfirmed) then. End")
    assert not any(piece.endswith("$2,000") for piece in said)


async def test_a_link_cut_by_the_stream_is_still_removed() -> None:
    one, said = speaker()
    one.begin()
    for piece in (LONG, "See [the report. It ", "is good](https://evil.ex", "ample/?q=1) here. ", "End"):
        await one.hear(piece)
    await one.end(calls_tools=False)
    assert "evil" not in "".join(said)
    assert one.said.endswith("See the report. It is good here. End")


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab. \n!?[](1:/", max_size=30), max_size=12))
async def test_whatever_comes_in_whatever_pieces_what_was_shown_is_the_answer(pieces: list[str]) -> None:
    one, said = speaker()
    one.begin()
    for piece in pieces:
        await one.hear(piece)
    await one.end(calls_tools=False)
    await one.say("The end.")
    assert "".join(said) == one.said
    assert one.said == one.said.strip()
    assert one.said.endswith("The end.")
