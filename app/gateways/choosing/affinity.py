"""Which road a conversation's calls of one kind went last. It stays there while that is healthy: the vendor has the
conversation's words in its prompt cache for some minutes, and a change of voice in mid-thread is noticed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from app.gateways.spend import Task

CACHE_SECONDS = 300.0  # OpenAI and Anthropic keep a prompt for at least five minutes after its last use
KEPT = 10_000  # conversations


Talk = tuple[str, Task]
"""A conversation and a kind of call: other kinds have another prompt, which no cache holds."""


class Affinity:
    """The last road of each conversation in this process. `monotonic` gives seconds that only go forward."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._roads: OrderedDict[Talk, tuple[str, float]] = OrderedDict()

    def road_of(self, conversation: str, task: Task) -> str:
        """The route's name; '' when there is none whose cache may still be warm."""
        road, until = self._roads.get((conversation, task), ("", 0.0))
        return road if until > self._monotonic() else ""

    def went(self, conversation: str, task: Task, road: str) -> None:
        """Notes that this route just answered in this conversation."""
        if not conversation:
            return
        self._roads[conversation, task] = (road, self._monotonic() + CACHE_SECONDS)
        self._roads.move_to_end((conversation, task))
        if len(self._roads) > KEPT:
            self._roads.popitem(last=False)
