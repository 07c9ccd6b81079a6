"""Questions that mean the same, for calls whose answer rests on nothing but the question: no tools, no results.

Two questions count as the same when everything before them is equal, their figures and the words written with a
capital are equal, and their vectors point almost the same way. In this process only.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from langchain_core.messages import HumanMessage, ToolMessage

from app.gateways.cache.keys import Asked, Sharing, key_without_question
from app.gateways.spend import Task

Embed = Callable[[str], Awaitable[Sequence[float]]]
"""A text's vector; its length does not matter."""

TASKS = frozenset({Task.CLASSIFY})
LEAST = 0.97  # cosine
EACH = 200  # questions kept for one beginning
BEGINNINGS = 50
LONGEST = 500  # characters: in a longer text one changed word hardly moves the vector
_TELLING = re.compile(r"\d+(?:[.,]\d+)*|\b[A-Z]\w*|\b(?i:not?|never|without|except|\w+n['’]t)\b")


@dataclass(frozen=True)
class _Known:
    vector: tuple[float, ...]
    telling: tuple[str, ...]
    key: str


class Alike:
    """Finds the key of an earlier call with the same meaning."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._known: OrderedDict[str, OrderedDict[str, _Known]] = OrderedDict()

    async def key_like(self, asked: Asked, sharing: Sharing) -> str | None:
        """The key of the most similar earlier question; None when none is similar enough or none may be."""
        beginning = _beginning(asked, sharing)
        if beginning is None or beginning not in self._known:
            return None
        question = _question(asked)
        vector, telling = _unit(await self._embed(question)), _told(question)
        near = [
            (sum(a * b for a, b in zip(vector, one.vector, strict=True)), one.key)
            for one in self._known[beginning].values()
            if one.telling == telling
        ]
        best = max(near, default=(0.0, ""))
        return best[1] if best[0] >= LEAST else None

    async def learn(self, asked: Asked, sharing: Sharing, key: str) -> None:
        """Remembers that this question was answered under `key`."""
        beginning = _beginning(asked, sharing)
        if beginning is None:
            return
        question = _question(asked)
        known = _Known(_unit(await self._embed(question)), _told(question), key)
        of = self._known.setdefault(beginning, OrderedDict())
        of[key] = known
        self._known.move_to_end(beginning)
        if len(of) > EACH:
            of.popitem(last=False)
        if len(self._known) > BEGINNINGS:
            self._known.popitem(last=False)


def _beginning(asked: Asked, sharing: Sharing) -> str | None:
    """What must be equal; None for a call that is compared with nothing."""
    last = asked.messages[-1] if asked.messages else None
    if asked.task not in TASKS or asked.tools or any(isinstance(one, ToolMessage) for one in asked.messages):
        return None
    if not isinstance(last, HumanMessage) or not isinstance(last.content, str) or len(last.content) > LONGEST:
        return None
    return key_without_question(asked, sharing)


def _question(asked: Asked) -> str:
    return str(asked.messages[-1].content)


def _told(question: str) -> tuple[str, ...]:
    """Figures, names and denials, in order: what a vector hardly sees and an answer turns on."""
    return tuple(_TELLING.findall(question))


def _unit(vector: Sequence[float]) -> tuple[float, ...]:
    length = math.sqrt(sum(one * one for one in vector)) or 1.0
    return tuple(one / length for one in vector)
