"""chat.startStream, appendStream, stopStream: messages that grow, for about five minutes.

Text that is streamed is Markdown without tables. `stopStream` appends its text, it does not replace
what was streamed (docs.slack.dev/reference/methods/chat.stopStream).
"""

import asyncio
from typing import Any

from app.sandbox.slack.errors import SlackError
from app.sandbox.slack.messages import Json, Message, Stream, StreamPart
from app.sandbox.slack.present import message_json
from app.sandbox.slack.state import Room
from app.sandbox.slack.web_api.content import MARKDOWN_MOST, checked_blocks, metadata_of
from app.sandbox.slack.web_api.lookup import own_message, room_of, thread_of
from app.sandbox.slack.web_api.registry import Call, method
from app.sandbox.slack.workspace import LocalWorkspace

TASK_STATES = ("pending", "in_progress", "complete", "error")
SESSION_STATES = ("active", "processing", "suspended", "closed")
CHUNK_KINDS = ("markdown_text", "task_update", "plan_update", "blocks")


@method("chat.startStream", "Tier2", "chat:write")
def start_stream(call: Call) -> Json:
    room = room_of(call)
    call.required("thread_ts")
    thread_ts = thread_of(call, room)
    _check_recipient(call, room)
    mode = call.text("task_display_mode", "timeline")
    if mode not in ("timeline", "plan"):
        raise SlackError("invalid_arguments", "value must be one of: plan, timeline [json-pointer:/task_display_mode]")
    workspace = call.workspace
    stream = Stream(workspace.config.now() + workspace.config.stream_lifetime, "plan" if mode == "plan" else "timeline")
    message = Message(
        channel=room.id,
        ts=workspace.state.next_ts(),
        user=workspace.bot,
        thread_ts=thread_ts,
        from_app=True,
        stream=stream,
    )
    _grow(call, stream)
    workspace.state.add(message)
    _set_session(workspace, message, "processing")
    workspace.message_posted(message)
    asyncio.get_running_loop().call_later(workspace.config.stream_lifetime, _expire, workspace, message)
    return {"channel": room.id, "ts": message.ts}


def _check_recipient(call: Call, room: Room) -> None:
    if room.kind == "im":
        return
    if not call.text("recipient_user_id"):
        raise SlackError("missing_recipient_user_id")
    if not call.text("recipient_team_id"):
        raise SlackError("missing_recipient_team_id")
    if call.text("recipient_user_id") not in room.members:
        raise SlackError("user_not_in_channel")


@method("chat.appendStream", "Tier4", "chat:write")
def append_stream(call: Call) -> Json:
    message, stream = _open_stream(call)
    if not call.text("markdown_text") and not call.structure("chunks"):
        raise SlackError("no_text")
    _grow(call, stream)
    call.workspace.state.touch(message)
    return {"channel": message.channel, "ts": message.ts}


@method("chat.stopStream", "Tier2", "chat:write")
def stop_stream(call: Call) -> Json:
    status = call.text("session_status", "active")
    if status not in SESSION_STATES:
        raise SlackError("invalid_arguments", "value must be one of: active, closed, processing, suspended")
    message, stream = _open_stream(call)
    blocks = checked_blocks(call.workspace.state, call.structure("blocks", "invalid_blocks_format"))
    metadata = metadata_of(call)
    before = message_json(call.workspace.state, message)
    _grow(call, stream)
    message.blocks, message.metadata = blocks, metadata
    _finish(call.workspace, message, status, before)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "message": message_json(call.workspace.state, message, summary=False),
    }


def _open_stream(call: Call) -> tuple[Message, Stream]:
    room = room_of(call)
    message = own_message(call, room, "message_not_owned_by_app")
    stream = message.stream
    if stream is None or not stream.live:
        raise SlackError("message_not_in_streaming_state")
    if call.workspace.config.now() >= stream.deadline:
        _expire(call.workspace, message)
        raise SlackError("message_not_in_streaming_state")
    return message, stream


def _expire(workspace: LocalWorkspace, message: Message) -> None:
    if message.stream and message.stream.live and not message.deleted:
        _finish(workspace, message, "active", message_json(workspace.state, message))


def _finish(workspace: LocalWorkspace, message: Message, status: str, before: Json) -> None:
    if message.stream:
        message.stream.live = False
    workspace.state.touch(message)
    _set_session(workspace, message, status)
    workspace.message_changed(message, before)


def _set_session(workspace: LocalWorkspace, message: Message, status: str) -> None:
    session = workspace.state.session(message.channel, message.thread_ts or message.ts)
    session.status, session.note, session.loading = status, "", []
    session.until = workspace.config.now() + workspace.config.processing_lifetime
    workspace.state.session_changed(session)


def _grow(call: Call, stream: Stream) -> None:
    """Add the call's text and chunks, all checked before the first is added."""
    text = call.text("markdown_text")
    if len(text) > MARKDOWN_MOST:
        raise SlackError("msg_too_long")
    chunks: Any = call.structure("chunks", "invalid_chunks_format") or []
    if not isinstance(chunks, list):
        raise SlackError("invalid_chunks_format")
    if text and chunks:
        raise SlackError("invalid_arguments", "must provide only one of markdown_text and chunks")
    for index, chunk in enumerate(chunks):
        _check_chunk(chunk, f"/chunks/{index}")
    ready = [(chunk, _chunk_blocks(call, chunk)) for chunk in chunks]
    stream.add_text(text)
    for chunk, blocks in ready:
        _apply(stream, chunk, blocks)


def _chunk_blocks(call: Call, chunk: Json) -> list[Json]:
    return checked_blocks(call.workspace.state, chunk["blocks"]) if chunk["type"] == "blocks" else []


def _check_chunk(chunk: Any, pointer: str) -> None:
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    if kind not in CHUNK_KINDS:
        raise SlackError("invalid_chunks", f"unsupported type: {kind} [json-pointer:{pointer}/type]")
    needed = {"markdown_text": ("text",), "plan_update": ("title",), "blocks": ("blocks",)}
    for name in needed.get(kind, ("id", "title", "status")):
        if not chunk.get(name) and chunk.get(name) != "":
            raise SlackError("invalid_chunks", f"missing required field: {name} [json-pointer:{pointer}]")
    if kind == "markdown_text" and len(str(chunk["text"])) > MARKDOWN_MOST:
        raise SlackError("msg_too_long")
    if kind == "task_update" and chunk["status"] not in TASK_STATES:
        raise SlackError(
            "invalid_chunks",
            f"value must be one of: {', '.join(TASK_STATES)} [json-pointer:{pointer}/status]",
        )


def _apply(stream: Stream, chunk: Json, blocks: list[Json]) -> None:
    match chunk["type"]:
        case "markdown_text":
            stream.add_text(chunk["text"])
        case "task_update":
            stream.put_task({key: value for key, value in chunk.items() if key != "type"})
        case "plan_update":
            stream.plan_title = chunk["title"]
        case _:
            stream.parts.append(StreamPart("blocks", blocks=blocks))
