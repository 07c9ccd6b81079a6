"""Two attempts at one answer: a second route is asked when the first one's first token is late, and whoever gives one
first goes on alone (docs/adr/0041)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage

from app.gateways.attempt import Attempt


def only_looks(messages: Sequence[BaseMessage], tools: Sequence[Any], reads: frozenset[str]) -> bool:
    """True for a turn that has called no tool but those that only read. Who offers tools and names none of them as only
    reading may be about to write."""
    if tools and not reads:
        return False
    return all(
        call["name"] in reads for message in messages if isinstance(message, AIMessage) for call in message.tool_calls
    )


class Race:
    """`first` is asked; when it was silent for `late` seconds, `beside` gives a second attempt, if there may be one.
    `attempts` are those that were made."""

    def __init__(self, first: Attempt, late: float, beside: Callable[[], Awaitable[Attempt | None]]) -> None:
        self.attempts = [first]
        self._late = late
        self._beside = beside

    async def pieces(self) -> AsyncGenerator[AIMessageChunk]:
        """The pieces of the first to give a token; none when nobody gave one. The other is cancelled before that token
        is handed on, and paid for when the pieces end."""
        runners = [_Runner(self.attempts[0])]
        try:
            winner = await self._winner(runners)
            for one in runners:
                if one is not winner:
                    one.leave()
            if winner is not None and (token := winner.token.result()) is not None:
                yield token
                async for piece in winner.pieces:
                    yield piece
        finally:
            await asyncio.gather(*(one.ended() for one in runners))

    async def _winner(self, runners: list[_Runner]) -> _Runner | None:
        first = runners[0]
        while not first.token.done() and (left := self._late - first.attempt.silent_for) > 0:
            await asyncio.wait([first.token], timeout=left)
        if not first.token.done() and (second := await self._beside()) is not None:
            self.attempts.append(second)
            runners.append(_Runner(second))
        while True:
            running = [one.token for one in runners if not one.token.done()]
            for one in runners:
                if one.token.done() and one.token.result() is not None:
                    return one
            if not running:
                return None
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)


class _Runner:
    """An attempt on its way to its first token, in a task of its own."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.pieces = attempt.pieces()
        self.token = asyncio.create_task(self._first())

    def leave(self) -> None:
        """Cancels it for another that was sooner."""
        self.attempt.overtake()
        self.token.cancel()

    async def ended(self) -> None:
        """Returns when it is over, paid and noted; cancels what still runs."""
        self.token.cancel()
        await asyncio.wait([self.token])
        await self.pieces.aclose()

    async def _first(self) -> AIMessageChunk | None:
        return await anext(self.pieces, None)
