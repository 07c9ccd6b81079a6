"""The arrivals that become turns: a person said something, or clicked something that counts as saying it."""

from __future__ import annotations

from typing import Any

from app.runtime.intake import Arrival
from handlers.core.incoming import Incoming, Json, is_private

TURN = "turn"


def said(incoming: Incoming, text: str) -> Arrival:
    """A message as a turn. A mention in a channel comes as two events of one message: they share this key."""
    return Arrival(
        workspace_id=incoming.workspace_id,
        key=f"{incoming.channel}:{incoming.message_ts}:message",
        delivery_id=incoming.delivery_id,
        kind=TURN,
        lane=f"{incoming.channel}:{incoming.thread}",
        conversation=f"{incoming.channel}:{incoming.thread}",
        user_id=incoming.user_id,
        payload={
            "channel": incoming.channel,
            "thread": incoming.thread,
            "ts": incoming.message_ts,
            "private": is_private(incoming.channel, str(incoming.event.get("channel_type", ""))),
            "text": text,
            "files": [_file(item) for item in incoming.event.get("files") or []],
        },
    )


def clicked(incoming: Incoming, text: str, *, once: bool = False) -> Arrival:
    """A click on a suggestion as a turn of the person who clicked, in the thread it stands in. `once`: of that message
    a person clicks one button only, and a double click is one."""
    which = f"once:{incoming.user_id}" if once else f"{incoming.name}:{incoming.delivery_id}"
    return Arrival(
        workspace_id=incoming.workspace_id,
        key=f"{incoming.channel}:{incoming.message_ts}:{which}"[:120],
        delivery_id=incoming.delivery_id,
        kind=TURN,
        lane=f"{incoming.channel}:{incoming.thread}",
        conversation=f"{incoming.channel}:{incoming.thread}",
        user_id=incoming.user_id,
        payload={
            "channel": incoming.channel,
            "thread": incoming.thread,
            "ts": incoming.message_ts,
            "private": is_private(incoming.channel),
            "text": text,
            "files": [],
        },
    )


def asked_privately(incoming: Incoming, text: str) -> Arrival:
    """A question from outside any thread (slash command, Home tab): answered in the direct message."""
    payload: dict[str, Any] = {"anchor": True, "private": True, "text": text, "files": []}
    return Arrival(
        workspace_id=incoming.workspace_id,
        key=f"{incoming.kind}:{incoming.delivery_id}"[:120],
        delivery_id=incoming.delivery_id,
        kind=TURN,
        user_id=incoming.user_id,
        payload=payload,
    )


def _file(item: Json) -> Json:
    return {
        "id": str(item.get("id", "")),
        "name": str(item.get("name") or item.get("title") or "file"),
        "mimetype": str(item.get("mimetype") or ""),
        "size": int(item.get("size") or 0),
    }
