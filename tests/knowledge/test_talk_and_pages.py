"""A rule comes from a page whatever was said about it; what was said comes from those who said it."""

from __future__ import annotations

import pytest

from app.knowledge.passages import Sight
from app.knowledge.talk import TALK, sights_for

SIGHT = Sight("W1", frozenset({"everyone"}))


@pytest.mark.parametrize(
    "question",
    ["what did Nordhaven say about rent guarantees", "who mentioned parking", "did Dana bring it up on a call",
     "what was discussed about the roof", "notes on Marcus Lindqvist"],
)  # fmt: skip
def test_what_was_said_is_looked_for_everywhere(question: str) -> None:
    assert sights_for(question, SIGHT) == (SIGHT,)


@pytest.mark.parametrize(
    "question",
    ["what is our late fee policy", "what does the handbook say about pets", "can residents sublet", "rent guarantee",
     "what does the lease say about guests", "how do we handle noise complaints"],
)  # fmt: skip
def test_everything_else_is_looked_for_in_pages_first_and_then_in_talk(question: str) -> None:
    pages, talk = sights_for(question, SIGHT)
    assert (pages.kinds & TALK, talk.kinds) == (frozenset(), TALK)
    assert (pages.tokens, talk.tokens) == (SIGHT.tokens, SIGHT.tokens)
