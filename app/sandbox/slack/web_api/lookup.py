"""Shared look-ups with Slack's refusals: the conversation, the message, the person, a page of a list."""

from collections.abc import Sequence
from typing import TypeVar

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json, Message
from app.sandbox.slack.seed import Person
from app.sandbox.slack.state import Room
from app.sandbox.slack.web_api.registry import Call

MOST_PER_PAGE = 1000
T = TypeVar("T")


def room_of(call: Call, name: str = "channel", *, inside: bool = True) -> Room:
    """The conversation of the call; raises `channel_not_found`, `is_archived` or `not_in_channel`.

    A user id stands for the direct message with that person, and `#name` for the channel, as on Slack.
    """
    wanted = call.required(name)
    state = call.workspace.state
    room = state.rooms.get(wanted) or (state.room_by_name(wanted) if not wanted[:1].isupper() else None)
    if room is None and wanted in state.people:
        room = state.rooms.get(state.team.dm_id(wanted))
    bot = call.workspace.bot
    if room is None or (room.is_private and bot not in room.members):
        raise SlackError("channel_not_found")
    if inside:
        if room.archived:
            raise SlackError("is_archived")
        if bot not in room.members and "chat:write.public" not in call.workspace.config.scopes:
            raise SlackError("not_in_channel")
    return room


def thread_of(call: Call, room: Room, name: str = "thread_ts") -> str:
    """The thread to answer in, "" for none; a reply's ts stands for its root. Raises `thread_not_found`."""
    wanted = call.text(name)
    if not wanted:
        return ""
    message = call.workspace.state.find(room.id, wanted)
    if message is None or message.only_for:
        raise SlackError("thread_not_found")
    return message.thread_ts or message.ts


def own_message(call: Call, room: Room, refusal: str) -> Message:
    """A message of the app's own; raises `message_not_found` or the refusal for someone else's."""
    message = call.workspace.state.find(room.id, call.required("ts"))
    if message is None or message.only_for:
        raise SlackError("message_not_found")
    if not message.from_app:
        raise SlackError(refusal)
    return message


def person_of(call: Call, name: str = "user") -> Person:
    """The member of this id; raises `user_not_found`."""
    person = call.workspace.state.people.get(call.required(name))
    if person is None:
        raise SlackError("user_not_found")
    return person


def page(call: Call, items: Sequence[T], default: int = 100) -> tuple[Sequence[T], Json]:
    """One page and the `response_metadata` with the next cursor; raises `invalid_cursor`, `invalid_limit`."""
    limit = call.number("limit", default) or default
    if not 1 <= limit <= MOST_PER_PAGE:
        raise SlackError("invalid_limit")
    cursor = call.text("cursor")
    start = 0
    if cursor:
        if not cursor.startswith("next:") or not cursor[5:].isdigit():
            raise SlackError("invalid_cursor")
        start = int(cursor[5:])
    end = start + limit
    more = f"next:{end}" if end < len(items) else ""
    return items[start:end], {"next_cursor": more}
