"""Which calls are the same: everything that the answer can depend on, in one digest.

Two calls share an answer when workspace, rights, task, routes, every message, every tool and every option are equal.
The prompt's version is its text, which is a message. Whoever may not be served from a cache has no key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from app.gateways.spend import Task

_NOT_THE_SAME_FOREVER = "1"  # grows when what is kept changes its form


@dataclass(frozen=True)
class Sharing:
    """With whom a turn's answers may be shared. `rights` is a fingerprint of everything the person may see, '' for
    nobody; `reads` are the tools that only read: a turn that called any other one is never cached."""

    rights: str = ""
    reads: frozenset[str] = frozenset()


SHARED_WITH_NOBODY = Sharing()


@dataclass(frozen=True)
class Asked:
    """One call, as far as its answer depends on it. `routes` are the names of those that may answer."""

    workspace_id: str
    task: Task
    routes: tuple[str, ...]
    messages: Sequence[BaseMessage]
    tools: Sequence[Any]
    options: Mapping[str, Any]


def key_of(asked: Asked, sharing: Sharing) -> str | None:
    """The call's key; None when nobody may be served its answer."""
    return _digest(asked, sharing, asked.messages)


def key_without_question(asked: Asked, sharing: Sharing) -> str | None:
    """The key of everything but the last message, for comparing questions by meaning."""
    return _digest(asked, sharing, asked.messages[:-1])


def _digest(asked: Asked, sharing: Sharing, messages: Sequence[BaseMessage]) -> str | None:
    if not sharing.rights or not asked.workspace_id or not all(isinstance(tool, Mapping) for tool in asked.tools):
        return None
    names: dict[str, int] = {}  # ids of calls differ from turn to turn: what counts is which result answers which call
    plain: list[dict[str, Any]] = []
    for message in messages:
        one: dict[str, Any] = {"type": message.type, "name": message.name, "content": message.content}
        if isinstance(message, AIMessage):
            if any(call["name"] not in sharing.reads for call in message.tool_calls):
                return None
            one["calls"] = [
                {"name": call["name"], "args": call["args"], "number": names.setdefault(call["id"] or "", len(names))}
                for call in message.tool_calls
            ]
        if isinstance(message, ToolMessage):
            one["answers"] = names.get(message.tool_call_id)
        plain.append(one)
    whole = {
        "form": _NOT_THE_SAME_FOREVER,
        "workspace": asked.workspace_id,
        "rights": sharing.rights,
        "reads": sorted(sharing.reads),
        "task": asked.task,
        "routes": asked.routes,
        "messages": plain,
        "tools": asked.tools,
        "options": asked.options,
    }
    try:
        return hashlib.sha256(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except TypeError:  # an option or a part of a message that is no plain data
        return None
