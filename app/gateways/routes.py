"""A road to one model: the provider, the built model, its breaker, and its tool bindings.

The orchestrator's routes (gateway, price, data policy, limits) grow from here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.runnables import Runnable

from app.gateways.breaker import Breaker
from app.gateways.faults import FaultKind, RouteFault
from app.gateways.providers import Access, Deadlines, Provider
from app.gateways.spend import DIRECT, RouteFacts

_BINDINGS_KEPT = 8
ONLY_KEY = "1"  # the name of a provider's only key


class Route:
    """One candidate of the failover. The SDK client is built at the first use."""

    def __init__(
        self, provider: Provider, access: Access, deadlines: Deadlines, monotonic: Callable[[], float]
    ) -> None:
        self.provider = provider
        self.model_name = access.model or provider.default_model
        self.breaker = Breaker(monotonic)
        self._access = access
        self._deadlines = deadlines
        self._model: BaseChatModel | None = None
        self._bindings: dict[tuple[int, ...], tuple[Sequence[Any], Runnable[Any, Any]]] = {}

    @property
    def name(self) -> str:
        return f"{self.provider.name}/{self.model_name}"

    @property
    def facts(self) -> RouteFacts:
        """What prices and limits need to know. Behind a gateway, `@openai/gpt-5` and `openai/gpt-5` are OpenAI's."""
        if self.provider.gateway == DIRECT:
            return RouteFacts(DIRECT, self.provider.name, self.model_name, ONLY_KEY, fees=self.provider.fees)
        owner, _, model = self.model_name.removeprefix("@").rpartition("/")
        return RouteFacts(self.provider.gateway, owner or self.provider.name, model, ONLY_KEY, fees=self.provider.fees)

    def stream(self, messages: list[BaseMessage], tools: Sequence[Any], **options: Any) -> AsyncIterator[Any]:
        """The model's own stream. Callbacks are cut off here: the outer model reports each piece once."""
        return self._bound(tools).astream(messages, {"callbacks": []}, **options)

    def fault_of(self, error: Exception) -> RouteFault:
        """What an error means for this route. What no SDK explains is a broken connection or a broken body."""
        if isinstance(error, RouteFault):
            return error
        return self.provider.fault(error) or RouteFault(FaultKind.TRANSIENT, type(error).__name__)

    def build(self) -> BaseChatModel:
        """The provider's model; importing its SDK takes seconds the first time."""
        if self._model is None:
            self._model = self.provider.build(self._access, self._deadlines)
        return self._model

    async def aclose(self) -> None:
        if self._model is not None:
            await self.provider.close(self._model)

    def _bound(self, tools: Sequence[Any]) -> Runnable[Any, Any]:
        """The model with tools, converted once per set of tools: forty schemas cost milliseconds a call otherwise."""
        model = self.build()
        if not tools:
            return model
        key = tuple(map(id, tools))
        if key not in self._bindings:
            if len(self._bindings) >= _BINDINGS_KEPT:
                self._bindings.clear()
            self._bindings[key] = (tuple(tools), model.bind_tools(tools))
        return self._bindings[key][1]
