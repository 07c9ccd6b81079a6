"""The messages a model gets: who she is, what was said before, what the person wants.

Order: system prompt, other people's words and file names and what a long thread was about at first (labelled as
material), the thread's earlier turns, the person's message last. Nothing that others wrote stands where the person's
words stand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.tool import ToolCall

from app.agent.memory import Remembered
from app.agent.prompts import Prompts, as_material
from app.agent.toolbox import ASK_PERSON
from app.domain.principal import Principal, Surface
from app.domain.turn import Attachment, Remark, ToolCallRecord, Turn

LONGEST_REMARK = 1_000
MOST_REMARKS = 20
_SURFACES = {
    Surface.SLACK: "Slack",
    Surface.SMS: "text message",
    Surface.CONSOLE: "a terminal",
    Surface.DIGEST: "a scheduled digest",
    Surface.MCP: "another program",
}
_SOMEBODY_ELSE = "(Somebody else in this thread asked something that led to the following.)"
_NOT_KEPT = json.dumps({"status": "ok", "text": "(The result was shown then and is not kept.)", "data": None})


def system_message(prompts: Prompts, turn: Turn, now: datetime) -> SystemMessage:
    """The system prompt. It changes with the day and the person only, so that providers can cache it."""
    principal = turn.principal
    local = now.astimezone(ZoneInfo(principal.timezone))
    text = prompts["turn"].render(
        person=as_material(principal.name) or "a colleague",
        roles=roles_of(principal),
        today=f"{local:%A, %B %-d, %Y}",
        timezone=principal.timezone,
        surface=_SURFACES[turn.surface],
        private=turn.conversation.private,
    )
    return SystemMessage(text)


def messages_of(prompts: Prompts, turn: Turn, remembered: Sequence[Remembered], question: str) -> list[BaseMessage]:
    """Everything after the system prompt. `question` is the person's message, tidied and redacted."""
    messages: list[BaseMessage] = []
    if remarks := _by_others(turn.history):
        messages.append(HumanMessage(prompts["others_said"].render(remarks=remarks)))
    if turn.attachments:
        files = [(as_material(file.name), as_material(file.mimetype), _size(file)) for file in turn.attachments]
        messages.append(HumanMessage(prompts["attachments"].render(files=files)))
    if remembered and remembered[0].before:
        messages.append(HumanMessage(prompts["earlier_in_thread"].render(summary=as_material(remembered[0].before))))
    for number, (earlier, words) in enumerate(zip(remembered, _whole_requests(remembered), strict=True)):
        messages.extend(_turn_before(earlier, words, f"earlier_{number}"))
    if not remembered:
        messages.extend(_history(turn.history))
    return [*messages, HumanMessage(question)]


def roles_of(principal: Principal) -> str:
    return ", ".join(sorted(role.value.replace("_", " ") for role in principal.roles)) or "guest"


def _by_others(history: Sequence[Remark]) -> list[tuple[str, str]]:
    others = [remark for remark in history if remark.speaker == "other" or not remark.trusted]
    return [
        (as_material(remark.name or "someone")[:80], as_material(remark.text)[:LONGEST_REMARK])
        for remark in others[-MOST_REMARKS:]
    ]


def _history(history: Sequence[Remark]) -> list[BaseMessage]:
    """Earlier messages as the surface knows them, when nothing is remembered."""
    messages: list[BaseMessage] = []
    for number, remark in enumerate(history):
        if not remark.trusted or remark.speaker == "other":
            continue
        if remark.speaker == "person":
            messages.append(HumanMessage(remark.text))
        else:
            messages.extend(_calls_before(remark.calls, f"history_{number}"))
            messages.append(AIMessage(remark.text))
    return messages


def _whole_requests(remembered: Sequence[Remembered]) -> list[str]:
    """What the person wanted at each turn. Who is asked back twice has said it in two parts: they stand together, so
    that the second answer is read with everything that was given before it."""
    requests: list[str] = []
    for number, earlier in enumerate(remembered):
        before = remembered[number - 1] if number else None
        goes_on = before is not None and before.own and earlier.own and _asked_back(before) and _asked_back(earlier)
        requests.append(f"{requests[-1]}, {earlier.question}" if goes_on else earlier.question)
    return requests


def _asked_back(turn: Remembered) -> bool:
    return any(call.name == ASK_PERSON for call in turn.calls)


def _turn_before(earlier: Remembered, words: str, key: str) -> list[BaseMessage]:
    question = HumanMessage(words if earlier.own else _SOMEBODY_ELSE)
    answer = [AIMessage(earlier.answer)] if earlier.answer else []
    return [question, *_calls_before(earlier.calls, key), *answer]


def _calls_before(calls: Sequence[ToolCallRecord], key: str) -> list[BaseMessage]:
    """Earlier calls in the form every provider accepts: each has a result, though its rows are gone."""
    if not calls:
        return []
    made = [
        ToolCall(name=call.name, args=dict(call.arguments), id=f"{key}_{number}", type="tool_call")
        for number, call in enumerate(calls)
    ]
    results = [
        ToolMessage(_NOT_KEPT, tool_call_id=f"{key}_{number}", name=call.name) for number, call in enumerate(calls)
    ]
    return [AIMessage("", tool_calls=made), *results]


def _size(file: Attachment) -> str:
    return f"{file.size / 1024 / 1024:.1f} MB" if file.size >= 1024 * 1024 else f"{max(1, file.size // 1024)} KB"
