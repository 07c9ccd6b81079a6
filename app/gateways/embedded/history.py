"""Reads a LangChain message list: what was just said, which calls came before, what was asked back.

Knows message shapes only; decides nothing.
"""

import json
from collections.abc import Sequence
from typing import Any, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from app.gateways.embedded.plan import Call, Conversation, Result

ASK = "ask_person"


def read(messages: Sequence[BaseMessage]) -> Conversation:
    """The conversation as the planner needs it."""
    at = max((i for i, m in enumerate(messages) if isinstance(m, HumanMessage)), default=-1)
    if at < 0:
        return Conversation("")
    earlier, later = messages[:at], messages[at + 1 :]
    calls = _calls(earlier)
    asked_at = _question_at(earlier)
    results = _results(later)
    remark = " ".join(filter(None, (text_of(m).strip() for m in later if isinstance(m, AIMessage) and m.tool_calls)))
    if asked_at is None:
        return Conversation(text_of(messages[at]), calls, results, remark)
    before = messages[:asked_at]
    about_at = max((i for i, m in enumerate(before) if isinstance(m, HumanMessage)), default=-1)
    about = text_of(messages[about_at]) if about_at >= 0 else ""
    return Conversation(text_of(messages[at]), calls, results, remark, about, _calls(messages[: max(about_at, 0)]))


def text_of(message: BaseMessage) -> str:
    """The words of a message, whatever its content blocks."""
    content: Any = message.content
    if isinstance(content, str):
        return content
    parts = [block if isinstance(block, str) else str(cast(dict[str, Any], block).get("text", "")) for block in content]
    return " ".join(part for part in parts if part)


def _calls(messages: Sequence[BaseMessage]) -> tuple[Call, ...]:
    return tuple(
        Call(call["name"], call["args"])
        for message in messages
        if isinstance(message, AIMessage)
        for call in message.tool_calls
        if call["name"] != ASK
    )


def _question_at(earlier: Sequence[BaseMessage]) -> int | None:
    """Where the question stands that the newest message answers: in the last thing Sophia said."""
    for i in range(len(earlier) - 1, -1, -1):
        message = earlier[i]
        if isinstance(message, HumanMessage):
            return None
        if isinstance(message, AIMessage):
            asks = any(call["name"] == ASK for call in message.tool_calls) or text_of(message).rstrip().endswith("?")
            if asks:
                return i
    return None


def _found(data: Any) -> bool:
    """False when the result's own data say that a search found nothing."""
    rows = data.get("data") if isinstance(data, dict) else None
    return not (isinstance(rows, dict) and cast(dict[str, Any], rows).get("found") == [])


def _results(later: Sequence[BaseMessage]) -> tuple[Result, ...]:
    step, found = -1, list[Result]()
    for message in later:
        if isinstance(message, AIMessage):
            step += 1
        elif isinstance(message, ToolMessage):
            found.append(_result(message, max(step, 0)))
    return tuple(found)


def _result(message: ToolMessage, step: int) -> Result:
    raw = text_of(message)
    text = raw
    try:
        data: Any = json.loads(raw)
    except ValueError:
        data = None
    if isinstance(data, dict):
        fields = cast(dict[str, Any], data)
        text = next((str(fields[k]) for k in ("text", "sentence", "message", "error", "question") if fields.get(k)), "")
    failed = message.status == "error"
    return Result(message.name or "", text.strip(), found=_found(data), failed=failed, step=step)
