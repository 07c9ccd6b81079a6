"""What stands around every model call and every tool call of a turn.

Outermost first: TurnLimit (stops what runs on), Redaction (what may leave for a model), Speaking (streams the model's
words through the figure check), and for tools Gatekeeping (the only way to run one). The graph itself holds schemas
and no tool that could be executed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, nullcontext
from typing import Any, cast

from langchain.agents.middleware import AgentMiddleware, AgentState
from langchain.agents.middleware.types import ModelRequest, ModelResponse, ToolCallRequest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.messages.tool import ToolCall

from app.agent.cleaning import cleaned
from app.agent.run import Asked, TurnRun
from app.agent.toolbox import ASK_PERSON, nearest, told, told_error
from app.domain.tooling import Effect
from app.security.redaction import Redactor
from app.tools.core.registry import AnyTool
from app.tools.core.whole import GateCall

State = AgentState[Any]
ModelHandler = Callable[[ModelRequest[TurnRun]], Awaitable[ModelResponse[Any]]]
ToolHandler = Callable[[ToolCallRequest], Awaitable[Any]]
MOST_OPTIONS = 5
LONGEST_OPTION = 75
CALLS_AT_ONCE = 64  # of one process; more would only queue for database connections and starve the loop


class TurnLimit(AgentMiddleware[State, TurnRun, Any]):
    """Ends the loop when the turn is over or has used what it may."""

    async def awrap_model_call(self, request: ModelRequest[TurnRun], handler: ModelHandler) -> ModelResponse[Any]:
        run = request.runtime.context
        if not run.is_over and run.spent.over(run.limits):
            run.stopped = "limit"
        if run.is_over:
            return ModelResponse(result=[AIMessage("")])
        run.spent.model_calls += 1
        return await handler(request)

    async def awrap_tool_call(self, request: ToolCallRequest, handler: ToolHandler) -> Any:
        run = _run_of(request)
        run.spent.tool_calls += 1
        if run.spent.tool_calls > run.limits.tool_calls:
            run.stopped = "limit"
            call = request.tool_call
            return told_error(call["id"] or "", call["name"], "No more look-ups are possible in this turn.")
        return await handler(request)


class Redaction(AgentMiddleware[State, TurnRun, Any]):
    """Takes secrets, card numbers and social security numbers out of everything a model gets."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    async def awrap_model_call(self, request: ModelRequest[TurnRun], handler: ModelHandler) -> ModelResponse[Any]:
        run = request.runtime.context
        messages = [self._redacted(message, run) for message in request.messages]
        return await handler(request.override(messages=cast("Any", messages)))

    def _redacted(self, message: BaseMessage, run: TurnRun) -> BaseMessage:
        known = run.redacted.get(id(message))
        if known is None:
            content = self._redactor.value(message.content)
            clean = message if content == message.content else message.model_copy(update={"content": content})
            known = run.redacted[id(message)] = (message, clean)
        return known[1]


class Speaking(AgentMiddleware[State, TurnRun, Any]):
    """Asks the turn's own model, passes its words on sentence by sentence, and returns its whole message."""

    def __init__(self, schemas: Sequence[Mapping[str, Any]], effects: Mapping[str, Effect]) -> None:
        super().__init__()
        self._schemas = schemas
        self._effects = effects

    async def awrap_model_call(self, request: ModelRequest[TurnRun], handler: ModelHandler) -> ModelResponse[Any]:
        run = request.runtime.context
        texts: list[str] = []
        calls: list[ToolCall] = []
        run.speaker.begin()
        async with aclosing(run.model.pieces([run.system, *request.messages], self._schemas)) as pieces:
            async for piece in pieces:
                await self._hear(piece, run, texts, calls)
        await run.speaker.end(calls_tools=bool(calls))
        run.one_at_a_time = any(self._effects.get(call["name"]) is not Effect.READ for call in calls)
        return ModelResponse(result=[AIMessage("".join(texts), tool_calls=calls)])

    @staticmethod
    async def _hear(piece: AIMessageChunk, run: TurnRun, texts: list[str], calls: list[ToolCall]) -> None:
        if text := str(piece.text):
            texts.append(text)
            await run.speaker.hear(text)
        calls.extend(piece.tool_calls)  # a TurnModel gives them whole, in its last piece
        if usage := piece.usage_metadata:
            run.spent.tokens += usage["total_tokens"]
        if piece.response_metadata:
            run.finish = piece.response_metadata.get("finish_reason", run.finish)
            run.action = piece.response_metadata.get("action", run.action)


class Gatekeeping(AgentMiddleware[State, TurnRun, Any]):
    """Runs tools through the gate only. Whatever happens becomes a message that helps the model on."""

    def __init__(self, tools: Mapping[str, AnyTool], call: GateCall) -> None:
        super().__init__()
        self._tools = tools
        self._call = call
        self._slots = asyncio.Semaphore(CALLS_AT_ONCE)

    async def awrap_tool_call(self, request: ToolCallRequest, handler: ToolHandler) -> ToolMessage:
        run = _run_of(request)
        name, arguments, call_id = request.tool_call["name"], request.tool_call["args"], request.tool_call["id"] or ""
        if name == ASK_PERSON:
            return self._ask(run, arguments, call_id)
        if name not in self._tools:
            near = nearest(name, list(self._tools))
            hint = f"Did you mean {' or '.join(near)}?" if near else "Use one of the given tools, or answer without."
            return told_error(call_id, name, f"There is no tool named {name[:60]!r}. {hint}")
        key = f"{name} {json.dumps(arguments, sort_keys=True, default=str)}"
        if (before := run.results.get(key)) is not None:
            message = await before
            return message.model_copy(update={"tool_call_id": call_id})
        pending = run.results[key] = asyncio.get_running_loop().create_future()
        try:
            message = await self._through_gate(run, name, arguments, call_id)
        except Exception as failure:
            pending.set_exception(failure)  # an equal call fails alike, instead of looking cut off
            pending.exception()  # where there is none, nobody has to hear of it
            raise
        except BaseException:
            pending.cancel()
            raise
        pending.set_result(message)
        return message

    async def _through_gate(self, run: TurnRun, name: str, arguments: dict[str, Any], call_id: str) -> ToolMessage:
        tool = self._tools[name]
        doing = tool.doing or tool.title
        if tool.personal:
            await run.progress.personal()
        await run.progress.status(f"{doing}…")
        await run.progress.step(call_id, doing, "in_progress")
        async with run.turnstile if run.one_at_a_time else nullcontext(), self._slots:
            outcome = await self._call(run.turn.principal, name, arguments, run.origin)
        outcome = run.note(name, arguments, outcome)
        if run.for_asker_alone:
            await run.progress.personal()
        message = told(call_id, name, outcome)
        await run.progress.step(call_id, doing, "error" if message.status == "error" else "complete")
        return message

    @staticmethod
    def _ask(run: TurnRun, arguments: dict[str, Any], call_id: str) -> ToolMessage:
        question = cleaned(str(arguments.get("question") or "")).strip()
        if not question:
            return told_error(call_id, ASK_PERSON, "The question is missing.")
        given = arguments.get("options")
        options = [cleaned(str(option)).strip()[:LONGEST_OPTION] for option in given] if isinstance(given, list) else []
        run.asked = Asked(question, tuple(dict.fromkeys(filter(None, options)))[:MOST_OPTIONS])
        return ToolMessage("The person was asked.", tool_call_id=call_id, name=ASK_PERSON)


def _run_of(request: ToolCallRequest) -> TurnRun:
    return cast("TurnRun", request.runtime.context)
