"""What Slack sent, as one plain shape for events, commands, clicks and submitted modals.

https://docs.slack.dev/apis/events-api · https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

Json = dict[str, Any]
Kind = Literal["event", "command", "action", "view", "other"]


@dataclass(frozen=True)
class Incoming:
    """One request's parsed body."""

    body: Json

    @property
    def kind(self) -> Kind:
        """What sort of request it is."""
        if "event" in self.body:
            return "event"
        if "command" in self.body:
            return "command"
        match self.body.get("type"):
            case "block_actions":
                return "action"
            case "view_submission":
                return "view"
            case _:
                return "other"

    @property
    def name(self) -> str:
        """The event's type, the command, the clicked action's id or the modal's callback id."""
        match self.kind:
            case "event":
                return str(self.event.get("type", ""))
            case "command":
                return str(self.body["command"])
            case "action":
                return str(self.action.get("action_id", ""))
            case "view":
                return str(self.view.get("callback_id", ""))
            case _:
                return ""

    @cached_property
    def event(self) -> Json:
        return _object(self.body.get("event"))

    @cached_property
    def action(self) -> Json:
        actions = cast("list[Json]", self.body.get("actions") or [{}])
        return _object(actions[0])

    @cached_property
    def view(self) -> Json:
        return _object(self.body.get("view"))

    @cached_property
    def message(self) -> Json:
        """The message that was clicked in."""
        return _object(self.body.get("message"))

    @property
    def value(self) -> str:
        """What the clicked element stands for."""
        return str(self.action.get("value") or "")

    @property
    def workspace_id(self) -> str:
        """The team in which Sophia is installed."""
        team = self.body.get("team")
        if isinstance(team, dict) and team.get("id"):
            return str(team["id"])
        authorized = cast("list[Json]", self.body.get("authorizations") or [])
        if authorized and authorized[0].get("team_id"):
            return str(authorized[0]["team_id"])
        return str(self.body.get("team_id") or "")

    @property
    def user_id(self) -> str:
        if self.kind == "event":
            user = self.event.get("user")
            return str(user.get("id", "") if isinstance(user, dict) else user or "")
        if self.kind == "command":
            return str(self.body.get("user_id", ""))
        return str(_object(self.body.get("user")).get("id", ""))

    @property
    def channel(self) -> str:
        if self.kind == "event":
            return str(self.event.get("channel", ""))
        if self.kind == "command":
            return str(self.body.get("channel_id", ""))
        container = _object(self.body.get("container"))
        return str(_object(self.body.get("channel")).get("id") or container.get("channel_id") or "")

    @property
    def message_ts(self) -> str:
        """The ts of the event's own message, or of the message that was clicked in."""
        if self.kind == "event":
            return str(self.event.get("ts", ""))
        return str(self.message.get("ts") or _object(self.body.get("container")).get("message_ts") or "")

    @property
    def thread(self) -> str:
        """The root of the thread this belongs to."""
        source = self.event if self.kind == "event" else self.message
        return str(source.get("thread_ts") or self.message_ts)

    @property
    def delivery_id(self) -> str:
        """What names this delivery: the event's id, else the trigger of the click or command."""
        return str(self.body.get("event_id") or self.body.get("trigger_id") or self.body.get("event_context") or "")

    @property
    def private_metadata(self) -> Json:
        """What the modal was opened with."""
        return _object(json.loads(self.view.get("private_metadata") or "{}"))


def is_private(channel: str, channel_type: str = "") -> bool:
    """True for a direct message between one person and Sophia."""
    return channel_type == "im" or (not channel_type and channel.startswith("D"))


def _object(value: Any) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}
