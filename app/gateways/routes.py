"""A road to one model: the provider, the built model, its breaker, and its tool bindings.

Which routes there are is in `route_plan`, in which order they are asked in `candidates`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk

from app.gateways.faults import FaultKind, RouteFault
from app.gateways.pace import Pace
from app.gateways.providers import Deadlines, Provider
from app.gateways.route_plan import PlannedRoute
from app.gateways.spend import DIRECT, RouteFacts
from app.gateways.terms import Capability, Terms
from app.http.breaker import Breaker

_BINDINGS_KEPT = 8


class Route:
    """One candidate of the failover. The SDK client is built at the first use."""

    def __init__(
        self,
        planned: PlannedRoute,
        deadlines: Deadlines,
        monotonic: Callable[[], float],
    ) -> None:
        provider, access, terms = planned.provider, planned.access, planned.terms
        self.planned = planned
        self.provider = provider
        self.model_name = access.model or provider.default_model
        self.terms = terms
        self.facts = facts_of(provider, self.model_name, terms)
        self.name = planned.name
        self.breaker = Breaker(monotonic)
        self.pace = Pace(deadlines)
        self._access = access
        self._deadlines = deadlines
        self._model: BaseChatModel | None = None
        self._bindings: dict[tuple[object, ...], tuple[Sequence[Any], Mapping[str, Any]]] = {}

    def stream(
        self, messages: list[BaseMessage], tools: Sequence[Any], *, tool_choice: str | None = None, **options: Any
    ) -> AsyncGenerator[BaseMessage]:
        """The pieces of the model's own stream. The model is built before, outside of any deadline."""
        return _pieces(self.build(), messages, {**self._bound(tools, tool_choice), **options})

    def fault_of(self, error: Exception) -> RouteFault:
        """What an error means for this route. What no SDK explains is a broken connection or a broken body."""
        if isinstance(error, RouteFault):
            return error
        return self.provider.fault(error) or RouteFault(FaultKind.TRANSIENT, type(error).__name__)

    def answered(self, first: float | None, longest_gap: float) -> None:
        """A whole answer came. Seconds: to its first word, None when it had none, and the longest silence after it."""
        if first is None:
            self.breaker.succeeded()
        else:
            self.breaker.succeeded(slow=self.pace.is_slow(first))
            self.pace.answered(first, longest_gap)

    def overtaken(self, waited: float | None) -> None:
        """It was left for another that gave its first token sooner. Seconds it was waited for; None when it had begun,
        too."""
        self.breaker.overtaken(slow=waited is not None and self.pace.waited(waited))

    def shares_key_with(self, other: Route) -> bool:
        """True when both are one account's, whose trouble they would share."""
        mine, theirs = self._access, other._access
        same_key = (mine.api_key, mine.base_url) == (theirs.api_key, theirs.base_url)
        return same_key and self.provider.name == other.provider.name

    def build(self) -> BaseChatModel:
        """The provider's model; importing its SDK takes seconds the first time."""
        if self._model is None:
            self._model = self.provider.build(self._access, self._deadlines)
            if Capability.STREAMING not in self.terms.capabilities:
                self._model.disable_streaming = True
        return self._model

    async def aclose(self) -> None:
        if self._model is not None:
            await self.provider.close(self._model)

    def _bound(self, tools: Sequence[Any], tool_choice: str | None) -> Mapping[str, Any]:
        """The tools as the model takes them, converted once per set: forty schemas cost milliseconds."""
        if not tools:
            return {}
        key = (tool_choice, *map(id, tools))
        if key not in self._bindings:
            if len(self._bindings) >= _BINDINGS_KEPT:
                self._bindings.clear()
            chosen = {"tool_choice": tool_choice} if tool_choice else {}
            binding: Any = self.build().bind_tools(tools, **chosen)
            self._bindings[key] = (tuple(tools), binding.kwargs)
        return self._bindings[key][1]


def facts_of(provider: Provider, model_name: str, terms: Terms) -> RouteFacts:
    """What prices and limits need to know of a route. Behind a gateway, `@openai/gpt-5` and `openai/gpt-5` are
    OpenAI's."""
    owner, model = provider.name, model_name
    if provider.gateway != DIRECT:
        before, _, model = model_name.removeprefix("@").rpartition("/")
        owner = terms.owner or before or owner
    fees = provider.fees if terms.fees is None else terms.fees
    return RouteFacts(
        provider.gateway,
        owner,
        model,
        terms.key,
        terms.price_ref,
        fees,
        terms.window,
        terms.limit,
        terms.price,
        terms.makes_text,
        terms.listed,
    )


async def _pieces(
    model: BaseChatModel, messages: list[BaseMessage], options: dict[str, Any]
) -> AsyncGenerator[BaseMessage]:
    """Without LangChain's `astream`: the outer model reports each piece once, and what gathers them for callbacks that
    nobody has here costs as much as the failover itself."""
    if model.disable_streaming:
        yield await model.ainvoke(messages, {"callbacks": []}, **options)
        return
    stream = model._astream(messages, **options)  # pyright: ignore[reportPrivateUsage] - see above
    async with aclosing(cast(AsyncGenerator[ChatGenerationChunk], stream)) as chunks:
        async for chunk in chunks:
            piece = chunk.message
            if chunk.generation_info:
                piece.response_metadata = {**chunk.generation_info, **piece.response_metadata}
            yield piece
