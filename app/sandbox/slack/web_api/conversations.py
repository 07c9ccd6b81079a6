"""conversations.*: list, info, history, replies, members, open, join."""

from collections.abc import Sequence

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json, Message
from app.sandbox.slack.present import message_json, room_json
from app.sandbox.slack.seed import ChannelKind
from app.sandbox.slack.state import Room
from app.sandbox.slack.web_api.lookup import page, room_of
from app.sandbox.slack.web_api.registry import Call, method

_KINDS: dict[str, ChannelKind] = {
    "public_channel": "channel",
    "private_channel": "group",
    "im": "im",
    "mpim": "mpim",
}
READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


@method("conversations.list", "Tier2", *READ)
def list_conversations(call: Call) -> Json:
    """Public channels, and the private ones and direct messages the app is in."""
    names = [name.strip() for name in call.text("types", "public_channel").split(",")]
    if not set(names) <= set(_KINDS):
        raise SlackError("invalid_types")
    kinds = {_KINDS[name] for name in names}
    bot = call.workspace.bot
    rooms = [
        room
        for room in call.workspace.state.rooms.values()
        if room.kind in kinds
        and (not room.is_private or bot in room.members)
        and not (call.flag("exclude_archived") and room.archived)
    ]
    chosen, metadata = page(call, rooms)
    return {
        "channels": [room_json(call.workspace.state, room) for room in chosen],
        "response_metadata": metadata,
    }


@method("conversations.info", "Tier3", *READ)
def info(call: Call) -> Json:
    room = room_of(call, inside=False)
    return {"channel": room_json(call.workspace.state, room)}


@method("conversations.members", "Tier4", *READ)
def members(call: Call) -> Json:
    room = room_of(call, inside=False)
    chosen, metadata = page(call, sorted(room.members))
    return {"members": list(chosen), "response_metadata": metadata}


@method("conversations.history", "Tier3", *HISTORY)
def history(call: Call) -> Json:
    """Newest first, without replies unless they were also sent to the channel."""
    room = _readable(call)
    found = [m for m in room.messages.values() if not m.deleted and not m.only_for and (not m.in_thread or m.broadcast)]
    chosen, metadata = page(call, list(reversed(_between(call, found))))
    more = bool(metadata["next_cursor"])
    body: Json = {
        "messages": [message_json(call.workspace.state, m) for m in chosen],
        "has_more": more,
        "pin_count": 0,
    }
    return body | ({"response_metadata": metadata} if more else {})


@method("conversations.replies", "Tier3", *HISTORY)
def replies(call: Call) -> Json:
    """The root and its replies, oldest first."""
    room = _readable(call)
    state = call.workspace.state
    message = state.find(room.id, call.required("ts"))
    if message is None or message.only_for:
        raise SlackError("thread_not_found")
    root = state.find(room.id, message.thread_ts) if message.in_thread else message
    found = ([root] if root else []) + [
        m for m in state.replies(room.id, message.thread_ts or message.ts) if not m.only_for
    ]
    chosen, metadata = page(call, _between(call, found), 1000)
    more = bool(metadata["next_cursor"])
    body: Json = {"messages": [message_json(state, m) for m in chosen], "has_more": more}
    return body | ({"response_metadata": metadata} if more else {})


def _readable(call: Call) -> Room:
    room = room_of(call, inside=False)
    if call.workspace.bot not in room.members:
        raise SlackError("not_in_channel")
    return room


def _between(call: Call, messages: Sequence[Message]) -> list[Message]:
    oldest, latest = call.text("oldest", "0"), call.text("latest") or "9999999999.999999"
    try:
        low, high = float(oldest), float(latest)
    except ValueError:
        raise SlackError("invalid_ts_oldest") from None
    if call.flag("inclusive"):
        return [m for m in messages if low <= float(m.ts) <= high]
    return [m for m in messages if low < float(m.ts) < high]


@method("conversations.open", "Tier3", "im:write", "mpim:write")
def open_conversation(call: Call) -> Json:
    """A direct message with one person, a group message with up to eight."""
    workspace = call.workspace
    if call.text("channel"):
        return {"channel": room_json(workspace.state, room_of(call))}
    users = [user.strip() for user in call.required("users").split(",") if user.strip()]
    people = workspace.state.people
    if not all(user in people for user in users):
        raise SlackError("user_not_found")
    if len(users) > 8:
        raise SlackError("too_many_users")
    if len(users) == 1:
        room = workspace.state.rooms[workspace.state.team.dm_id(users[0])]
        return _opened(call, room, existed=True)
    wanted = {*users, workspace.bot}
    for room in workspace.state.rooms.values():
        if room.kind == "mpim" and room.members == wanted:
            return _opened(call, room, existed=True)
    name = "mpdm-" + "--".join(people[user].handle for user in sorted(users)) + "-1"
    room = Room(workspace.state.new_id("C"), name, "mpim", wanted, int(workspace.config.now()), workspace.bot)
    workspace.state.rooms[room.id] = room
    workspace.bus.publish("channel", channel=room.id)
    return _opened(call, room, existed=False)


def _opened(call: Call, room: Room, *, existed: bool) -> Json:
    body: Json = {"channel": {"id": room.id}}
    if call.flag("return_im"):
        body["channel"] = room_json(call.workspace.state, room)
    return body | ({"no_op": True, "already_open": True} if existed else {})


@method("conversations.join", "Tier3", "channels:join")
def join(call: Call) -> Json:
    """The app joins a public channel."""
    workspace = call.workspace
    room = room_of(call, inside=False)
    if room.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if workspace.bot in room.members:
        call.warnings.append("already_in_channel")
    else:
        join_room(call, room, workspace.bot)
    return {"channel": room_json(workspace.state, room)}


def join_room(call: Call, room: Room, user: str) -> None:
    """Add a member and tell the app."""
    room.members.add(user)
    call.workspace.bus.publish("channel", channel=room.id)
    call.workspace.events.emit(
        {
            "type": "member_joined_channel",
            "user": user,
            "channel": room.id,
            "channel_type": "C" if room.kind == "channel" else "G",
            "team": call.workspace.state.team.id,
        }
    )


@method("conversations.leave", "Tier3", "channels:join")
def leave(call: Call) -> Json:
    room = room_of(call, inside=False)
    if call.workspace.bot not in room.members:
        return {"not_in_channel": True}
    room.members.discard(call.workspace.bot)
    call.workspace.bus.publish("channel", channel=room.id)
    return {}
