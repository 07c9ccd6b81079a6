"""The embedded planner as a LangChain chat model: tool calling with no key, no network and no model file.

Speaks LangChain's protocol only; what to do is decided in `planner`, what to say in `phrasing`.
"""

from __future__ import annotations

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
from app.gateways.embedded import history, looking, phrasing
from app.gateways.embedded.followups import DOCUMENTS
from app.gateways.embedded.plan import Conversation, Plan, Result
from app.gateways.embedded.planner import Planner

MODEL_NAME = "sophia-embedded-planner"


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
        """The next step of the turn: what is planned, a look into documents before or after it, or the answer."""
        talk = history.read(messages)
        allowed = None if tool_names is None else frozenset(tool_names)
        names, now = self.names.current(), self._now()
        found = self.planner.entities_of(talk.message, names, now)
        looked = any(one.tool == DOCUMENTS for one in talk.results)
        can_look = allowed is not None and DOCUMENTS in allowed and not looked
        if talk.results and not _only_looked_in_vain(talk):
            if can_look and looking.comes_after(talk.results, talk.message, found):
                return self._look(talk)
            return _message(phrasing.from_results(_telling(talk.results), talk.remark))
        plan = self.planner.plan_in(talk, names, now, allowed)
        if can_look and looking.comes_first(plan, talk.message, found):
            return self._look(talk, plan.confidence)
        if talk.results and _looks(plan):
            plan = self.planner.plan(talk.message, names, now, (), allowed)  # what it asks for outside its thread
            if _looks(plan) or not plan.calls:
                return _message(phrasing.from_results(talk.results, talk.remark))
        return self._said(plan, talk.message, can_ask=allowed is not None and history.ASK in allowed)

    def _look(self, talk: Conversation, confidence: float | None = None) -> AIMessage:
        query = looking.topic(talk.message, talk.calls)
        return _message("", [self._tool_call(DOCUMENTS, {"query": query})], confidence)

    def _said(self, plan: Plan, message: str, *, can_ask: bool) -> AIMessage:
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


def _looks(plan: Plan) -> bool:
    return any(call.name == DOCUMENTS for call in plan.calls)


def _only_looked_in_vain(talk: Conversation) -> bool:
    """True while nothing was done but a look into documents, which found nothing or could not be made."""
    return [(one.tool, one.found and not one.failed) for one in talk.results] == [(DOCUMENTS, False)]


def _telling(results: Sequence[Result]) -> list[Result]:
    """The results of the last step. A look that came after it in vain is none."""
    last = max(one.step for one in results)
    told = [one for one in results if one.step == last]
    in_vain = last > 0 and all(one.tool == DOCUMENTS and (one.failed or not one.found) for one in told)
    return [one for one in results if one.step < last] if in_vain else told


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
