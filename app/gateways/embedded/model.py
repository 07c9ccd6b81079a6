"""The embedded planner as a LangChain chat model: tool calling with no key, no network and no model file.

Speaks LangChain's protocol only; what to do is decided in `planner`, what to say in `phrasing`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict, SkipValidation
from typing_extensions import override

from app.domain.clock import Clock, Ids, RandomIds, SystemClock
from app.domain.names import NamesProvider
from app.gateways.embedded import history, phrasing
from app.gateways.embedded.followups import DOCUMENTS
from app.gateways.embedded.plan import Conversation, Plan
from app.gateways.embedded.planner import Planner

MODEL_NAME = "sophia-embedded-planner"
LONGEST_TOPIC = 300  # characters
UNSURE = 0.6
"""Confidence below which a question is looked up in the company's documents before the person is asked back."""
_QUESTION = re.compile(
    r"(?i)(?:^|[,.;:!?] ?)(?:(?:between|from|by|for|until) )?(?:how|what|who|when|where|which|why|can|could|may|must|"
    r"should|do|does|is|are|am)\b(?:'?s)?(?: \S+){2}"
)


class EmbeddedPlanner(BaseChatModel):
    """Plans the calls for the newest message, asks back, declines, and phrases the answer from tool results.

    `planner` is shared by all conversations; `names` gives what the asking person may see; `timezone` is theirs.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    planner: Planner
    names: SkipValidation[NamesProvider]
    clock: SkipValidation[Clock] = SystemClock()
    timezone: str = "UTC"
    ids: SkipValidation[Ids] = RandomIds()

    @property
    @override
    def _llm_type(self) -> str:
        return MODEL_NAME

    @property
    @override
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": MODEL_NAME, "timezone": self.timezone}

    @override
    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """A runnable that calls only these tools (and asks back by `ask_person` when it is among them)."""
        names = [convert_to_openai_tool(tool)["function"]["name"] for tool in tools]
        return self.bind(tool_names=names, **({"tool_choice": tool_choice} if tool_choice else {}), **kwargs)  # pyright: ignore[reportReturnType]

    @override
    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        reply = self._reply(messages, kwargs.get("tool_names"))
        return ChatResult(generations=[ChatGeneration(message=reply)], llm_output={"model_name": MODEL_NAME})

    @override
    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages, stop, None, **kwargs)

    @override
    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in _chunks(self._reply(messages, kwargs.get("tool_names"))):
            if run_manager:
                run_manager.on_llm_new_token(str(chunk.message.content), chunk=chunk)
            yield chunk

    @override
    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _chunks(self._reply(messages, kwargs.get("tool_names"))):
            if run_manager:
                await run_manager.on_llm_new_token(str(chunk.message.content), chunk=chunk)
            yield chunk

    def _reply(self, messages: list[BaseMessage], tool_names: Sequence[str] | None) -> AIMessage:
        talk = history.read(messages)
        allowed = None if tool_names is None else frozenset(tool_names)
        if talk.results and not _only_documents_looked_at(talk):
            return _message(phrasing.from_results(talk.results, talk.remark))
        plan = self.planner.plan_in(talk, self.names.current(), self._now(), allowed)
        if talk.results and (plan.calls or talk.results[0].found):
            return _message(phrasing.from_results(talk.results, talk.remark))
        can_look = not talk.results and allowed is not None and DOCUMENTS in allowed
        can_ask = allowed is not None and history.ASK in allowed
        return self._said(plan, talk.message, can_ask=can_ask, can_look=can_look)

    def _said(self, plan: Plan, message: str, *, can_ask: bool, can_look: bool) -> AIMessage:
        """`can_look`: before she declines, or asks back for want of a better idea, the company's documents are asked;
        they may know what no tool is about."""
        at_a_loss = plan.action == "decline" or (plan.action == "clarify" and plan.confidence < UNSURE)
        if at_a_loss and can_look and _QUESTION.search(message):
            return _message("", [self._tool_call(DOCUMENTS, {"query": message[:LONGEST_TOPIC]})], plan.confidence)
        calls = [self._tool_call(call.name, dict(call.arguments)) for call in plan.calls]
        if plan.action == "clarify" and can_ask and plan.question:
            calls.append(self._tool_call(history.ASK, {"question": plan.question, "options": list(plan.options)}))
        if calls:
            return _message(phrasing.left_out(plan), calls, plan.confidence)
        return _message(
            phrasing.without_tools(plan, message, self.planner.examples(self.names.current())),
            (),
            plan.confidence,
            plan.action,
        )

    def _tool_call(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "args": arguments, "id": self.ids.new("call"), "type": "tool_call"}

    def _now(self) -> datetime:
        return self.clock.now().astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None)


def _only_documents_looked_at(talk: Conversation) -> bool:
    return [result.tool for result in talk.results] == [DOCUMENTS]


def _message(
    text: str, calls: Sequence[dict[str, Any]] = (), confidence: float | None = None, action: str = ""
) -> AIMessage:
    metadata: dict[str, Any] = {"model_name": MODEL_NAME, "finish_reason": "tool_calls" if calls else "stop"}
    if confidence is not None:
        metadata["confidence"] = round(confidence, 3)
    if action:
        metadata["action"] = action
    return AIMessage(
        content=text,
        tool_calls=list(calls),  # pyright: ignore[reportArgumentType]
        response_metadata=metadata,
        usage_metadata=UsageMetadata(input_tokens=0, output_tokens=0, total_tokens=0),
    )


def _chunks(message: AIMessage) -> Iterator[ChatGenerationChunk]:
    """A finished message as a stream: its words one by one, then its calls with usage."""
    words = str(message.content).split(" ")
    for number, word in enumerate(words):
        if word:
            text = word if number == len(words) - 1 else f"{word} "
            yield ChatGenerationChunk(message=AIMessageChunk(content=text))
    yield ChatGenerationChunk(
        message=AIMessageChunk(
            content="",
            tool_calls=message.tool_calls,
            response_metadata=message.response_metadata,
            usage_metadata=message.usage_metadata,
            chunk_position="last",
        )
    )
