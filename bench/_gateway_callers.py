"""The ways to a model that are compared, each asked in the same manner. Sophia's own is in `_gateway_sophia`.

Only what a caller uses is imported: LiteLLM and the SDK that it pins live in an environment of their own. Every peer
has the settings that its documentation starts with, but for the ways out of a failure, which are switched on.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Protocol

MODEL = "gpt-4o-mini"
MESSAGES = [
    {"role": "system", "content": "You answer the staff of an apartment company in two sentences."},
    {"role": "user", "content": "How full is Maple Grove, and which units are vacant?"},
]


class Caller(Protocol):
    """One client, with a primary and a backup address. What a stream gives are pieces of text, as they come; it raises
    when it is not whole. `ask` gives the whole text."""

    def stream(self) -> AsyncIterator[str]: ...

    async def ask(self) -> str: ...

    async def close(self) -> None: ...


Make = Callable[[str, str], Caller]
"""From the base addresses of the primary and the backup."""


def langchain_messages() -> list[Any]:
    from langchain_core.messages import HumanMessage, SystemMessage

    return [SystemMessage(MESSAGES[0]["content"]), HumanMessage(MESSAGES[1]["content"])]


class Sdk:
    """OpenAI's SDK as it comes: no failover."""

    def __init__(self, primary: str, backup: str, headers: dict[str, str] | None = None) -> None:
        import openai

        self._client = openai.AsyncOpenAI(api_key="k", base_url=primary, default_headers=headers)

    async def stream(self) -> AsyncIterator[str]:
        asked: Any = {"model": MODEL, "messages": MESSAGES, "stream_options": {"include_usage": True}}
        async for chunk in await self._client.chat.completions.create(**asked, stream=True):
            if chunk.choices and (text := chunk.choices[0].delta.content):
                yield text

    async def ask(self) -> str:
        asked: Any = {"model": MODEL, "messages": MESSAGES}
        return (await self._client.chat.completions.create(**asked)).choices[0].message.content or ""

    async def close(self) -> None:
        await self._client.close()


class LangChain:
    """ChatOpenAI, alone or with LangChain's fallbacks."""

    def __init__(self, *addresses: str) -> None:
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        models = [ChatOpenAI(model=MODEL, api_key=SecretStr("k"), base_url=one, stream_usage=True) for one in addresses]
        self._model: Any = models[0].with_fallbacks(models[1:]) if models[1:] else models[0]
        self._messages = langchain_messages()

    async def stream(self) -> AsyncIterator[str]:
        async for chunk in self._model.astream(self._messages):
            if chunk.text:
                yield str(chunk.text)

    async def ask(self) -> str:
        return str((await self._model.ainvoke(self._messages)).text)

    async def close(self) -> None:
        """Nothing: langchain-openai shares one client among all models of one address."""


class LiteLlm:
    """LiteLLM's Router with a fallback to a second model group, the layout for several vendors."""

    def __init__(self, primary: str, backup: str, *, budget: float | None = None) -> None:
        import litellm

        litellm.suppress_debug_info = True
        groups = {"primary": primary, "backup": backup}
        deployments: Any = [
            {"model_name": name, "litellm_params": {"model": f"openai/{MODEL}", "api_key": "k", "api_base": base}}
            for name, base in groups.items()
        ]
        limits: Any = {}
        if budget is not None:
            limits = {"provider_budget_config": {"openai": {"budget_limit": budget, "time_period": "1d"}}}
        self._router = litellm.Router(model_list=deployments, fallbacks=[{"primary": ["backup"]}], **limits)

    async def stream(self) -> AsyncIterator[str]:
        asked: Any = {"model": "primary", "messages": MESSAGES, "stream_options": {"include_usage": True}}
        answer: Any = await self._router.acompletion(**asked, stream=True)
        async for chunk in answer:
            if chunk.choices and (text := chunk.choices[0].delta.content):
                yield text

    async def ask(self) -> str:
        asked: Any = {"model": "primary", "messages": MESSAGES}
        answer: Any = await self._router.acompletion(**asked)
        return answer.choices[0].message.content

    async def streamed_cost(self) -> float:
        """Dollars that LiteLLM thinks a streamed call took."""
        import litellm

        asked: Any = {"model": "primary", "messages": MESSAGES, "stream_options": {"include_usage": True}}
        chunks = [chunk async for chunk in await self._router.acompletion(**asked, stream=True)]
        return litellm.completion_cost(litellm.stream_chunk_builder(chunks, messages=MESSAGES), model=MODEL)

    async def close(self) -> None:
        pass


@dataclass(frozen=True)
class Portkey:
    """Portkey's gateway, asked through OpenAI's SDK, failing over by its `fallback` strategy."""

    address: str

    def __call__(self, primary: str, backup: str) -> Caller:
        targets = [{"provider": "openai", "api_key": "k", "custom_host": one} for one in (primary, backup)]
        config = {"strategy": {"mode": "fallback"}, "targets": targets}
        return Sdk(self.address, backup, {"x-portkey-config": json.dumps(config)})


def maker(name: str) -> Make:
    """How a peer's client is made."""
    match name:
        case "sdk":
            return Sdk
        case "chatopenai":
            return lambda primary, backup: LangChain(primary)
        case "with_fallbacks":
            return LangChain
        case "litellm":
            return LiteLlm
        case "portkey":
            return Portkey(os.environ["PORTKEY_ADDRESS"])
        case _:
            raise ValueError(name)
