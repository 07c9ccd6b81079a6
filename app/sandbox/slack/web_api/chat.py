"""chat.*: post, update, delete, ephemeral, permalink, schedule."""

import asyncio

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json, Message
from app.sandbox.slack.present import message_json
from app.sandbox.slack.web_api.content import content_of
from app.sandbox.slack.web_api.lookup import own_message, room_of, thread_of
from app.sandbox.slack.web_api.registry import Call, method

UPDATE_MOST = 4_000
SCHEDULE_AHEAD = 120 * 24 * 3600
_scheduled: dict[tuple[int, str], asyncio.TimerHandle] = {}


@method("chat.postMessage", "posting", "chat:write")
def post_message(call: Call) -> Json:
    """docs.slack.dev/reference/methods/chat.postMessage."""
    room = room_of(call)
    message = _compose(call, room.id, thread_of(call, room))
    _deliver(call, message)
    return {
        "channel": room.id,
        "ts": message.ts,
        "message": message_json(call.workspace.state, message, summary=False),
    }


def _compose(call: Call, channel: str, thread_ts: str) -> Message:
    content = content_of(call)
    workspace = call.workspace
    custom = {name: call.text(name) for name in ("username", "icon_emoji", "icon_url") if call.text(name)}
    if custom and "chat:write.customize" not in workspace.config.scopes:
        raise SlackError("missing_scope", needed="chat:write.customize", provided=",".join(workspace.config.scopes))
    return Message(
        channel=channel,
        ts=workspace.state.next_ts(),
        user=workspace.bot,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        metadata=content.metadata,
        thread_ts=thread_ts,
        from_app=True,
        username=custom.get("username", ""),
        icon=custom.get("icon_emoji", ""),
        broadcast=call.flag("reply_broadcast"),
    )


def _deliver(call: Call, message: Message) -> None:
    workspace = call.workspace
    workspace.state.add(message)
    session = workspace.state.sessions.get((message.channel, message.thread_ts or message.ts))
    if session is not None and session.note:
        session.note, session.loading = "", []
        workspace.state.session_changed(session)
    workspace.message_posted(message)


@method("chat.update", "Tier3", "chat:write")
def update(call: Call) -> Json:
    """Blocks or text replace the old ones; text alone keeps no blocks, as on Slack."""
    room = room_of(call, inside=False)
    message = own_message(call, room, "cant_update_message")
    if message.stream and message.stream.live:
        raise SlackError("streaming_state_conflict")
    if len(call.text("text")) > UPDATE_MOST:
        raise SlackError("msg_too_long")
    content = content_of(call)
    state = call.workspace.state
    before = message_json(state, message)
    message.stream = None
    message.text = content.text or message.text
    message.blocks, message.attachments = content.blocks, content.attachments
    message.metadata = content.metadata or message.metadata
    message.edited_by, message.edited_ts = call.workspace.bot, state.next_ts()
    state.touch(message)
    call.workspace.message_changed(message, before)
    body = message_json(state, message)
    return {"channel": room.id, "ts": message.ts, "text": message.text, "message": body}


@method("chat.delete", "Tier3", "chat:write")
def delete(call: Call) -> Json:
    room = room_of(call, inside=False)
    message = own_message(call, room, "cant_delete_message")
    before = message_json(call.workspace.state, message)
    call.workspace.state.delete(message)
    call.workspace.message_deleted(message, before)
    return {"channel": room.id, "ts": message.ts}


@method("chat.postEphemeral", "Tier4", "chat:write")
def post_ephemeral(call: Call) -> Json:
    """Only the named person sees it, it raises no event and cannot be updated."""
    room = room_of(call)
    user = call.required("user")
    if user not in room.members:
        raise SlackError("user_not_in_channel")
    message = _compose(call, room.id, thread_of(call, room))
    message.only_for = user
    call.workspace.state.add(message)
    return {"message_ts": message.ts}


@method("chat.getPermalink", "none")
def get_permalink(call: Call) -> Json:
    room = room_of(call, inside=False)
    ts = call.required("message_ts")
    message = call.workspace.state.find(room.id, ts)
    if message is None:
        raise SlackError("message_not_found")
    link = f"{call.workspace.state.base_url}/archives/{room.id}/p{ts.replace('.', '')}"
    if message.in_thread:
        link += f"?thread_ts={message.thread_ts}&cid={room.id}"
    return {"channel": room.id, "permalink": link}


@method("chat.scheduleMessage", "Tier3", "chat:write")
def schedule_message(call: Call) -> Json:
    """Posted at `post_at`, at most 120 days ahead."""
    room = room_of(call)
    workspace = call.workspace
    post_at = call.number("post_at", 0)
    wait = post_at - workspace.config.now()
    if wait <= 0:
        raise SlackError("time_in_past")
    if wait > SCHEDULE_AHEAD:
        raise SlackError("time_too_far")
    message = _compose(call, room.id, thread_of(call, room))
    scheduled_id = workspace.state.new_id("Q")

    def post() -> None:
        _scheduled.pop((id(workspace), scheduled_id), None)
        message.ts = workspace.state.next_ts()
        _deliver(call, message)

    _scheduled[(id(workspace), scheduled_id)] = asyncio.get_running_loop().call_later(wait, post)
    return {
        "channel": room.id,
        "scheduled_message_id": scheduled_id,
        "post_at": post_at,
        "message": message_json(workspace.state, message, summary=False),
    }


@method("chat.deleteScheduledMessage", "Tier3", "chat:write")
def delete_scheduled_message(call: Call) -> Json:
    handle = _scheduled.pop((id(call.workspace), call.required("scheduled_message_id")), None)
    if handle is None:
        raise SlackError("invalid_scheduled_message_id")
    handle.cancel()
    return {}
