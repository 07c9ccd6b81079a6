"""What a model is asked, and how many tokens that is, before anybody counted them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import BaseMessage

from app.gateways.spend import TokenEstimate
from app.gateways.splice import asked_to_continue

LONGEST_ANSWER = 8192  # tokens, reasoning included; no request allows more
CHARACTERS_PER_TOKEN = 3  # English has four: an estimate should rather be too high
_TOKENS_PER_TOOL = 250


@dataclass(slots=True)
class Request:
    """One question to whoever answers. `said` is what was already handed on, which the answer goes on from."""

    messages: list[BaseMessage]
    tools: Sequence[Any]
    options: Mapping[str, Any]
    estimate: TokenEstimate
    said: str = ""

    @classmethod
    def of(cls, messages: list[BaseMessage], tools: Sequence[Any], options: Mapping[str, Any]) -> Request:
        return cls(messages, tools, options, estimated(messages, tools))

    def going_on(self, said: str) -> Request:
        """The same, for a model that shall go on after what was said."""
        if not said:
            return self
        messages = asked_to_continue(self.messages, said)
        return Request(messages, self.tools, self.options, estimated(messages, self.tools), said)


def estimated(messages: Sequence[BaseMessage], tools: Sequence[Any]) -> TokenEstimate:
    """Tokens of a request, from its characters; high rather than low. Counting exactly costs a millisecond a call."""
    characters = sum(len(str(message.content)) for message in messages)
    return TokenEstimate(characters // CHARACTERS_PER_TOKEN + _TOKENS_PER_TOOL * len(tools), LONGEST_ANSWER)
