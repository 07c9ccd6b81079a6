"""Going on where another model was cut off, without losing or doubling a character of what was already said.

The next model is shown what was said and asked to continue. Models often repeat the last words, or start over: the
repeated part is dropped here. When a model starts over in other words the splice refuses, and the answer ends with a
sentence that says so.
"""

from __future__ import annotations

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from app.gateways.faults import FaultKind, RouteFault

CONTINUE = (
    "Your answer was cut off by a broken connection. Continue it exactly after its last character. Do not repeat "
    "anything, do not start over, do not mention the break."
)
_TELLING = 24  # characters that tell a fresh start from a continuation


def asked_to_continue(messages: list[BaseMessage], said: str) -> list[BaseMessage]:
    """The messages for a model that shall go on after `said`."""
    return [*messages, AIMessage(said), HumanMessage(CONTINUE)] if said else messages


class Splice:
    """Lets only the new part of a continuation through. With nothing said before, everything is new."""

    def __init__(self, said: str) -> None:
        self._said = said
        self._held = ""
        self._open = not said

    def take(self, text: str) -> str:
        """The new part that is certain after this piece. Raises RouteFault when the model starts over differently."""
        if self._open:
            return text
        self._held += text
        enough = max(_TELLING, len(self._said) + 1) if self._starts_over() else _TELLING
        if len(self._held) < enough:
            return ""
        return self._release()

    def rest(self) -> str:
        """What is still held when the stream has ended."""
        return "" if self._open else self._release()

    def _starts_over(self) -> bool:
        head = self._said[:_TELLING]
        return len(self._held) >= len(head) and self._held.startswith(head)

    def _release(self) -> str:
        self._open = True
        held, said = self._held, self._said
        if self._starts_over():
            if held.startswith(said):
                return held[len(said) :]
            raise RouteFault(FaultKind.NONSENSE, "the continuation started over in other words")
        longest = min(len(held), len(said))
        overlap = next((size for size in range(longest, 2, -1) if said.endswith(held[:size])), 0)
        return held[overlap:]
